/** Claiming chunks, and giving back what was claimed by processes that are gone. */
import { type Compilable, type Expression, type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { type Param, prepare } from '../../db/prepare.ts'
import type { Channel, Database } from '../schema.ts'
import { isChannelOpen } from '../senders/breaker.ts'

/** A chunk that is ours until `lease_until`, and what is needed to work on it. */
export interface Lease {
  readonly id: string
  readonly campaign_id: number
  readonly turn: number
  readonly first_id: string
  readonly last_id: string
  readonly ids: string[] | null
  /** Messages, those included that have an outcome already. */
  readonly size: number
  readonly epoch: number
  /** Messages up to here may have been started by an earlier owner: those without an outcome are in doubt. */
  readonly started_upto: string
  /** Of the request that queued its messages, for the log. */
  readonly request_id: string | null
  readonly channel: Channel
  /** Name of the sender that it is claimed for. */
  readonly sender: string
  readonly base_template: string
  /** Milliseconds from the claim until nothing more is to be started; null: no such time. */
  readonly expires_in_ms: number | null
  /** It may send although its channel rests. */
  readonly probe: boolean
  /** Its messages waited for receipts, which did not come. */
  readonly awaiting: boolean
  /** Claims in a row before this one after which nothing had moved (race 20). */
  readonly stalled: number
}

type LeaseTables = Pick<Database, 'campaigns' | 'dispatch_chunks' | 'breakers'>

export interface Claimant {
  readonly owner: string
  readonly leaseSeconds: number
  /** Names of the senders that the owner uses. */
  readonly senders: Readonly<Record<Channel, string>>
}

/** Bound of the load that one claim adds to a worker: a chunk counts for its messages, at most a window of them. */
interface Room {
  window: number
  /** Messages, at least a window. */
  room: number
}

export interface Leases {
  /**
   * Claims the oldest due chunk of each of the next campaigns after `after`, in a circle: each campaign gets its turn,
   * however many chunks another one has.
   * @param values `most` chunks are looked at, so that others may claim what would not fit: by what the last ones were
   */
  claim(values: Claimant & Room & { after: number; most: number }): Promise<Lease[]>
  /** Claims chunks that a message broker named, in their order; those that are somebody's, or done, are left out. */
  claimChunks(values: Claimant & Room & { chunks: readonly string[] }): Promise<Lease[]>
  /** Claims the oldest due chunk of a channel whose circuit is open, to try one message of it. */
  claimProbe(values: Claimant & { channel: Channel }): Promise<Lease | undefined>
}

export function openLeases(db: Kysely<LeaseTables>): Leases {
  const claimProbe = prepareClaimProbe(db)
  return {
    claim: prepareClaim(db),
    claimChunks: prepareClaimChunks(db),
    claimProbe: async (values) => (await claimProbe(values))[0],
  }
}

type ChunkExpression = ExpressionBuilder<LeaseTables & { c: Database['dispatch_chunks'] }, 'c'>

const campaignSending = ({ selectFrom }: ChunkExpression) =>
  selectFrom('campaigns as k')
    .select('k.id')
    .whereRef('k.id', '=', 'c.campaign_id')
    .where('k.status', '=', sql.lit('sending'))

/** Race 31: a chunk that was on its way when its campaign was paused or cancelled, or its channel rests, is nobody's. */
const isRunning = (eb: ChunkExpression) => eb.exists(campaignSending(eb).where(isChannelOpen(sql.ref('k.channel'))))

/**
 * One lap of the circle of campaigns that may send: those after `after` are the first, the others the second.
 * @returns a query of their ids, and of their places on both laps
 */
export function running(db: Kysely<Pick<Database, 'campaigns' | 'breakers'>>, lap: 1 | 2, after: Expression<number>) {
  return db
    .selectFrom('campaigns')
    .select(['id', sql<string>`${sql.lit(lap)} * 4294967296 + id`.as('place')])
    .where('status', '=', sql.lit('sending'))
    .where('id', lap === 1 ? '>' : '<=', after)
    .where(isChannelOpen(sql.ref('campaigns.channel')))
    .orderBy('id')
}

/** The last campaign of a round that began after `after`: the next one goes on from there. */
export function lastOf(campaigns: readonly number[], after: number): number {
  const secondLap = campaigns.filter((id) => id <= after)
  return Math.max(...(secondLap.length > 0 ? secondLap : campaigns))
}

/**
 * Race 9: the state is compared and set in one statement; of two claims, each finds other chunks or none. Campaign by
 * campaign, so that its index gives each one's oldest chunk at once: together they would all be read to be sorted, each time.
 */
function prepareClaim(db: Kysely<LeaseTables>) {
  return prepare<Claimant & Room & { after: number; most: number }, Lease>(db, (param) => {
    const most = sql<number>`${param('most')}::int`
    const oldestOf = (lap: 1 | 2) =>
      db
        .selectFrom(running(db, lap, sql<number>`${param('after')}::int`).as('k'))
        .innerJoinLateral(
          (eb) =>
            eb
              .selectFrom('dispatch_chunks as c')
              .select(['c.id', 'c.size'])
              .whereRef('c.campaign_id', '=', 'k.id')
              .where('c.state', '=', sql.lit('ready'))
              .where('c.due_at', '<=', sql<Date>`now()`)
              .orderBy('c.due_at')
              .limit(1)
              .forUpdate()
              .skipLocked()
              .as('oldest'),
          (join) => join.onTrue(),
        )
        .select(['oldest.id', 'oldest.size', 'k.place as nth'])
        .orderBy('k.place')
        .limit(most)
    // The second lap is not begun where the first one has enough.
    const found = db
      .selectFrom(oldestOf(1).as('first'))
      .selectAll()
      .unionAll(db.selectFrom(oldestOf(2).as('second')).selectAll())
      .limit(most)
    return claimOf(db, param, fitting(db, param, found))
  })
}

/** Races 2 and 9: a chunk may still be `ready` here, and a message that came twice finds its chunks claimed. */
function prepareClaimChunks(db: Kysely<LeaseTables>) {
  return prepare<Claimant & Room & { chunks: readonly string[] }, Lease>(db, (param) => {
    const named = sql<string[]>`${param('chunks')}::bigint[]`
    const found = db
      .selectFrom('dispatch_chunks as c')
      .select(['c.id', 'c.size', sql<string>`array_position(${named}, c.id)::bigint`.as('nth')])
      .where('c.id', '=', sql<string>`any(${named})`)
      .where('c.state', 'in', [sql.lit<'ready'>('ready'), sql.lit<'published'>('published')])
      .where(isRunning)
      .forUpdate()
      .skipLocked()
    return claimOf(db, param, fitting(db, param, found))
  })
}

interface Found {
  id: string
  size: number
  nth: string
}

/** The first of the chunks that stay within the room together. */
function fitting(db: Kysely<LeaseTables>, param: Param<Room>, found: Expression<Found>) {
  return db
    .selectFrom(
      db
        .selectFrom(sql<Found>`${found}`.as<'found'>(sql`found`))
        .select(['id', sql<number>`sum(least(size, ${param('window')}::int)) over (order by nth)`.as('load')])
        .as('counted'),
    )
    .select('id')
    .where('load', '<=', sql<number>`${param('room')}::int`)
}

function prepareClaimProbe(db: Kysely<LeaseTables>) {
  return prepare<Claimant & { channel: Channel }, Lease>(db, (param) =>
    claimOf(
      db,
      param,
      db
        .selectFrom('dispatch_chunks as c')
        .select('c.id')
        .where('c.state', 'in', [sql.lit<'ready'>('ready'), sql.lit<'published'>('published')])
        .where('c.due_at', '<=', sql<Date>`now()`)
        .where((eb) =>
          eb.exists(campaignSending(eb).where('k.channel', '=', sql<Channel>`${param('channel')}::channel`)),
        )
        .orderBy('c.due_at')
        .limit(1)
        .forUpdate()
        .skipLocked(),
      { probe: true },
    ),
  )
}

/** By the campaign's channel: a sender serves one. */
const senderOf = (param: Param<Claimant>) =>
  sql<string>`(select ${param('senders')}::jsonb ->> k.channel::text from ${sql.table('campaigns')} as k
    where k.id = dispatch_chunks.campaign_id)`

function claimOf(
  db: Kysely<LeaseTables>,
  param: Param<Claimant>,
  found: Expression<{ id: string }>,
  { probe } = { probe: false },
): Compilable<Lease> {
  return db
    .with('claimed', (cte) =>
      cte
        .updateTable('dispatch_chunks')
        .set((eb) => ({
          state: 'leased',
          epoch: eb('epoch', '+', 1),
          ...notGathering,
          leased_by: param('owner'),
          sender: senderOf(param),
          lease_until: sql<Date>`now() + ${param('leaseSeconds')}::float8 * interval '1 second'`,
        }))
        // As an array, which finds them by their index where a table has no statistics yet.
        .where('id', '=', sql<string>`any(array(${found}))`)
        .returning(['id', 'campaign_id', 'turn', 'first_id', 'last_id', 'ids', 'size', 'epoch'])
        .returning(['started_upto', 'request_id', 'awaiting', sql<string>`sender`.as('sender')])
        .returning(sql<number>`epoch - progress_epoch - 1`.as('stalled')),
    )
    .selectFrom('claimed')
    .innerJoin('campaigns', 'campaigns.id', 'claimed.campaign_id')
    .selectAll('claimed')
    .select([
      'campaigns.channel',
      'campaigns.base_template',
      sql<number | null>`(extract(epoch from campaigns.expires_at - now()) * 1000)::float8`.as('expires_in_ms'),
      sql.lit(probe).as('probe'),
    ])
}

/**
 * A retry chunk that was worked on, held or published gathers nothing more: its watermark would cover what was never
 * started, and given back it would stand in the way of the one that is gathered now.
 */
export const notGathering = {
  parent_id: null,
  due_bucket: null,
}

/** A held chunk whose campaign runs: it may be claimed once its own time has come. */
export const released = {
  state: 'ready',
  ...notGathering,
  due_at: sql<Date>`greatest(due_at, now())`,
} as const

/**
 * State of a chunk that nobody works on: `ready`, unless its campaign does not run. It is read without a lock, which would
 * make every flush of a campaign wait for every other: of a pause or resume that is not committed it sees nothing, and
 * `alignWaiting` corrects what became of that.
 */
export function waitingState(campaign: Expression<unknown>) {
  const campaigns = sql.table('campaigns')
  return sql<'ready' | 'held'>`(select case when k.status = 'sending' then 'ready' else 'held' end::chunk_state
    from ${campaigns} as k where k.id = ${campaign})`
}

/**
 * Makes chunks ready again whose owner has not renewed its lease: it is dead, or it will find its epoch past.
 * @param all also those whose lease still runs; only for a database that no other process can have open
 * @returns how many there were
 */
export async function expireLeases(
  db: Kysely<Pick<Database, 'campaigns' | 'dispatch_chunks'>>,
  { all = false }: { readonly all?: boolean } = {},
): Promise<number> {
  const expired = await db
    .updateTable('dispatch_chunks')
    .set({
      state: waitingState(sql.ref('dispatch_chunks.campaign_id')),
      lease_until: null,
      leased_by: null,
      in_flight: 0,
      due_at: sql<Date>`now()`,
    })
    .where('state', '=', 'leased')
    .$if(!all, (query) => query.where('lease_until', '<', sql<Date>`now()`))
    .returning('id')
    .execute()
  return expired.length
}
