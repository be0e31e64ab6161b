/**
 * Reasons why recipients were not reached, counted on the chunk that counts their outcome: `{"failed provider.rejected": 3}`.
 * They move in the statements that move the chunk's counters, so that a campaign's failures are a sum over some thousand
 * chunks and not a walk over a million messages.
 */
import { type Expression, type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database, Reasons } from '../schema.ts'
import { NO_CODE } from '../senders/codes.ts'

export const unreachedStatuses = ['failed', 'skipped', 'unknown'] as const
export type Unreached = (typeof unreachedStatuses)[number]

/** Reasons that one answer names. */
const MOST = 100

/** The name that a status and its code are counted under. */
export const reasonKey = (status: Expression<string | null>, code: Expression<string | null>): RawBuilder<string> =>
  sql<string>`${status}::text || ' ' || coalesce(${code}, ${sql.lit(NO_CODE)})`

/** As `reasonKey`, for values that are known here. */
export const reasonName = (status: Unreached, code: string | null): string => `${status} ${code ?? NO_CODE}`

/** @param change counts to add, negative ones to take away; null changes nothing */
export const addReasons = (reasons: Expression<Reasons | null>, change: Expression<Reasons | null>) =>
  sql<Reasons | null>`case when ${change} is null then ${reasons} else sum_counts(${reasons}, ${change}) end`

/** A change of one count. */
export const reasonChange = (status: Unreached, code: string | null, count: number): RawBuilder<Reasons | null> =>
  count === 0
    ? sql<null>`null::jsonb`
    : sql<Reasons>`jsonb_build_object(${reasonName(status, code)}::text, ${count}::int)`

export interface ReasonCount {
  readonly status: Unreached
  readonly code: string
  readonly count: number
}

type ReasonTables = Pick<Database, 'dispatch_chunks' | 'outbound_messages'>

/**
 * Reads why a campaign's recipients were not reached: the hundred most frequent reasons, the most frequent first. Chunks that an
 * earlier version of the program counted have no reasons: then the messages themselves are read.
 */
export async function listReasons(db: Kysely<ReasonTables>, campaignId: number): Promise<ReasonCount[]> {
  const counted = await db
    .selectFrom('dispatch_chunks as c')
    .crossJoinLateral(sql<{ key: string; value: string }>`jsonb_each_text(c.reasons)`.as<'r'>(sql`r(key, value)`))
    .select(['r.key', sql<number>`sum(r.value::int)::int`.as('count')])
    .where('c.campaign_id', '=', campaignId)
    .groupBy('r.key')
    .execute()
  const known = counted.reduce((sum, { count }) => sum + count, 0)
  if (known !== (await countUnreached(db, campaignId))) return readMessages(db, campaignId)
  return counted.map(readReason).toSorted(byCount).slice(0, MOST)
}

function readReason({ key, count }: { readonly key: string; readonly count: number }): ReasonCount {
  const end = key.indexOf(' ')
  return { status: key.slice(0, end) as Unreached, code: key.slice(end + 1), count }
}

const byCount = (a: ReasonCount, b: ReasonCount) =>
  b.count - a.count ||
  unreachedStatuses.indexOf(a.status) - unreachedStatuses.indexOf(b.status) ||
  (a.code < b.code ? -1 : 1)

async function countUnreached(db: Kysely<ReasonTables>, campaignId: number): Promise<number> {
  const { count } = await db
    .selectFrom('dispatch_chunks')
    .select(sql<number>`coalesce(sum(failed + skipped + unknown), 0)::int`.as('count'))
    .where('campaign_id', '=', campaignId)
    .executeTakeFirstOrThrow()
  return count
}

async function readMessages(db: Kysely<ReasonTables>, campaignId: number): Promise<ReasonCount[]> {
  return db
    .selectFrom('outbound_messages')
    .select([
      sql<Unreached>`status::text`.as('status'),
      sql<string>`coalesce(last_error, ${sql.lit(NO_CODE)})`.as('code'),
    ])
    .select(sql<number>`count(*)::int`.as('count'))
    .where('campaign_id', '=', campaignId)
    .where('status', 'in', unreachedStatuses)
    .groupBy(['status', 'last_error'])
    .orderBy('count', 'desc')
    .orderBy('status')
    .orderBy('code')
    .limit(MOST)
    .execute()
}
