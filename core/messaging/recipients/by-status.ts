/**
 * Recipients of one status, by way of the chunks that count them: whoever is rare among a million is found at once, and who
 * is not there is not looked for. They come in the order of their chunks.
 */
import { type Kysely, sql } from 'kysely'
import { CHUNK_SIZE } from '../enqueue/audience-insert.ts'
import type { Database } from '../schema.ts'
import type { RecipientStatus } from './statuses.ts'

type Tables = Pick<Database, 'outbound_messages' | 'dispatch_chunks' | 'customers'>

/** Chunks that one answer looks into. */
const MOST_CHUNKS = 600
/** After every message of a chunk. */
const LAST_ID = '9223372036854775807'

/** The chunk and the message that the page before ended with. */
export interface Place {
  readonly chunk: string
  readonly id: string
}

export const FIRST: Place = { chunk: '0', id: '0' }

export interface StatusFilter {
  readonly campaignId: number
  readonly status: RecipientStatus
  readonly after: Place
  readonly limit: number
}

/** @returns at most `limit` rows, and where to go on; null when that was all */
export async function readByStatus(db: Kysely<Tables>, filter: StatusFilter) {
  const { limit, after } = filter
  const chunks = await listChunks(db, filter)
  // Messages that chunks count as open are pending or sending: a page may hold fewer than the counters promise.
  const more = chunks.length < Number(chunks[0]?.all ?? 0)
  const rows = chunks.length === 0 ? [] : await selectRows(db, filter, chunks).execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const rest = more ? { chunk: chunks.at(-1)?.id ?? after.chunk, id: LAST_ID } : null
  const next = rows.length > limit && last ? { chunk: last.chunk, id: last.id } : rest
  return { rows: page.map(({ chunk: _, id: __, ...row }) => row), next }
}

const open = sql<number>`size - sent - failed - skipped - unknown - retried`
const isOpen = (status: RecipientStatus) => status === 'pending' || status === 'sending'
const counterOf = (status: RecipientStatus) => (isOpen(status) ? open : sql<number>`${sql.ref(status)}`)

/** The chunks from `after` on that have such messages, as many as a page needs. */
function listChunks(db: Kysely<Tables>, { campaignId, status, after, limit }: StatusFilter) {
  const counter = counterOf(status)
  return db
    .selectFrom(
      db
        .selectFrom('dispatch_chunks')
        .select(['id', sql<boolean>`ids is not null`.as('listed'), sql<string>`count(*) over ()`.as('all')])
        // The chunk in which the page before ended may have no recipients left.
        .select(
          sql<number>`coalesce(sum(case when id = ${after.chunk}::bigint then 0 else ${counter} end)
            over (order by id rows between unbounded preceding and 1 preceding), 0)`.as('before'),
        )
        .where('campaign_id', '=', campaignId)
        .where('id', '>=', after.chunk)
        .where(counter, '>', 0)
        .$if(status === 'sending', (query) => query.where('state', '=', 'leased').where('in_flight', '>', 0))
        .as('c'),
    )
    .select(['id', 'listed', 'all'])
    .where('before', '<=', limit)
    .orderBy('id')
    .limit(MOST_CHUNKS)
    .execute()
}

type Chunk = Awaited<ReturnType<typeof listChunks>>[number]

function selectRows(db: Kysely<Tables>, filter: StatusFilter, chunks: readonly Chunk[]) {
  return db
    .selectFrom(
      selectMembers(db, filter, chunks, false)
        .unionAll(selectMembers(db, filter, chunks, true))
        .orderBy('chunk')
        .orderBy('id')
        .limit(filter.limit + 1)
        .as('p'),
    )
    .leftJoin('customers as k', 'k.id', 'p.customer_id')
    .selectAll('p')
    .select([
      sql<RecipientStatus>`${filter.status}::text`.as('status'),
      'k.id as found_id',
      'k.first_name',
      'k.last_name',
      'k.phone',
    ])
    .orderBy('p.chunk')
    .orderBy('p.id')
}

/** @param listed takes the chunks that list their messages, else those that hold a range */
function selectMembers(db: Kysely<Tables>, { status, after }: StatusFilter, chunks: readonly Chunk[], listed: boolean) {
  const ids = chunks.filter((chunk) => chunk.listed === listed).map(({ id }) => id)
  return db
    .selectFrom('dispatch_chunks as c')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('outbound_messages as m')
          .selectAll()
          .$if(listed, (query) => query.where('m.id', '=', sql<string>`any(c.ids)`))
          .$if(!listed, (query) => query.whereRef('m.id', '>=', 'c.first_id').whereRef('m.id', '<=', 'c.last_id'))
          // As where a chunk is read: `+ 0` keeps Postgres from reading the whole campaign.
          .where(sql<number>`m.campaign_id + 0`, '=', eb.ref('c.campaign_id'))
          .where('m.status', '=', isOpen(status) ? 'pending' : (status as Exclude<RecipientStatus, 'sending'>))
          // A message is open in the chunk of its own turn, and was ended by that of the turn before.
          .where('m.turn', '=', eb('c.turn', '+', isOpen(status) ? 0 : 1))
          .$if(isOpen(status), (query) => query.where(inFlight, '=', status === 'sending'))
          // A chunk has no more messages than these. The limit makes PostgreSQL read by the key, chunk by chunk.
          .orderBy('m.id')
          .limit(CHUNK_SIZE)
          .as('m'),
      (join) => join.onTrue(),
    )
    .select(['c.id as chunk', 'm.id', 'm.customer_id', 'm.attempts', 'm.provider_message_id', 'm.last_error'])
    .select(['m.history', 'm.rendered_content', 'm.delivery', 'm.delivery_code', 'm.created_at', 'm.updated_at'])
    .where('c.id', '=', sql<string>`any(${ids}::bigint[])`)
    .where((eb) => eb(eb.refTuple('c.id', 'm.id'), '>', eb.tuple(after.chunk, after.id)))
}

/** Started by the chunk's owner, and without an outcome. */
const inFlight = sql<boolean>`(c.state = 'leased' and m.id <= c.started_upto)`
