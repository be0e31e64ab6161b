/** Claiming chunks for a worker: in turn over campaigns, by name, or to probe a sender. */
import { type Compilable, type Expression, type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { type Clock, systemClock } from '../../clock.ts'
import { type Param, prepare } from '../../db/prepare.ts'
import type { Database } from '../schema.ts'
import { limitInForce } from '../senders/limits.ts'
import {
  canCarry,
  isOpen,
  isPinnedHere,
  isRoutedTo,
  maySomeBeOpen,
  openOf,
  senderOf,
  type Taken,
} from '../senders/route.ts'
import { noBucket } from './chunk-state.ts'
import type { Lease } from './lease.ts'

export type { Lease } from './lease.ts'

type LeaseTables = Pick<
  Database,
  'campaigns' | 'dispatch_chunks' | 'senders' | 'routes' | 'country_routes' | 'policies'
>

export interface Claimant {
  readonly owner: string
  readonly leaseSeconds: number
  /** Names of the senders that the owner has open. */
  readonly senders: readonly string[]
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
  /** Claims the oldest due chunk that a sender whose circuit is open may carry, to try one message of it. */
  claimProbe(values: Claimant & { probed: string }): Promise<Lease | undefined>
}

export function openLeases(db: Kysely<LeaseTables>, clock: Pick<Clock, 'elapsed'> = systemClock): Leases {
  const timed =
    <Values>(claim: (values: Values) => Promise<LeaseRow[]>) =>
    async (values: Values): Promise<Lease[]> => {
      const asked = clock.elapsed()
      const rows = await claim(values)
      const answered = clock.elapsed()
      return rows.map((row) => ({ ...row, asked, answered }))
    }
  const claimProbe = timed(prepareClaimProbe(db))
  return {
    claim: timed(prepareClaim(db)),
    claimChunks: timed(prepareClaimChunks(db)),
    claimProbe: async (values) => (await claimProbe(values))[0],
  }
}

type LeaseRow = Omit<Lease, 'asked' | 'answered'>

type ChunkExpression = ExpressionBuilder<LeaseTables & { c: Database['dispatch_chunks'] }, 'c'>

const campaignSending = ({ selectFrom }: ChunkExpression) =>
  selectFrom('campaigns as k')
    .select('k.id')
    .whereRef('k.id', '=', 'c.campaign_id')
    .where('k.status', '=', sql.lit('sending'))

/** Race 31: a chunk that was on its way when its campaign was paused or cancelled, or no sender can carry it, is nobody's. */
const isRunning = (eb: ChunkExpression, mine: Names) => eb.exists(campaignSending(eb).where(canCarry('k', 'c', mine)))

type Names = ReturnType<typeof sql<string[]>>
const namesOf = (param: Param<Claimant>): Names => sql<string[]>`${param('senders')}::text[]`

/**
 * One lap of the circle of campaigns that may send: those after `after` are the first, the others the second.
 * @param taken chunks of a limited sender's campaign in these states count against what it can use
 * @param mine names of the senders that are to be had; default: all
 * @returns a query of their ids, of their places on both laps, and of the chunks that are open (`isOpen`)
 */
export function running(
  db: Kysely<Pick<Database, 'campaigns'>>,
  lap: 1 | 2,
  after: Expression<number>,
  taken: Taken,
  mine?: Names,
) {
  return db
    .selectFrom('campaigns')
    .innerJoinLateral(openOf('campaigns', taken, mine).as<'open'>(sql`open`), (join) => join.onTrue())
    .select(['id', sql<string>`${sql.lit(lap)} * 4294967296 + id`.as('place')])
    .select(['open.channel', 'open.rest', 'open.states'])
    .where('status', '=', sql.lit('sending'))
    .where('id', lap === 1 ? '>' : '<=', after)
    .where(maySomeBeOpen('open'))
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
  return prepare<Claimant & Room & { after: number; most: number }, LeaseRow>(db, (param) => {
    const most = sql<number>`${param('most')}::int`
    const oldestOf = (lap: 1 | 2) =>
      db
        .selectFrom(running(db, lap, sql<number>`${param('after')}::int`, ['leased'], namesOf(param)).as('k'))
        .innerJoinLateral(
          (eb) =>
            eb
              .selectFrom('dispatch_chunks as c')
              .select(['c.id', 'c.size'])
              .whereRef('c.campaign_id', '=', 'k.id')
              .where('c.state', '=', sql.lit('ready'))
              .where('c.due_at', '<=', sql<Date>`now()`)
              .where(isOpen('k', 'c'))
              .where(isPinnedHere('c', namesOf(param)))
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
  return prepare<Claimant & Room & { chunks: readonly string[] }, LeaseRow>(db, (param) => {
    const named = sql<string[]>`${param('chunks')}::bigint[]`
    const found = db
      .selectFrom('dispatch_chunks as c')
      .select(['c.id', 'c.size', sql<string>`array_position(${named}, c.id)::bigint`.as('nth')])
      .where('c.id', '=', sql<string>`any(${named})`)
      .where('c.state', 'in', [sql.lit<'ready'>('ready'), sql.lit<'published'>('published')])
      .where((eb) => isRunning(eb, namesOf(param)))
      .where(isPinnedHere('c', namesOf(param)))
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
  return prepare<Claimant & { probed: string }, LeaseRow>(db, (param) => {
    const probed = sql<string>`${param('probed')}::text`
    return claimOf(
      db,
      param,
      db
        .selectFrom('dispatch_chunks as c')
        .select('c.id')
        .where('c.state', 'in', [sql.lit<'ready'>('ready'), sql.lit<'published'>('published')])
        .where('c.due_at', '<=', sql<Date>`now()`)
        .where(sql<boolean>`(c.pinned is null or c.pinned = ${probed})`)
        .where((eb) => eb.exists(campaignSending(eb).where(isRoutedTo('k', 'c', probed))))
        .orderBy('c.due_at')
        .limit(1)
        .forUpdate()
        .skipLocked(),
      probed,
    )
  })
}

function claimOf(
  db: Kysely<LeaseTables>,
  param: Param<Claimant>,
  found: Expression<{ id: string }>,
  probed?: Expression<string>,
): Compilable<LeaseRow> {
  return db
    .with('claimed', (cte) =>
      cte
        .updateTable('dispatch_chunks')
        .set((eb) => ({
          state: 'leased',
          epoch: eb('epoch', '+', 1),
          ...noBucket,
          deferred_until: null,
          leased_by: param('owner'),
          sender: probed ?? senderOf('dispatch_chunks', namesOf(param)),
          lease_until: sql<Date>`now() + ${param('leaseSeconds')}::float8 * interval '1 second'`,
        }))
        // As an array, which finds them by their index where a table has no statistics yet.
        .where('id', '=', sql<string>`any(array(${found}))`)
        .returning(['id', 'campaign_id', 'turn', 'first_id', 'last_id', 'ids', 'size', 'epoch'])
        .returning(['started_upto', 'request_id', 'awaiting', sql<string>`sender`.as('sender'), 'pinned', 'country'])
        .returning(sql<number>`epoch - progress_epoch - 1`.as('stalled')),
    )
    .selectFrom('claimed')
    .innerJoin('campaigns', 'campaigns.id', 'claimed.campaign_id')
    .leftJoin('senders as s', 's.name', 'claimed.sender')
    .selectAll('claimed')
    .select([
      sql<'segment' | 'message' | null>`case when ${limitInForce('s', 'rate')} is not null then s.unit
        when coalesce(${limitInForce('s', 'concurrency')}, campaigns.max_rate) is not null then 'message' end`.as(
        'limited',
      ),
      'campaigns.channel',
      'campaigns.base_template',
      'campaigns.texts',
      'campaigns.template',
      sql<number | null>`(extract(epoch from campaigns.expires_at - now()) * 1000)::float8`.as('expires_in_ms'),
      'campaigns.purpose',
      sql<boolean>`coalesce((select required from consent_rule), false)`.as('consent_required'),
      'campaigns.transliteration',
      (eb) => eb.selectFrom('policies').select('version').$asScalar().as('policies'),
      sql<number>`(extract(epoch from now()) * 1000)::float8`.as('claimed_at'),
      sql.lit(probed !== undefined).as('probe'),
      (probed === undefined ? sql<null>`null::integer` : sql<number | null>`s.closings`).as('closings'),
    ])
}
