/**
 * The recipient invariant, checked against a recount of every message. A message belongs to one chunk of each turn that
 * it went through: it is open in the chunk of its own turn, was ended by the chunk of the turn before it, and was handed
 * on by those before that.
 */
import { type Kysely, sql } from 'kysely'
import { type CampaignStats, campaignStats, totalStats } from '../../core/messaging/campaign/stats.ts'
import type { Database } from '../../core/messaging/schema.ts'

/** One thing that must hold and does not. */
export interface Breach {
  /** A rule of the audit, A1 to A11. */
  readonly rule: string
  readonly what: string
}

/** Rows of one kind that a breach shows. */
const MAX_ROWS = 3

export function breaches(rule: string, what: string, wrong: readonly unknown[]): Breach[] {
  if (wrong.length === 0) return []
  return [{ rule, what: `${what} (${wrong.length}): ${JSON.stringify(wrong.slice(0, MAX_ROWS))}` }]
}

/**
 * A8: counters that differ from a recount, figures that are negative or do not add up, messages in no chunk or in two.
 * May be asked at any time: it reads one snapshot.
 */
export function findBreaches(db: Kysely<Database>): Promise<Breach[]> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => [
      ...breaches('A8', 'chunks are not what their messages say', await wrongChunks(trx)),
      ...breaches('A8', 'reasons are not what their messages say', await wrongReasons(trx)),
      ...breaches('A8', 'messages are in no chunk, or in two', await misplacedMessages(trx)),
      ...breaches('A8', 'campaigns are not what their messages say', await wrongCampaigns(trx)),
      ...breaches('A8', 'deliveries are not what their messages say', await wrongDeliveries(trx)),
      ...(await wrongStats(trx)),
    ])
}

const member = sql`
  select c.id as chunk, c.turn as chunk_turn, c.state, m.id, m.turn, m.status, m.last_error
    from dispatch_chunks c join outbound_messages m
      on m.id between c.first_id and c.last_id and m.campaign_id = c.campaign_id
    where c.ids is null
  union all
  select c.id, c.turn, c.state, m.id, m.turn, m.status, m.last_error
    from dispatch_chunks c cross join lateral unnest(c.ids) as i (id) join outbound_messages m on m.id = i.id`

/** Chunks whose counters, bounds or state are not what their messages say. */
async function wrongChunks(db: Kysely<Database>) {
  const { rows } = await sql`
    with member as (${member}), recount as (
      select chunk, count(*) as size, min(id) as first_id, max(id) as last_id,
        count(*) filter (where turn = chunk_turn) as open,
        count(*) filter (where turn = chunk_turn + 1 and status = 'sent') as sent,
        count(*) filter (where turn = chunk_turn + 1 and status = 'failed') as failed,
        count(*) filter (where turn = chunk_turn + 1 and status = 'skipped') as skipped,
        count(*) filter (where turn = chunk_turn + 1 and status = 'unknown') as unknown,
        count(*) filter (where turn > chunk_turn + 1 or turn = chunk_turn + 1 and status = 'pending') as retried,
        count(*) filter (where turn < chunk_turn or turn = chunk_turn and status <> 'pending') as misplaced
      from member group by chunk)
    select to_jsonb(c) as chunk, to_jsonb(r) as recount
    from dispatch_chunks c left join recount r on r.chunk = c.id
    where (c.size, c.first_id, c.last_id, c.sent, c.failed, c.skipped, c.unknown, c.retried) is distinct from
        (r.size, r.first_id, r.last_id, r.sent, r.failed, r.skipped, r.unknown, r.retried)
      or r.misplaced > 0 or c.in_flight < 0 or c.started_upto > c.last_id
      or c.size <> coalesce(cardinality(c.ids), c.size)
      or c.state = 'done' and (r.open > 0 or c.in_flight > 0)
      or c.state <> 'leased' and c.in_flight > 0
      or (c.turn = 0) <> (c.ids is null)`.execute(db)
  return rows
}

/** Chunks whose reasons are not those of the messages that they ended. */
async function wrongReasons(db: Kysely<Database>) {
  const { rows } = await sql`
    with member as (${member}), counted as (
      select chunk, status || ' ' || coalesce(last_error, 'none') as key, count(*) as count
      from member where turn = chunk_turn + 1 and status in ('failed', 'skipped', 'unknown') group by 1, 2),
    recount as (select chunk, jsonb_object_agg(key, count) as reasons from counted group by chunk)
    select c.id, c.reasons, r.reasons as recount
    from dispatch_chunks c left join recount r on r.chunk = c.id
    where c.reasons is distinct from r.reasons`.execute(db)
  return rows
}

/** Messages that do not belong to exactly one first chunk, and waiting ones that are not in exactly one open chunk. */
async function misplacedMessages(db: Kysely<Database>) {
  const { rows } = await sql`
    with member as (${member}), place as (
      select id, count(*) filter (where chunk_turn = 0) as first,
        count(*) filter (where chunk_turn = turn and state <> 'done') as open,
        count(*) - count(distinct chunk_turn) as doubled
      from member group by id)
    select to_jsonb(m) as message, to_jsonb(p) as place
    from outbound_messages m left join place p on p.id = m.id
    where p.first is distinct from 1 or p.doubled > 0
      or p.open <> (case when m.status = 'pending' then 1 else 0 end)
      or m.attempts > m.turn`.execute(db)
  return rows
}

/** Campaigns that are over with work left or wrong figures, or that are not over and have figures of their own. */
async function wrongCampaigns(db: Kysely<Database>) {
  const { rows } = await sql`
    with recount as (
      select campaign_id as id, count(*) as total, count(*) filter (where status = 'sent') as sent,
        count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped,
        count(*) filter (where status = 'unknown') as unknown, count(*) filter (where status = 'pending') as pending
      from outbound_messages group by campaign_id)
    select to_jsonb(k) as campaign, to_jsonb(r) as recount
    from campaigns k left join recount r using (id)
    where k.completed_at is not null and r.id is not null and (
        (k.total, k.sent, k.failed, k.skipped, k.unknown, 0) is distinct from
          (r.total, r.sent, r.failed, r.skipped, r.unknown, r.pending)
        or k.status not in ('sent', 'failed', 'cancelled')
        or k.status <> 'cancelled' and (k.status = 'sent') <> (k.sent > 0)
        or exists (select 1 from dispatch_chunks c where c.campaign_id = k.id and c.state <> 'done'))
      or k.completed_at is null and k.status in ('sent', 'failed')
      or k.audience_open and (k.completed_at is not null or k.status in ('sent', 'failed', 'cancelled'))
      or k.status not in ('sent', 'failed', 'cancelled') and k.audience_open <> (k.audience_seen_at is not null
        or exists (select from selections s where s.campaign_id = k.id and s.done_at is null))
      or k.paused_reason is not null and k.status <> 'paused'
      or k.completed_at is null and k.total + k.sent + k.failed + k.skipped + k.unknown <> 0
      or k.status in ('draft', 'scheduled') and exists (
        select 1 from dispatch_chunks c where c.campaign_id = k.id and c.state <> 'held')`.execute(db)
  return rows
}

/** Deliveries of messages that are not sent, and counters of deliveries that differ from a recount. */
async function wrongDeliveries(db: Kysely<Database>) {
  const { rows } = await sql`
    with recount as (
      select campaign_id as id, count(*) filter (where delivery >= 'delivered') as delivered,
        count(*) filter (where delivery = 'undelivered') as undelivered, count(*) filter (where delivery = 'read') as read,
        count(*) filter (where delivery is not null and status <> 'sent'
          or delivery_code is not null and delivery is distinct from 'undelivered') as wrong
      from outbound_messages group by campaign_id)
    select to_jsonb(k) as campaign, to_jsonb(r) as recount
    from campaigns k left join recount r using (id)
    where (k.delivered, k.undelivered, k.read, 0) is distinct from
      (coalesce(r.delivered, 0), coalesce(r.undelivered, 0), coalesce(r.read, 0), coalesce(r.wrong, 0))`.execute(db)
  return rows
}

interface Recount {
  readonly id: number
  readonly total: number
  readonly waiting: number
  readonly sent: number
  readonly failed: number
  readonly skipped: number
  readonly unknown: number
}

/** Statistics that differ from a recount of the messages. */
async function wrongStats(db: Kysely<Database>): Promise<Breach[]> {
  const { rows } = await sql<Recount>`
    select k.id, count(m.id)::int as total, (count(*) filter (where m.status = 'pending'))::int as waiting,
      (count(*) filter (where m.status = 'sent'))::int as sent, (count(*) filter (where m.status = 'failed'))::int as failed,
      (count(*) filter (where m.status = 'skipped'))::int as skipped,
      (count(*) filter (where m.status = 'unknown'))::int as unknown
    from campaigns k left join outbound_messages m on m.campaign_id = k.id group by k.id order by k.id`.execute(db)
  const ids = rows.map(({ id }) => id)
  const stats = await campaignStats(db, ids)
  const reported = ids.map((id) => recounted(id, stats.get(id)))
  const sums = figures.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)] as const)
  const total = recounted(0, await totalStats(db))
  return [
    ...breaches('A8', 'stats differ from a recount', differing(rows, reported)),
    ...breaches('A8', 'figures are negative or do not add up', [...stats.values()].filter(isUnsound)),
    ...breaches(
      'A8',
      'the sums over all campaigns differ from a recount',
      sums.filter(([name, sum]) => total?.[name] !== sum),
    ),
  ]
}

const figures = ['total', 'waiting', 'sent', 'failed', 'skipped', 'unknown'] as const

function recounted(id: number, stats: CampaignStats | undefined): Recount | undefined {
  if (!stats) return undefined
  const { total, pending, sending, sent, failed, skipped, unknown } = stats
  return { id, total, waiting: pending + sending, sent, failed, skipped, unknown }
}

function differing(rows: readonly Recount[], reported: readonly (Recount | undefined)[]) {
  return rows.flatMap((row, at) =>
    figures.every((name) => reported[at]?.[name] === row[name]) ? [] : [{ recount: row, reported: reported[at] }],
  )
}

/** Whatever is sent was delivered, was not, or is awaited; what was read was delivered. */
function isUnsound({ total, delivered, undelivered, read, ...parts }: CampaignStats): boolean {
  const all = Object.values(parts)
  if (read > delivered || delivered + undelivered > parts.sent || Math.min(read, delivered, undelivered) < 0)
    return true
  return all.some((one) => one < 0) || all.reduce((sum, one) => sum + one, 0) !== total
}
