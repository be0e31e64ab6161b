/** The recipients of a campaign, one line each, by keyset over the unique index (campaign_id, customer_id). */
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { MAX_ID } from '../../core/http/fields.ts'
import { isoTime } from '../../core/time.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { type InHand, isInHand, listInHand } from './in-hand.ts'
import type { MessagesQuery, recipientStatuses } from './schema.ts'

type Tables = Pick<Database, 'outbound_messages' | 'dispatch_chunks'> & {
  readonly customers: Pick<Database['customers'], 'id' | 'first_name' | 'last_name' | 'phone'>
}
type RecipientStatus = (typeof recipientStatuses)[number]

const DEFAULT_LIMIT = 50
export const MAX_LIMIT = 500

export async function listRecipients(db: Kysely<Tables>, campaignId: number, query: MessagesQuery) {
  const limit = Math.min(Number(query.limit ?? DEFAULT_LIMIT), MAX_LIMIT)
  const after = query.cursor === undefined ? 0 : readCursor(query.cursor)
  // One more than asked for tells whether there is a next page.
  const wanted = { campaignId, after, status: query.status, limit: limit + 1 }
  const rows = await selectRecipients(db, wanted, await listInHand(db, campaignId)).execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    data: shown.map(viewRecipient),
    next_cursor: rows.length > limit && last ? writeCursor(last.customer_id) : null,
  }
}

interface Wanted {
  readonly campaignId: number
  /** The customer id that the page before ended with. */
  readonly after: number
  readonly status: RecipientStatus | undefined
  readonly limit: number
}

function selectRecipients(db: Kysely<Tables>, wanted: Wanted, inHand: readonly InHand[]) {
  return db
    .selectFrom(selectMessages(db, wanted, inHand).as('p'))
    .leftJoin('customers as c', 'c.id', 'p.customer_id')
    .selectAll('p')
    .select(['c.id as found_id', 'c.first_name', 'c.last_name', 'c.phone'])
    .orderBy('p.customer_id')
}

/**
 * One page, before customers are looked up: joined first, they would be read from the first one on. The campaign is a
 * range of the index and not an equality: without statistics, as on a new or an embedded database, Postgres takes a
 * campaign for a few rows, and would read and sort all of it for each page.
 */
function selectMessages(db: Kysely<Tables>, { campaignId, after, status, limit }: Wanted, inHand: readonly InHand[]) {
  return db
    .selectFrom('outbound_messages as m')
    .select([
      'm.customer_id',
      'm.attempts',
      'm.provider_message_id',
      'm.last_error',
      'm.history',
      'm.rendered_content',
      'm.created_at',
      'm.updated_at',
    ])
    .select((eb) => shownStatus(eb, inHand).as('status'))
    .where(({ eb, refTuple, tuple }) => {
      const place = refTuple('m.campaign_id', 'm.customer_id')
      return eb.and([eb(place, '>', tuple(campaignId, after)), eb(place, '<=', tuple(campaignId, MAX_ID))])
    })
    .$if(status !== undefined, (select) => select.where((eb) => hasStatus(eb, status ?? 'pending', inHand)))
    .orderBy('m.campaign_id')
    .orderBy('m.customer_id')
    .limit(limit)
}

type Row = ExpressionBuilder<{ m: Database['outbound_messages'] }, 'm'>

function shownStatus(eb: Row, inHand: readonly InHand[]) {
  return eb
    .case()
    .when(hasStatus(eb, 'sending', inHand))
    .then(sql<RecipientStatus>`'sending'`)
    .else(sql<RecipientStatus>`m.status::text`)
    .end()
}

function hasStatus(eb: Row, status: RecipientStatus, inHand: readonly InHand[]) {
  if (status === 'sending') return eb.and([eb('m.status', '=', 'pending'), isInHand(eb, inHand)])
  if (status === 'pending') return eb.and([eb('m.status', '=', 'pending'), eb.not(isInHand(eb, inHand))])
  return eb('m.status', '=', status)
}

type RecipientRow = Awaited<ReturnType<ReturnType<typeof selectRecipients>['execute']>>[number]

function viewRecipient(row: RecipientRow) {
  const { found_id, phone, first_name, last_name } = row
  return {
    customer: found_id === null || phone === null ? null : { id: found_id, first_name, last_name, phone },
    status: row.status,
    attempts: row.attempts,
    provider_message_id: row.provider_message_id,
    last_error: row.last_error,
    history: (row.history ?? []).map(({ code, at }) => ({ code, at: new Date(at).toISOString() })),
    rendered_content: row.rendered_content,
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
  }
}
