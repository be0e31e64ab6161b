/** Customers as readers of the texts of a campaign. Pure. */
import { chooseLanguage, type TextsByLanguage } from '../../../../../core/messaging/text/languages.ts'
import type { Customer } from '../../api/types.ts'

/** True for a customer who gets the text of a language. @param language tag of one of the texts; undefined: the default */
export const reads = (customer: Customer, texts: TextsByLanguage, language: string | undefined): boolean =>
  chooseLanguage(texts, customer.language) === language

/** Customers who get the text of a language; all of them if nobody does. */
export function readersAmong(
  customers: readonly Customer[],
  texts: TextsByLanguage,
  language: string | undefined,
): readonly Customer[] {
  const readers = customers.filter((customer) => reads(customer, texts, language))
  return readers.length > 0 ? readers : customers
}

/** The customer, as if they read the language where they read another. */
export const asReader = (customer: Customer, texts: TextsByLanguage, language: string | undefined): Customer =>
  reads(customer, texts, language) ? customer : { ...customer, language: language ?? null }
