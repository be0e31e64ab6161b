/** What the readers of an import make of its text: a row for each line that says something. */
import { AppError } from '../../../core/errors.ts'

export const importFields = ['phone', 'first_name', 'last_name', 'location', 'prefered_product'] as const
export type ImportField = (typeof importFields)[number]

export interface SourceRow {
  /** Where it begins, from 1. */
  readonly line: number
  /** Blank values are not there. */
  readonly values: { readonly [F in ImportField]?: unknown }
  /** Why it cannot be read; the values say nothing then. */
  readonly problem?: string
}

/** Fields that are not ours, each once: the first 20, so that a file of nonsense makes no long report. */
export class Ignored {
  readonly names = new Set<string>()
  add(name: string): void {
    if (this.names.size < 20 && name !== '') this.names.add(name.slice(0, 64))
  }
}

/** `First Name`, `first-name` and `FIRST_NAME` are all `first_name`; the usual spelling of the product counts too. */
export function fieldOf(name: string): ImportField | undefined {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  const known = plain === 'preferred_product' ? 'prefered_product' : plain
  return importFields.find((field) => field === known)
}

/** What is not over after so many characters is no line that anybody means. */
export const MAX_ROW_LENGTH = 256 * 1024

export function requireEnd(rest: string, line: number): void {
  if (rest.length <= MAX_ROW_LENGTH) return
  const message = `Line ${line} does not end within ${MAX_ROW_LENGTH / 1024} KB: is a quote not closed? The lines before it are imported`
  throw new AppError('INVALID_REQUEST', message, [{ path: '', message }])
}
