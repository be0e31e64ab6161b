/**
 * The law of recipients, checked against a recount of every message. A message belongs to one chunk of each turn that it
 * went through: it is open in the chunk of its own turn, was ended by the chunk of the turn before it, and was handed on
 * by those before that.
 */
import { expect } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { type CampaignStats, campaignStats, totalStats } from '../../core/dispatch/stats.ts'

/** Fails when a counter differs from a recount, a figure is negative, or a message is in no chunk or in two. */
export async function expectLaw(db: Kysely<Database>): Promise<void> {
  expect(await wrongChunks(db)).toEqual([])
  expect(await strayMessages(db)).toEqual([])
  expect(await wrongCampaigns(db)).toEqual([])
  await expectStats(db)
}

const member = sql`select c.id as chunk, c.turn as chunk_turn, c.state, m.id, m.turn, m.status
  from dispatch_chunks c join outbound_messages m on m.campaign_id = c.campaign_id
    and (m.id = any(c.ids) or c.ids is null and m.id between c.first_id and c.last_id)`

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
      or (c.turn = 0) <> (c.origin_id is null)`.execute(db)
  return rows
}

/** Messages that do not belong to exactly one first chunk, and waiting ones that are not in exactly one open chunk. */
async function strayMessages(db: Kysely<Database>) {
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
      or k.completed_at is null and k.total + k.sent + k.failed + k.skipped + k.unknown <> 0
      or k.status in ('draft', 'scheduled') and exists (
        select 1 from dispatch_chunks c where c.campaign_id = k.id and c.state <> 'held')`.execute(db)
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

/** What the stats say, against every message counted one by one. */
async function expectStats(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<Recount>`
    select k.id, count(m.id)::int as total, (count(*) filter (where m.status = 'pending'))::int as waiting,
      (count(*) filter (where m.status = 'sent'))::int as sent, (count(*) filter (where m.status = 'failed'))::int as failed,
      (count(*) filter (where m.status = 'skipped'))::int as skipped,
      (count(*) filter (where m.status = 'unknown'))::int as unknown
    from campaigns k left join outbound_messages m on m.campaign_id = k.id group by k.id order by k.id`.execute(db)
  const stats = await campaignStats(
    db,
    rows.map(({ id }) => id),
  )
  expect(rows.map(({ id }) => ({ id, ...recounted(stats.get(id)) }))).toEqual(rows)
  const { id: _, ...sums } = rows.reduce(add, {
    id: 0,
    total: 0,
    waiting: 0,
    sent: 0,
    failed: 0,
    skipped: 0,
    unknown: 0,
  })
  expect(recounted(await totalStats(db))).toEqual(sums)
}

function recounted(stats: CampaignStats | undefined): Omit<Recount, 'id'> {
  if (!stats) throw new Error('A campaign has no stats')
  const { total, pending, sending, sent, failed, skipped, unknown } = stats
  expect(Math.min(...Object.values(stats))).toBeGreaterThanOrEqual(0)
  expect(pending + sending + sent + failed + skipped + unknown).toBe(total)
  return { total, waiting: pending + sending, sent, failed, skipped, unknown }
}

function add(sums: Recount, one: Recount): Recount {
  return {
    id: 0,
    total: sums.total + one.total,
    waiting: sums.waiting + one.waiting,
    sent: sums.sent + one.sent,
    failed: sums.failed + one.failed,
    skipped: sums.skipped + one.skipped,
    unknown: sums.unknown + one.unknown,
  }
}
