/** From what a request says about suppressions to what is stored or looked for. Pure. */
import { AppError, type ErrorDetail, errors } from '../../core/errors.ts'
import type { SuppressionFilter } from '../../core/messaging/suppressions/service.ts'
import { type CountryCode, parsePhone, phonePrefixes } from '../../core/messaging/text/phone.ts'
import type { FilterQuery } from './schema.ts'

const refuse = (path: string, message: string) => new AppError(errors.INVALID_REQUEST, message, [{ path, message }])

/** Problems that one answer lists. */
const MOST_PROBLEMS = 20

/** @throws AppError INVALID_REQUEST with each that is not a valid number */
export function readPhones(given: readonly string[], country: CountryCode): string[] {
  const phones = new Set<string>()
  const problems: ErrorDetail[] = []
  for (const [nth, text] of given.entries()) {
    const parsed = parsePhone(text, country)
    if (parsed.ok) phones.add(parsed.phone)
    else if (problems.length < MOST_PROBLEMS)
      problems.push({ path: `phones[${nth}]`, message: `phones[${nth}]: ${parsed.reason}` })
  }
  const [first] = problems
  if (!first) return [...phones]
  const message = problems.length === 1 ? first.message : `The request has ${problems.length} problems: see details`
  throw new AppError(errors.INVALID_REQUEST, message, problems)
}

/** @throws AppError INVALID_REQUEST */
export function readPhone(text: string, country: CountryCode): string {
  const parsed = parsePhone(text, country)
  if (parsed.ok) return parsed.phone
  throw refuse('phone', parsed.reason)
}

/** @throws AppError INVALID_REQUEST */
export function readFilter({ reason, channel, q }: FilterQuery, country: CountryCode): SuppressionFilter {
  if (q === undefined || q.trim() === '') return { reason, channel }
  const prefixes = phonePrefixes(q, country)
  if (prefixes.length > 0) return { reason, channel, prefixes }
  throw refuse('query.q', 'query.q must be the beginning of a phone number, with at least 3 digits')
}
