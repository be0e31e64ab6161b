/**
 * An error as the log may show it. What a driver hangs on its errors (parameters, the row in question) holds phones and
 * texts, so that only fields known to be harmless are taken over.
 */
import { maskPhones } from './mask.ts'

/** Fields of PostgreSQL's and the system's errors that hold names, never values. */
const harmless = ['code', 'severity', 'routine', 'schema', 'table', 'column', 'constraint', 'errno', 'syscall'] as const

export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly [field: string]: unknown
}

/** Causes that are followed at most: a chain may lead back to itself. */
const MOST_CAUSES = 5

/** pino's serializer for `err`. */
export function viewError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'The thrown value is not an Error' }
  const fields = error as Error & Readonly<Record<string, unknown>>
  const inner = depth < MOST_CAUSES ? innerErrors(error, depth + 1) : {}
  return {
    type: error.name,
    message: viewMessage(error.message, fields.code),
    ...Object.fromEntries(harmless.flatMap((name) => (isName(fields[name]) ? [[name, fields[name]]] : []))),
    stack: frames(error),
    ...inner,
  }
}

function innerErrors(error: Error, depth: number): Readonly<Record<string, unknown>> {
  const { cause } = error
  const errors = 'errors' in error && Array.isArray(error.errors) ? error.errors : []
  return {
    ...(cause === undefined ? {} : { cause: viewError(cause, depth) }),
    ...(errors.length === 0 ? {} : { errors: errors.slice(0, MOST_CAUSES).map((one) => viewError(one, depth)) }),
  }
}

/** PostgreSQL quotes the value that it cannot take (class 22) in its message. */
function viewMessage(message: string, code: unknown): string {
  const quoting = typeof code === 'string' && /^22...$/.test(code)
  return maskPhones(quoting ? message.replace(/".*"/s, '"…"') : message)
}

const isName = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && /^[A-Za-z][\w.]{0,99}$|^[A-Z\d]{5}$/.test(value))

/** The stack without the message, which stands before it. */
function frames({ stack = '', message }: Error): string {
  const after = stack.indexOf(message) + message.length
  return (stack.slice(after).match(/^\s+at .*$/gm) ?? []).map((line) => line.trim()).join('\n')
}
