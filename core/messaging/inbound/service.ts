/** Service of whoever shows what people wrote, and has near misses reviewed. */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'
import { openKeywords } from '../text/keywords/keywords.ts'
import { getInbound, getPhone, type InboundFilter, type InboundPage, type InboundRow, listInbound } from './list.ts'
import { readStored } from './read-stored.ts'
import { type Decision, reviewInbound } from './review.ts'

export type { InboundRow } from './list.ts'

export interface InboundService {
  list(filter: InboundFilter, page: InboundPage): ReturnType<typeof listInbound>
  /** @throws AppError INBOUND_NOT_FOUND */
  get(id: number): Promise<InboundRow>
  /** The phone of a customer. @throws AppError CUSTOMER_NOT_FOUND */
  getPhone(customerId: number): Promise<string>
  /** Decides about a near miss. @throws AppError INBOUND_NOT_FOUND, INBOUND_NOT_REVIEWABLE */
  review(id: number, decision: Decision): Promise<InboundRow>
  /** Reads a step of messages that have no reading yet. Several processes may run it at once. */
  readStored(): ReturnType<typeof readStored>
}

export function openInboundService(db: Kysely<Database>): InboundService {
  const keywords = openKeywords()
  return Object.freeze({
    list: (filter: InboundFilter, page: InboundPage) => listInbound(db, filter, page),
    get: (id: number) => getInbound(db, id),
    getPhone: (customerId: number) => getPhone(db, customerId),
    review: (id: number, decision: Decision) => reviewInbound(db, id, decision),
    readStored: () => readStored(db, keywords),
  })
}
