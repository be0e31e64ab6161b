/**
 * Circuit breaker of a channel's sender. While the circuit is open, no chunk of the channel is claimed or published and no
 * window is granted, in any process, because all of them read it in the database. Now and then one worker sends one
 * message, the half-open probe; when the provider accepts it, the circuit closes.
 */
import { type Expression, type Kysely, sql } from 'kysely'
import { prepare } from '../../db/prepare.ts'
import type { Channel, Database } from '../schema.ts'
import type { SenderCode } from './codes.ts'

type BreakerTables = Pick<Database, 'breakers' | 'breaker_closings'>

/** The longest wait between two probes, unless the first is longer. */
const MOST_PROBE_SECONDS = 60

export interface Breaker {
  readonly channel: Channel
  /** The code of the failures. */
  readonly reason: string
  readonly opened_at: Date
  /** Time of the next probe. */
  readonly probe_at: Date
}

/** The condition that no breaker is open for this channel. */
export function isChannelOpen(channel: Expression<unknown>) {
  return sql<boolean>`not exists (select 1 from ${sql.table('breakers')} as b where b.channel = ${channel})`
}

/** The last time that a channel's circuit closed. */
export interface Closing {
  /** Number of times it has closed. */
  readonly count: number
  /** Milliseconds since the last time; null when it never has. */
  readonly agoMs: number | null
}

export async function findClosing(db: Kysely<Pick<Database, 'breaker_closings'>>, channel: Channel): Promise<Closing> {
  const found = await db
    .selectFrom('breaker_closings')
    .select(['count', sql<number>`(extract(epoch from clock_timestamp() - closed_at) * 1000)::float8`.as('agoMs')])
    .where('channel', '=', channel)
    .executeTakeFirst()
  return found ?? { count: 0, agoMs: null }
}

/**
 * Opens the circuit. If it is open already, the first reason stays.
 * @param probeSeconds from now to the first probe
 * @param closings how often it had closed when the failures were looked at; by default as often as it has
 * @returns false when it was open, or has closed since then: the failures are to be looked at again
 */
export async function openBreaker(
  db: Kysely<BreakerTables>,
  channel: Channel,
  reason: SenderCode,
  probeSeconds: number,
  closings?: number,
): Promise<boolean> {
  const count = db.selectFrom('breaker_closings').select('count').where('channel', '=', channel)
  const opened = await db
    .insertInto('breakers')
    .columns(['channel', 'reason', 'probe_at'])
    .expression(
      db
        .selectNoFrom([
          sql<Channel>`${channel}::channel`.as('channel'),
          sql<string>`${reason}::text`.as('reason'),
          sql<Date>`now() + make_interval(secs => ${probeSeconds})`.as('probe_at'),
        ])
        .$if(closings !== undefined, (query) => query.where(sql<boolean>`${closings}::int = coalesce((${count}), 0)`))
        // Seen open here, it may be closed by the time of the insert, which would then open it by failures of before.
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('breakers').select('channel').where('channel', '=', channel))),
        ),
    )
    .onConflict((conflict) => conflict.column('channel').doNothing())
    .returning('channel')
    .execute()
  return opened.length > 0
}

/**
 * @param startedMsAgo when the call was started that shows the provider at work: a circuit that opened after it stays open
 * @returns false when it was closed already
 */
export async function closeBreaker(db: Kysely<BreakerTables>, channel: Channel, startedMsAgo = 0): Promise<boolean> {
  const closed = await db
    .with('closed', (cte) =>
      cte
        .deleteFrom('breakers')
        .where('channel', '=', channel)
        .where('opened_at', '<=', sql<Date>`clock_timestamp() - ${startedMsAgo}::float8 * interval '1 millisecond'`)
        .returning('channel'),
    )
    .insertInto('breaker_closings')
    .columns(['channel', 'closed_at'])
    .expression((eb) => eb.selectFrom('closed').select(['channel', sql<Date>`clock_timestamp()`.as('closed_at')]))
    .onConflict((conflict) =>
      conflict.column('channel').doUpdateSet({
        count: sql<number>`breaker_closings.count + 1`,
        closed_at: sql<Date>`excluded.closed_at`,
      }),
    )
    .returning('channel')
    .execute()
  return closed.length > 0
}

export function listBreakers(db: Kysely<Pick<Database, 'breakers'>>): Promise<Breaker[]> {
  return db.selectFrom('breakers').select(['channel', 'reason', 'opened_at', 'probe_at']).orderBy('channel').execute()
}

/**
 * Prepares taking the right to try one message of each channel whose time for it has come and that has one waiting. Of two
 * workers one gets it; the next time is set before the try, so that a prober that dies costs one wait.
 * @param probeSeconds of the first wait; doubled after each probe
 */
export function openProbes(
  db: Kysely<Pick<Database, 'breakers' | 'campaigns' | 'dispatch_chunks'>>,
  probeSeconds: number,
): () => Promise<Channel[]> {
  const take = prepare<{ first: number }, { channel: Channel }>(db, (param) =>
    db
      .updateTable('breakers')
      .set((eb) => ({
        probes: eb('probes', '+', 1),
        probe_at: sql<Date>`now() + make_interval(secs => least(greatest(${sql.lit(MOST_PROBE_SECONDS)},
          ${param('first')}::float8), ${param('first')}::float8 * 2 ^ least(probes + 1, 10)))`,
      }))
      .where('probe_at', '<=', sql<Date>`now()`)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('campaigns as k')
            .innerJoin('dispatch_chunks as c', 'c.campaign_id', 'k.id')
            .select('c.id')
            .whereRef('k.channel', '=', 'breakers.channel')
            .where('k.status', '=', sql.lit('sending'))
            .where('c.state', 'in', [sql.lit<'ready'>('ready'), sql.lit<'published'>('published')])
            .where('c.due_at', '<=', sql<Date>`now()`),
        ),
      )
      .returning('channel'),
  )
  return async () => (await take({ first: probeSeconds })).map(({ channel }) => channel)
}
