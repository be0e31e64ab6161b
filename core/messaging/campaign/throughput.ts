/** Writing the throughput table, by spans of some seconds, and the last failures: figures that are shown, and nothing is reckoned from them. */
import { type Kysely, type QueryCreator, sql } from 'kysely'
import type { Database, MessageStatus } from '../schema.ts'
import type { MessageCode, NO_CODE } from '../senders/codes.ts'
import { SPAN_SECONDS } from './live.ts'

/** Lines of failures that stay. */
const KEPT_FAILURES = 1000
const KEPT_MINUTES = 15

type Tables = Pick<Database, 'processes' | 'throughput' | 'failures'>

export interface FailureCount {
  readonly campaignId: number
  readonly status: 'failed' | 'skipped' | 'unknown'
  /** As in a recipient's `last_error`. */
  readonly code: MessageCode | typeof NO_CODE
  readonly count: number
}

export interface Measured {
  /** Final ones: the column `settled`. */
  readonly results: number
  readonly failures: readonly FailureCount[]
}

/**
 * Adds to the span of now and to the last failures, and sets the rate of a process, in messages a second. A call whose
 * COMMIT was not answered counts twice when it is repeated.
 */
export async function recordThroughput(
  db: Kysely<Tables>,
  process: string,
  rate: number,
  measured: Measured,
): Promise<void> {
  await db
    .with('counted', (cte) => addResults(cte, measured.results))
    .with('failed', (cte) => addFailures(cte, measured.failures))
    .updateTable('processes')
    .set({ rate, seen_at: sql<Date>`now()` })
    .where('id', '=', process)
    .execute()
}

/** Start of the span of now. */
const at = sql<Date>`date_bin(${sql.lit(`${SPAN_SECONDS} seconds`)}, now(), 'epoch'::timestamptz)`

const addResults = (cte: QueryCreator<Tables>, results: number) =>
  cte
    .insertInto('throughput')
    .values({ at, settled: results })
    .onConflict((conflict) =>
      conflict.column('at').doUpdateSet({ settled: sql<number>`throughput.settled + excluded.settled` }),
    )

function addFailures(cte: QueryCreator<Tables>, failures: readonly FailureCount[]) {
  // In one order, so that two workers never wait for each other.
  const lines = failures.toSorted(
    (a, b) => a.campaignId - b.campaignId || (a.status + a.code < b.status + b.code ? -1 : 1),
  )
  const rows = sql<{ campaign_id: number; status: string; code: string; count: number }>`unnest(
    ${lines.map((line) => line.campaignId)}::int[], ${lines.map((line) => line.status)}::text[],
    ${lines.map((line) => line.code)}::text[], ${lines.map((line) => line.count)}::int[])`
  return cte
    .insertInto('failures')
    .columns(['at', 'campaign_id', 'status', 'code', 'count'])
    .expression((eb) =>
      eb
        .selectFrom(rows.as<'t'>(sql`t(campaign_id, status, code, count)`))
        .select([at.as('at'), 't.campaign_id', sql<MessageStatus>`t.status::message_status`.as('status')])
        .select(['t.code', 't.count']),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['at', 'campaign_id', 'status', 'code'])
        .doUpdateSet({ count: sql<number>`failures.count + excluded.count` }),
    )
}

export async function deleteOldThroughput(db: Kysely<Tables>): Promise<void> {
  const old = sql<Date>`now() - make_interval(mins => ${sql.lit(KEPT_MINUTES)})`
  await db.deleteFrom('throughput').where('at', '<', old).execute()
  await db
    .deleteFrom('failures')
    .where('at', '<', (eb) =>
      eb.selectFrom('failures as newer').select('newer.at').orderBy('newer.at', 'desc').offset(KEPT_FAILURES).limit(1),
    )
    .execute()
}
