/**
 * The law of recipients: total = pending + sending + sent + failed + skipped + unknown, at every read. The figures are
 * sums over chunks (2,000 rows for a million messages), or the campaign's own columns once it is over; messages are
 * never counted. `sending` is what the owner of a chunk last said to be under way, and never more than what the chunk
 * has left: a report that arrives from an earlier owner meanwhile must not be counted twice.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/schema.ts'

export interface CampaignStats {
  readonly total: number
  readonly pending: number
  readonly sending: number
  readonly sent: number
  readonly failed: number
  readonly skipped: number
  readonly unknown: number
}

type StatsTables = Pick<Database, 'campaigns' | 'dispatch_chunks'>

/** The stats of each of these campaigns, by id; a campaign that does not exist is not in the answer. */
export async function campaignStats(
  db: Kysely<StatsTables>,
  ids: readonly number[],
): Promise<Map<number, CampaignStats>> {
  if (ids.length === 0) return new Map()
  const rows = await statsRows(db)
    .where('k.id', '=', sql<number>`any(${[...ids]}::int[])`)
    .execute()
  return new Map(rows.map(({ id, ...counts }) => [id, withPending(counts)]))
}

/** The sums over all campaigns. */
export async function totalStats(db: Kysely<StatsTables>): Promise<CampaignStats> {
  const sums = await db
    .selectFrom(statsRows(db).as('s'))
    .select([
      sql<string>`coalesce(sum(total), 0)`.as('total'),
      sql<string>`coalesce(sum(sending), 0)`.as('sending'),
      sql<string>`coalesce(sum(sent), 0)`.as('sent'),
      sql<string>`coalesce(sum(failed), 0)`.as('failed'),
      sql<string>`coalesce(sum(skipped), 0)`.as('skipped'),
      sql<string>`coalesce(sum(unknown), 0)`.as('unknown'),
    ])
    .executeTakeFirstOrThrow()
  return withPending({
    total: Number(sums.total),
    sending: Number(sums.sending),
    sent: Number(sums.sent),
    failed: Number(sums.failed),
    skipped: Number(sums.skipped),
    unknown: Number(sums.unknown),
  })
}

/** The figures of every campaign, as a query to build on; what they leave of `total` is pending. */
export function statsRows(db: Kysely<StatsTables>) {
  return db
    .selectFrom('campaigns as k')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('dispatch_chunks as c')
          .select([
            sql<number>`sum(c.size) filter (where c.origin_id is null)`.as('total'),
            sql<number>`sum(least(c.in_flight, c.size - c.sent - c.failed - c.skipped - c.unknown - c.retried))
              filter (where c.state = 'leased')`.as('sending'),
            sql<number>`sum(c.sent)`.as('sent'),
            sql<number>`sum(c.failed)`.as('failed'),
            sql<number>`sum(c.skipped)`.as('skipped'),
            sql<number>`sum(c.unknown)`.as('unknown'),
          ])
          .whereRef('c.campaign_id', '=', 'k.id')
          .where('k.completed_at', 'is', null)
          .as('now'),
      (join) => join.onTrue(),
    )
    .select([
      'k.id',
      sql<number>`coalesce("now".total, k.total)::int`.as('total'),
      sql<number>`coalesce("now".sending, 0)::int`.as('sending'),
      sql<number>`coalesce("now".sent, k.sent)::int`.as('sent'),
      sql<number>`coalesce("now".failed, k.failed)::int`.as('failed'),
      sql<number>`coalesce("now".skipped, k.skipped)::int`.as('skipped'),
      sql<number>`coalesce("now".unknown, k.unknown)::int`.as('unknown'),
    ])
}

export function withPending(counts: Omit<CampaignStats, 'pending'>): CampaignStats {
  const { total, sending, sent, failed, skipped, unknown } = counts
  const pending = total - sending - sent - failed - skipped - unknown
  return { total, pending, sending, sent, failed, skipped, unknown }
}
