/** Chunks that the version before left behind, with each meaning that their `origin_id` had, are worked off. */
import { expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { campaignStats } from '../../core/messaging/campaign/stats.ts'
import { rescue } from '../../core/messaging/chunk/rescue.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { endBackoff, getCampaign, outcomes, range, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { expectInvariant } from '../support/invariant.ts'

const TOTAL = 40

/** The messages of one campaign, in chunks of every kind and state, as the version before wrote them. */
const chunksOfBefore = `
  (id, origin_id, parent_id, due_bucket, turn, ids, first_id, last_id, state, epoch, lease_until, started_upto, in_flight, sent, failed, retried) values
  -- first chunks
  (101, null, null, null, 0, null, 1, 4, 'ready', 0, null, 0, 0, 0, 0, 0),
  (102, null, null, null, 0, null, 5, 8, 'published', 0, null, 0, 0, 0, 0, 0),
  (103, null, null, null, 0, null, 9, 12, 'leased', 1, now() - interval '1 minute', 10, 2, 0, 0, 0),
  (104, null, null, null, 0, null, 13, 16, 'held', 1, null, 0, 0, 0, 0, 0),
  -- handed everything on
  (105, null, null, null, 0, null, 17, 24, 'done', 1, null, 24, 0, 0, 0, 8),
  (106, null, null, null, 0, null, 25, 32, 'done', 1, null, 32, 0, 0, 0, 8),
  (107, null, null, null, 0, null, 33, 40, 'done', 1, null, 40, 0, 2, 1, 5),
  -- gathering, by what it gathers for: one that is due, and one that is not
  (201, -17, 105, now() - interval '1 second', 1, '{17,18}', 17, 18, 'ready', 0, null, 0, 0, 0, 0, 0),
  (202, -19, 105, now() + interval '1 hour', 1, '{19,20}', 19, 20, 'ready', 0, null, 0, 0, 0, 0, 0),
  -- no longer gathering: published, held and given back under their own ids, and claimed
  (203, 203, null, null, 1, '{21}', 21, 21, 'published', 1, null, 0, 0, 0, 0, 0),
  (204, 204, null, null, 1, '{22}', 22, 22, 'held', 1, null, 0, 0, 0, 0, 0),
  (205, 205, null, null, 1, '{23}', 23, 23, 'ready', 2, null, 0, 0, 0, 0, 0),
  (206, 206, null, null, 1, '{24}', 24, 24, 'leased', 1, now() - interval '1 minute', 24, 1, 0, 0, 0),
  -- under the id of the first chunk, as the first version wrote it
  (207, 106, null, null, 1, '{25,26,27,28}', 25, 28, 'ready', 0, null, 0, 0, 0, 0, 0),
  -- halves of a split
  (208, -29, null, null, 1, '{29,30}', 29, 30, 'ready', 0, null, 0, 0, 0, 0, 0),
  (209, -31, null, null, 1, '{31,32}', 31, 32, 'done', 2, null, 32, 0, 1, 1, 0),
  -- reopened
  (210, -36, null, null, 1, '{36,37,38,39,40}', 36, 40, 'ready', 0, null, 0, 0, 0, 0, 0)`

async function insertAsBefore(db: Kysely<Database>, campaignId: number) {
  await sql`delete from dispatch_chunks`.execute(db)
  await sql`create temporary table before (like dispatch_chunks including defaults)`.execute(db)
  await sql`alter table before alter column id drop not null, alter column size drop not null,
    alter column campaign_id drop not null`.execute(db)
  await sql`insert into before ${sql.raw(chunksOfBefore)}`.execute(db)
  const columns = sql.raw(`origin_id, parent_id, due_bucket, turn, ids, first_id, last_id, state, epoch, lease_until,
    started_upto, in_flight, sent, failed, retried`)
  await sql`insert into dispatch_chunks (id, campaign_id, size, reasons, ${columns}) overriding system value
    select id, ${campaignId}, coalesce(cardinality(ids), last_id - first_id + 1),
      case when failed > 0 then jsonb_build_object('failed provider.rejected', failed) end, ${columns}
    from before`.execute(db)
  await sql`drop table before`.execute(db)
  await sql`update outbound_messages set turn = 1 where id >= 17`.execute(db)
  await sql`update outbound_messages set status = 'sent', provider_message_id = 'mock' where id in (33, 34)`.execute(db)
  await sql`update outbound_messages set turn = 2, status = 'sent', provider_message_id = 'mock' where id = 31`.execute(
    db,
  )
  await sql`update outbound_messages set turn = case id when 32 then 2 else 1 end, status = 'failed',
    last_error = 'provider.rejected', history = '[]' where id in (32, 35)`.execute(db)
  await sql`select setval(pg_get_serial_sequence('dispatch_chunks', 'id'), 1000)`.execute(db)
}

/** The audience as programs of the version before count it. */
const totalAsBefore = async (db: Kysely<Database>) => {
  const { rows } = await sql<{ total: number }>`
    select sum(size) filter (where origin_id is null)::int as total from dispatch_chunks`.execute(db)
  return rows[0]?.total
}

eachDispatch((db) => {
  test('chunks of the version before are counted, claimed, retried and completed, in whatever state they are', async () => {
    const { campaignId, claim, claimChunk, read, report, complete } = await startCampaign(db(), TOTAL)
    await insertAsBefore(db(), campaignId)
    await expectInvariant(db())
    const stats = async () => (await campaignStats(db(), [campaignId])).get(campaignId)
    expect(await stats()).toMatchObject({ total: TOTAL, sent: 3, failed: 2, sending: 3 })
    await rescue(db(), 'rabbitmq')
    const worked: string[] = []
    const workOff = async (lease: Awaited<ReturnType<typeof claim>>, status: 'sent' | 'pending') => {
      if (!lease) return false
      worked.push(lease.id)
      expect(lease.sender).toBe('sms')
      const ids = (await read(lease)).map(({ id }) => id)
      expect(ids).toHaveLength(lease.size)
      await report(lease, { results: outcomes(ids, status), startedUpto: lease.last_id, next: 'done' })
      await expectInvariant(db())
      expect([await totalAsBefore(db()), (await stats())?.total]).toEqual([TOTAL, TOTAL])
      return true
    }
    // Each hands on what it has, as at a provider that refuses once.
    for (const id of ['102', '203']) await workOff(await claimChunk(id), 'pending')
    while (await workOff(await claim(), worked.includes('201') ? 'sent' : 'pending'));
    await endBackoff(db())
    while (await workOff(await claim(), 'sent'));
    const before = [101, 102, 103, 104, 201, 202, 203, 204, 205, 206, 207, 208, 210].map(String)
    expect(worked.filter((id) => Number(id) < 1000).toSorted()).toEqual(before)
    expect(worked.length).toBeGreaterThan(before.length)
    expect(await complete(campaignId)).toBe(true)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', total: TOTAL, sent: 38, failed: 2 })
  })

  test('a report of the version before is gathered with one of this version', async () => {
    const { take, report } = await startCampaign(db(), 4)
    const lease = await take()
    await report(lease, { results: outcomes([1, 2], 'pending', { delayMs: 60_000 }), startedUpto: '4' })
    await sql`insert into dispatch_chunks
        (campaign_id, origin_id, parent_id, due_bucket, turn, ids, first_id, last_id, size, state, due_at)
      select campaign_id, -3, parent_id, due_bucket, turn, '{3}', 3, 3, 1, 'ready', due_at from dispatch_chunks where turn = 1
      on conflict (parent_id, turn, due_bucket) where state = 'ready' and parent_id is not null
      do update set ids = dispatch_chunks.ids || excluded.ids, size = dispatch_chunks.size + excluded.size,
        last_id = excluded.last_id`.execute(db())
    await sql`update dispatch_chunks set retried = 3 where turn = 0`.execute(db())
    await sql`update outbound_messages set turn = 1, attempts = 1 where id = 3`.execute(db())
    const rows = await db().selectFrom('dispatch_chunks').select(['ids', 'size']).where('turn', '=', 1).execute()
    expect(rows).toEqual([{ ids: range(1, 3).map(String), size: 3 }])
  })
})
