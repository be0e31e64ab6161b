/**
 * Circuit breaker of a sender. While the circuit is open, no chunk is claimed for the sender and no message of it is
 * permitted, in any process, because all of them read it in the database. Now and then one worker sends one message, the
 * half-open probe; when the provider accepts it, the circuit closes.
 */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../../db/prepare.ts'
import type { Database } from '../schema.ts'
import type { SenderCode } from './codes.ts'
import { isRoutedTo } from './route.ts'

type SenderTables = Pick<Database, 'senders'>

/** The longest wait between two probes, unless the first is longer. */
const MOST_PROBE_SECONDS = 60

/** The last time that a sender's circuit closed. */
export interface Closing {
  /** Number of times it has closed. */
  readonly count: number
  /** Milliseconds since the last time; null when it never has. */
  readonly agoMs: number | null
}

export async function findClosing(db: Kysely<SenderTables>, sender: string): Promise<Closing> {
  const closing = await db
    .selectFrom('senders')
    .select([
      'closings as count',
      sql<number | null>`(extract(epoch from clock_timestamp() - closed_at) * 1000)::float8`.as('agoMs'),
    ])
    .where('name', '=', sender)
    .executeTakeFirst()
  return closing ?? { count: 0, agoMs: null }
}

/**
 * Opens the circuit. If it is open already, the first reason stays.
 * @param probeSeconds from now to the first probe
 * @param closings how often it had closed when the failures were looked at; by default as often as it has
 * @returns false when it was open, or has closed since then: the failures are to be looked at again
 */
export async function openBreaker(
  db: Kysely<SenderTables>,
  sender: string,
  reason: SenderCode,
  probeSeconds: number,
  closings?: number,
): Promise<boolean> {
  const opened = await db
    .updateTable('senders')
    .set({
      opened_at: sql<Date>`clock_timestamp()`,
      open_reason: reason,
      probe_at: sql<Date>`clock_timestamp() + make_interval(secs => ${probeSeconds})`,
      probes: 0,
    })
    .where('name', '=', sender)
    .where('opened_at', 'is', null)
    .$if(closings !== undefined, (query) => query.where('closings', '=', closings as number))
    .returning('name')
    .execute()
  return opened.length > 0
}

/**
 * @param closings how often it had closed when the probe was claimed that shows the provider at work: a circuit that has
 *   closed and opened anew since then stays open; by default any is closed
 * @returns false when it was closed already
 */
export async function closeBreaker(db: Kysely<SenderTables>, sender: string, closings?: number): Promise<boolean> {
  const closed = await db
    .updateTable('senders')
    .set((eb) => ({
      opened_at: null,
      open_reason: null,
      probe_at: null,
      probes: 0,
      closings: eb('closings', '+', 1),
      closed_at: sql<Date>`clock_timestamp()`,
    }))
    .where('name', '=', sender)
    .where('opened_at', 'is not', null)
    .$if(closings !== undefined, (query) => query.where('closings', '=', closings as number))
    .returning('name')
    .execute()
  return closed.length > 0
}

/**
 * Leaves the sender alone for so long, in every process, and halves its rate, which then grows back within a minute.
 * @param ms as its provider asked
 */
export async function holdSender(db: Kysely<SenderTables>, sender: string, ms: number): Promise<void> {
  const until = sql<Date>`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`
  await db
    .updateTable('senders')
    .set({
      hold_until: sql<Date>`greatest(hold_until, ${until})`,
      // One pause that several processes report halves once.
      slow_factor: sql<number>`case when hold_until > clock_timestamp() then slow_factor
        else greatest(0.05, least(1, slow_factor
          + coalesce(extract(epoch from clock_timestamp() - slowed_at)::float8 / 60, 1)) / 2) end`,
      slowed_at: until,
    })
    .where('name', '=', sender)
    .execute()
}

/**
 * Prepares taking the right to try one message of each sender whose time for it has come and that has one waiting. Of two
 * workers one gets it; the next time is set before the try, so that a prober that dies costs one wait.
 * @param probeSeconds of the first wait; doubled after each probe
 * @returns takes probes of these senders
 */
export function openProbes(
  db: Kysely<Pick<Database, 'senders' | 'routes' | 'country_routes' | 'campaigns' | 'dispatch_chunks'>>,
  probeSeconds: number,
): (mine: readonly string[]) => Promise<string[]> {
  const take = prepare<{ first: number; mine: readonly string[] }, { name: string }>(db, (param) =>
    db
      .updateTable('senders')
      .set((eb) => ({
        probes: eb('probes', '+', 1),
        probe_at: sql<Date>`now() + make_interval(secs => least(greatest(${sql.lit(MOST_PROBE_SECONDS)},
          ${param('first')}::float8), ${param('first')}::float8 * 2 ^ least(probes + 1, 10)))`,
      }))
      .where('probe_at', '<=', sql<Date>`now()`)
      .where('paused_at', 'is', null)
      .where('name', '=', sql<string>`any(${param('mine')}::text[])`)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('campaigns as k')
            .innerJoin('dispatch_chunks as c', 'c.campaign_id', 'k.id')
            .select('c.id')
            .where('k.status', '=', sql.lit('sending'))
            .where('c.state', 'in', [sql.lit<'ready'>('ready'), sql.lit<'published'>('published')])
            .where('c.due_at', '<=', sql<Date>`now()`)
            .where(isRoutedTo('k', 'c', sql.ref('senders.name'))),
        ),
      )
      .returning('name'),
  )
  return async (mine) => (await take({ first: probeSeconds, mine })).map(({ name }) => name)
}
