/** The price list in the file that PRICES names. */
import { readFileSync } from 'node:fs'
import { problemsIn } from '../../http/explain.ts'
import { findProblems, type Price, priceListSchema } from './price-list.ts'

export type PriceFile = { readonly prices: readonly Price[] } | { readonly problem: string }

/** @returns the prices, or what is wrong with the file, as a sentence for the person who starts the process */
export function readPriceFile(path: string): PriceFile {
  const bad = (why: string) => ({ problem: `PRICES=${JSON.stringify(path)} ${why}` })
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return bad(`cannot be read (${codeOf(error)}). Correct the path, or leave PRICES empty.`)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return bad('is not JSON. Write {"prices": [...]}, as PUT /prices takes it.')
  }
  const [first, ...others] = problemsIn(priceListSchema, json)
  if (first) return bad(`is not a price list: ${first.message}${andMore(others.length)}. Correct the file.`)
  const { prices } = json as { prices: readonly Price[] }
  const [contradiction, ...more] = findProblems(prices)
  if (contradiction)
    return bad(`is not a price list: ${contradiction.message}${andMore(more.length)}. Correct the file.`)
  return { prices }
}

const andMore = (count: number) => (count > 0 ? `; and ${count} more` : '')

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
