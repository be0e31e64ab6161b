/** The provider's ledger against the database, for one campaign: who was reached, how often, and what the rows say of it. */
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import type { Accept, Request } from '../../test/support/ledger-entry.ts'
import { type Breach, breaches } from './invariant.ts'

export interface Book {
  readonly requests: readonly Request[]
  readonly accepts: readonly Accept[]
}

export interface Expected {
  readonly campaignId: number
  /** Phones of all expected recipients. */
  readonly phones: ReadonlySet<string>
  readonly maxAttempts: number
  /** Milliseconds that the provider asks for with a 429. */
  readonly retryAfterMs: number
  /** Rows that may be in doubt. */
  readonly mayDoubt: number
}

export interface Found {
  readonly recipients: number
  /** Not accounted for: no row, no outcome, or an outcome that is not what the provider did. */
  readonly lost: number
  /** Deliveries beyond the first. */
  readonly duplicated: number
  readonly unknown: number
  readonly breaches: readonly Breach[]
}

/** Rules A1 to A7 of the audit, once all is quiet. */
export async function auditDeliveries(db: Kysely<Database>, book: Book, expected: Expected): Promise<Found> {
  const rows = await listRows(db, expected.campaignId)
  const ids = new Set(rows.map(({ id }) => id))
  const accepts = book.accepts.filter(({ message_id }) => ids.has(message_id))
  const requests = book.requests.filter(({ message_id }) => ids.has(message_id))
  const accepted = Map.groupBy(accepts, ({ message_id }) => message_id)
  const firsts = new Map(rows.map(({ phone }, at) => [phone, at] as const).reverse())
  const missing = [...expected.phones].filter((phone) => !firsts.has(phone))
  const waiting = rows.filter(({ status }) => status === 'pending')
  const unproven = rows.filter((row) => row.status === 'sent' && !accepted.get(row.id)?.some((one) => isOf(row, one)))
  const denied = rows.filter(({ id, status }) => accepted.has(id) && status !== 'sent' && status !== 'unknown')
  const twice = [...accepted.values()].filter((all) => all.length > 1)
  const unknown = rows.filter(({ status }) => status === 'unknown')
  return {
    recipients: expected.phones.size,
    lost: missing.length + waiting.length + unproven.length + denied.length,
    duplicated: accepts.length - accepted.size,
    unknown: unknown.length,
    breaches: [
      ...breaches('A1', 'recipients without a row', missing),
      ...breaches(
        'A1',
        'rows of nobody who should have one, or of one who has another',
        rows.filter(({ phone }, at) => !expected.phones.has(phone) || firsts.get(phone) !== at),
      ),
      ...breaches('A2', 'rows without an outcome', waiting),
      ...breaches('A3', 'rows that are sent, and nothing was delivered as they say', unproven),
      ...breaches('A4', 'messages that were delivered, and their rows deny it', denied),
      ...breaches('A5', 'messages that were delivered more than once', twice),
      ...breaches('A5', 'more rows in doubt than there were under way', unknown.slice(expected.mayDoubt)),
      ...breaches('A5', 'keys that are not of their message', [...requests].filter(isMiskeyed)),
      ...breaches(
        'A6',
        'rows with more attempts than there may be',
        rows.filter(({ attempts }) => attempts > expected.maxAttempts),
      ),
      ...breaches('A7', 'tries made before the provider wanted them', findHasty(requests, expected.retryAfterMs)),
    ],
  }
}

function listRows(db: Kysely<Database>, campaignId: number) {
  return db
    .selectFrom('outbound_messages as m')
    .innerJoin('customers as c', 'c.id', 'm.customer_id')
    .select(['m.id', 'm.status', 'm.attempts', 'm.provider_message_id', 'm.rendered_content', 'm.delivery', 'c.phone'])
    .where('m.campaign_id', '=', campaignId)
    .execute()
}

type Row = Awaited<ReturnType<typeof listRows>>[number]

const isOf = (row: Row, { id, to, text }: Accept) =>
  row.provider_message_id === id && row.phone === to && (row.rendered_content === text || isSettled(row))

/** A receipt alone showed that it was sent: its text is not known. */
const isSettled = (row: Row) => row.rendered_content === null && row.delivery !== null

const isMiskeyed = ({ key, message_id }: Request) => key !== `msg:${message_id}`

/** A clock that stepped or a timer that rounds is no breach. */
const TOLERANCE_MS = 5

function findHasty(requests: readonly Request[], retryAfterMs: number): Request[] {
  const throttled = new Map<string, number>()
  return requests.filter(({ message_id, at, answer }) => {
    const before = throttled.get(message_id)
    if (answer === '429') throttled.set(message_id, at)
    return before !== undefined && at < before + retryAfterMs - TOLERANCE_MS
  })
}
