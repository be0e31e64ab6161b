/** From what a request says about a customer to what is stored. Pure. */
import { AppError, errors } from '../../core/errors.ts'
import { type CountryCode, parsePhone } from '../../core/messaging/text/phone.ts'
import type { CustomerInput } from './schema.ts'

type Facts = Omit<CustomerInput, 'phone' | 'preferred_product'>

const refuse = (path: string, message: string) => new AppError(errors.INVALID_REQUEST, message, [{ path, message }])

/** @throws AppError INVALID_REQUEST when it is not a valid number */
export function readPhone(input: string, country: CountryCode): string {
  const parsed = parsePhone(input, country)
  if (parsed.ok) return parsed.phone
  throw refuse('phone', parsed.reason)
}

/** Fields of the request without the phone. Both spellings of the product are one field. */
export function readFacts({ phone: _, preferred_product, ...facts }: CustomerInput): Facts {
  if (preferred_product === undefined) return facts
  if (facts.prefered_product !== undefined && facts.prefered_product !== preferred_product)
    throw refuse(
      'preferred_product',
      'preferred_product and prefered_product are the same field: give only one of them',
    )
  return { ...facts, prefered_product: preferred_product }
}
