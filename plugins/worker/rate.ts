/**
 * The loop that says how fast messages go, for whoever looks on: the process's own rate, and its share of all that was
 * settled and all that failed, which keeps as long as somebody may want to see it. It writes nothing while nothing happens.
 */
import { type Kysely, sql } from 'kysely'
import { untilDone } from '../../core/db/retry.ts'
import type { Loop } from '../../core/host/plugin.ts'
import { SPAN_SECONDS } from '../../core/messaging/campaign/live.ts'
import type { Database, MessageStatus } from '../../core/messaging/schema.ts'
import type { WorkGrant } from './grant.ts'
import type { Measured, Meter } from './meter.ts'

const RATE_EVERY_MS = 2000
const CLEAN_EVERY_MS = 60_000
/** Lines of failures that stay. */
const KEPT_FAILURES = 1000
const KEPT_MINUTES = 15

type Tables = Pick<Database, 'processes' | 'throughput' | 'failures'>

export function openRateLoop({ db, clock, process, log }: WorkGrant, meter: Meter): Loop {
  return async (stop) => {
    const trying = { clock, log, signal: stop }
    let written = 0
    let since = clock.elapsed()
    let cleaned = since - CLEAN_EVERY_MS
    while (!stop.aborted) {
      await clock.sleep(RATE_EVERY_MS, stop)
      const now = clock.elapsed()
      const measured = meter.take()
      const rate = Math.round(measured.settled / ((now - since) / 1000))
      since = now
      if (measured.settled === 0 && rate === written) continue
      await untilDone(() => report(db, process.id, rate, measured), trying)
      written = rate
      if (now - cleaned < CLEAN_EVERY_MS) continue
      cleaned = now
      await untilDone(() => clean(db), trying)
    }
  }
}

/** A report whose COMMIT was not answered is made twice: these figures are shown, and nothing is reckoned from them. */
async function report(db: Kysely<Tables>, process: string, rate: number, measured: Measured): Promise<void> {
  const { settled, failures } = measured
  // In one order, so that two workers never wait for each other.
  const lines = failures.toSorted(
    (a, b) => a.campaignId - b.campaignId || (a.status + a.code < b.status + b.code ? -1 : 1),
  )
  const at = sql<Date>`date_bin(${sql.lit(`${SPAN_SECONDS} seconds`)}, now(), 'epoch'::timestamptz)`
  await db
    .with('counted', (cte) =>
      cte
        .insertInto('throughput')
        .values({ at, settled })
        .onConflict((conflict) =>
          conflict.column('at').doUpdateSet({ settled: sql<number>`throughput.settled + excluded.settled` }),
        ),
    )
    .with('failed', (cte) =>
      cte
        .insertInto('failures')
        .columns(['at', 'campaign_id', 'status', 'code', 'count'])
        .expression((eb) =>
          eb
            .selectFrom(
              sql<{ campaign_id: number; status: string; code: string; count: number }>`unnest(
                ${lines.map((line) => line.campaignId)}::int[], ${lines.map((line) => line.status)}::text[],
                ${lines.map((line) => line.code)}::text[], ${lines.map((line) => line.count)}::int[])`.as<'t'>(
                sql`t(campaign_id, status, code, count)`,
              ),
            )
            .select([at.as('at'), 't.campaign_id', sql<MessageStatus>`t.status::message_status`.as('status')])
            .select(['t.code', 't.count']),
        )
        .onConflict((conflict) =>
          conflict
            .columns(['at', 'campaign_id', 'status', 'code'])
            .doUpdateSet({ count: sql<number>`failures.count + excluded.count` }),
        ),
    )
    .updateTable('processes')
    .set({ rate, seen_at: sql<Date>`now()` })
    .where('id', '=', process)
    .execute()
}

async function clean(db: Kysely<Tables>): Promise<void> {
  const old = sql<Date>`now() - make_interval(mins => ${sql.lit(KEPT_MINUTES)})`
  await db.deleteFrom('throughput').where('at', '<', old).execute()
  await db
    .deleteFrom('failures')
    .where('at', '<', (eb) =>
      eb.selectFrom('failures as newer').select('newer.at').orderBy('newer.at', 'desc').offset(KEPT_FAILURES).limit(1),
    )
    .execute()
}
