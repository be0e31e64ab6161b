/**
 * The recipient invariant: total = pending + sending + sent + failed + skipped + unknown, at every read. The figures are
 * sums over chunks (2,000 rows for a million messages), or the campaign's own columns once it is over; messages are
 * never counted. `sending` is the `in_flight` that the owner of a chunk last reported, and never more than what the chunk
 * has left: a report that arrives from an earlier owner meanwhile must not be counted twice.
 */
import { expressionBuilder, type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { unfinishedStatuses } from './status.ts'

export interface CampaignStats {
  readonly total: number
  readonly pending: number
  readonly sending: number
  readonly sent: number
  readonly failed: number
  readonly skipped: number
  readonly unknown: number
  /** Parts of `sent`, by the receipts of the provider; those without a final one are awaited. */
  readonly delivered: number
  readonly undelivered: number
  /** A part of `delivered`. */
  readonly read: number
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

/** The sums over all campaigns of each channel, as a query to build on. Those of a channel without campaigns are absent. */
export function channelSums(db: Kysely<StatsTables>) {
  const over = db
    .selectFrom('campaigns')
    .select(['id', 'total', sql<number>`0`.as('sending'), 'sent', 'failed', 'skipped', 'unknown'])
    .select([...deliveries, 'channel'])
    .where('completed_at', 'is not', null)
  return db
    .selectFrom(
      statsRows(db)
        .select('k.channel')
        .where('k.completed_at', 'is', null)
        .where('k.id', 'in', openIds(db))
        .unionAll(over)
        .as('s'),
    )
    .select('channel')
    .select((eb) => sums.map((name) => eb.cast<number>(eb.fn.sum(name), 'float8').as(name)))
    .groupBy('channel')
}

const deliveries = ['delivered', 'undelivered', 'read'] as const
const sums = ['total', 'sending', 'sent', 'failed', 'skipped', 'unknown', ...deliveries] as const

/**
 * Campaigns that have recipients and are not over: by what is open of their chunks, and, between the last outcome and
 * completion, by their status. Most campaigns that are not over are drafts, whose chunks nobody should have to look for.
 */
export function openIds(db: Kysely<StatsTables>) {
  return db
    .selectFrom('dispatch_chunks')
    .select('campaign_id as id')
    .where('state', '<>', sql.lit('done'))
    .union(
      db
        .selectFrom('campaigns')
        .select('id')
        .where('status', 'in', unfinishedStatuses)
        .where('completed_at', 'is', null),
    )
}

/** The sums over all campaigns. */
export async function totalStats(db: Kysely<StatsTables>): Promise<CampaignStats> {
  const rows = await channelSums(db).execute()
  return rows.map(withPending).reduce(addStats, noStats)
}

export const noStats: CampaignStats = {
  total: 0,
  pending: 0,
  sending: 0,
  sent: 0,
  failed: 0,
  skipped: 0,
  unknown: 0,
  delivered: 0,
  undelivered: 0,
  read: 0,
}

export const addStats = (a: CampaignStats, b: CampaignStats): CampaignStats => ({
  total: a.total + b.total,
  pending: a.pending + b.pending,
  sending: a.sending + b.sending,
  sent: a.sent + b.sent,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  unknown: a.unknown + b.unknown,
  delivered: a.delivered + b.delivered,
  undelivered: a.undelivered + b.undelivered,
  read: a.read + b.read,
})

/** The figures of every campaign, as a query to build on; what they leave of `total` is pending. */
export function statsRows(db: Kysely<StatsTables>) {
  return db
    .selectFrom('campaigns as k')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('dispatch_chunks as c')
          .select([
            sql<number>`sum(c.size) filter (where c.turn = 0)`.as('total'),
            sql<number>`sum(least(c.in_flight, c.size - c.sent - c.failed - c.skipped - c.unknown - c.retried))
              filter (where c.state = 'leased')`.as('sending'),
            sql<number>`sum(c.sent)`.as('sent'),
            sql<number>`sum(c.failed)`.as('failed'),
            sql<number>`sum(c.skipped)`.as('skipped'),
            sql<number>`sum(c.unknown)`.as('unknown'),
            sql<boolean>`bool_or(c.state in ('leased', 'published'))`.as('busy'),
            // Retries count before messages that only wait for a receipt, whichever is due first.
            sql<Date>`coalesce(min(c.due_at) filter (where c.state = 'ready' and not c.awaiting),
              min(c.due_at) filter (where c.state = 'ready'))`.as('due_at'),
            sql<boolean>`bool_and(c.awaiting) filter (where c.state = 'ready')`.as('awaiting'),
            sql<number>`sum(c.size - c.sent - c.failed - c.skipped - c.unknown - c.retried)
              filter (where c.deferred_until is not null)`.as('deferred'),
            sql<Date>`min(c.deferred_until)`.as('deferred_until'),
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
      // Counted on the campaign from the first receipt on (core/messaging/receipts/fold.sql).
      'k.delivered',
      'k.undelivered',
      'k.read',
    ])
}

/**
 * Countries with senders of their own to which a campaign's open chunks go, and null for all others. Null where no country
 * has any: then nobody looks through the chunks.
 */
function openCountries() {
  const { exists, selectFrom } = expressionBuilder<StatsTables & Pick<Database, 'country_routes'>>()
  const countries = selectFrom('dispatch_chunks as c')
    .leftJoin('country_routes as x', (join) =>
      join.on(sql<boolean>`x.channel = k.channel::text`).onRef('x.country', '=', 'c.country'),
    )
    .select('x.country')
    .distinct()
    .where(sql<boolean>`c.campaign_id = k.id and k.completed_at is null`)
    .where('c.state', '<>', sql.lit('done'))
  const some = exists(selectFrom('country_routes').select('country'))
  return sql<(string | null)[] | null>`case when ${some} then array(${countries}) end`
}

/** To select beside the figures of `statsRows`: what `waitingOf` must know of a campaign's chunks. */
export const progressColumns = [
  openCountries().as('countries'),
  sql<boolean>`coalesce("now".busy, false)`.as('busy'),
  sql<Date | null>`"now".due_at`.as('due_at'),
  sql<boolean>`coalesce("now".awaiting, false)`.as('awaiting'),
  sql<number>`coalesce("now".deferred, 0)::int`.as('deferred'),
  sql<Date | null>`"now".deferred_until`.as('deferred_until'),
  sql<boolean>`k.audience_open and k.audience_seen_at is null`.as('queueing'),
] as const

/** Adds `pending`: the recipients that no other figure counts. */
export function withPending(counts: Omit<CampaignStats, 'pending'>): CampaignStats {
  const { total, sending, sent, failed, skipped, unknown, delivered, undelivered, read } = counts
  const pending = total - sending - sent - failed - skipped - unknown
  return { total, pending, sending, sent, failed, skipped, unknown, delivered, undelivered, read }
}
