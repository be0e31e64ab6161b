/**
 * The circuit breaker of a channel's sender. While one is open the channel rests: no chunk of it is claimed or published
 * and no window is granted, in any process, because all of them read it in the database. Now and then one worker may send
 * one message, the probe; when that is accepted, the channel goes on.
 */
import { type Expression, type Kysely, sql } from 'kysely'
import { prepare } from '../db/prepare.ts'
import type { Channel, Database } from '../db/schema.ts'

type BreakerTables = Pick<Database, 'breakers'>

/** The longest wait between two probes, unless the first is longer. */
const MOST_PROBE_SECONDS = 60

export interface Breaker {
  readonly channel: Channel
  /** The stable code of what goes wrong. */
  readonly reason: string
  readonly opened_at: Date
  /** When the next message may be tried. */
  readonly probe_at: Date
}

/** The condition that no breaker is open for this channel. */
export function isChannelOpen(channel: Expression<unknown>) {
  return sql<boolean>`not exists (select 1 from ${sql.table('breakers')} as b where b.channel = ${channel})`
}

/**
 * @param probeSeconds from now to the first probe
 * @returns false when it was open already: the first reason stays
 */
export async function openBreaker(
  db: Kysely<BreakerTables>,
  channel: Channel,
  reason: string,
  probeSeconds: number,
): Promise<boolean> {
  const opened = await db
    .insertInto('breakers')
    .values({ channel, reason, probe_at: sql<Date>`now() + make_interval(secs => ${probeSeconds})` })
    .onConflict((conflict) => conflict.column('channel').doNothing())
    .returning('channel')
    .execute()
  return opened.length > 0
}

/** @returns false when it was closed already */
export async function closeBreaker(db: Kysely<BreakerTables>, channel: Channel): Promise<boolean> {
  const closed = await db.deleteFrom('breakers').where('channel', '=', channel).returning('channel').execute()
  return closed.length > 0
}

export function listBreakers(db: Kysely<BreakerTables>): Promise<Breaker[]> {
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
