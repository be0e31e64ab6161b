/** Service of whoever shows recipients: a page at a time, by keyset. */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'
import { readByStatus, type StatusFilter } from './by-status.ts'
import { type Range, readCustomerMessages } from './of-customer.ts'
import { type RecipientFilter, readRecipients } from './rows.ts'

export { FIRST, type Place } from './by-status.ts'
export type { CustomerMessageRow } from './of-customer.ts'
export type { RecipientFilter, RecipientRow } from './rows.ts'
export { readSearch } from './search.ts'
export { deliveryFilters, recipientStatuses } from './statuses.ts'

export interface RecipientService {
  /** Recipients in the order of their customer ids; `next` is where the next page begins, null at the end. */
  read(filter: RecipientFilter): ReturnType<typeof readRecipients>
  /** Recipients of one status, in the order of their chunks: quick for a status that is rare. */
  readByStatus(filter: StatusFilter): ReturnType<typeof readByStatus>
  /** Messages to one customer, newest campaign first. @throws AppError CUSTOMER_NOT_FOUND */
  readOfCustomer(range: Range): ReturnType<typeof readCustomerMessages>
}

export function openRecipientService(db: Kysely<Database>): RecipientService {
  return Object.freeze({
    read: (filter: RecipientFilter) => readRecipients(db, filter),
    readByStatus: (filter: StatusFilter) => readByStatus(db, filter),
    readOfCustomer: (range: Range) => readCustomerMessages(db, range),
  })
}
