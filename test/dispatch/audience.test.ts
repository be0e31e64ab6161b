import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import {
  addCampaign,
  addCustomers,
  getCampaign,
  listChunks,
  openDispatch,
  outcomes,
  queueWithin,
  range,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db, database, kind) => {
  const messages = async () => Number((await db().selectFrom('outbound_messages').select('id').execute()).length)

  test('queue() counts only new recipients, and repeating it is harmless', async () => {
    const { queue } = openDispatch(db())
    await addCustomers(db(), 5)
    const campaign = await addCampaign(db())
    expect(await queue(campaign, [1, 2, 3])).toEqual({ queued: 3, status: 'sending', audienceOpen: false })
    expect(await queue(campaign, [1, 2, 3])).toEqual({ queued: 0, status: 'sending', audienceOpen: false })
    expect(await queue(campaign, [2, 3, 4, 5])).toEqual({ queued: 2, status: 'sending', audienceOpen: false })
    expect(await messages()).toBe(5)
  })

  test('queue() cuts 1,200 recipients into chunks of 500, 500 and 200 that share none', async () => {
    const { campaignId, claim, read } = await startCampaign(db(), 1200)
    expect((await listChunks(db())).map(({ size, state }) => [size, state])).toEqual([
      [500, 'ready'],
      [500, 'ready'],
      [200, 'ready'],
    ])
    const seen: string[] = []
    for (let lease = await claim(); lease; lease = await claim()) {
      expect(lease.campaign_id).toBe(campaignId)
      seen.push(...(await read(lease)).map(({ id }) => id))
    }
    expect(seen.length).toBe(1200)
    expect(new Set(seen).size).toBe(1200)
  })

  test('queue() writes some thousand recipients a statement, in one transaction, and leaves out nobody', async () => {
    const { queue } = openDispatch(db())
    // The embedded database keeps the process from all else during a statement.
    const [people, slices] =
      kind === 'pglite' ? [11_200, [2000, 2000, 2000, 2000, 2000, 1200]] : [45_200, [20_000, 20_000, 5200]]
    await addCustomers(db(), people)
    expect((await queue(await addCampaign(db()), range(1, people))).queued).toBe(people)
    // Rows that one statement wrote have one cmin, those of one transaction one xmin.
    const { rows } = await sql`select count(*)::int as rows from outbound_messages
      group by xmin::text, cmin::text order by min(id)`.execute(db())
    expect(rows).toEqual(slices.map((rows) => ({ rows })))
    const xmins = await sql`select distinct xmin::text from outbound_messages`.execute(db())
    expect(xmins.rows).toHaveLength(1)
    const sizes = (await listChunks(db())).map(({ size }) => size)
    expect(sizes).toEqual([...Array(Math.floor(people / 500)).fill(500), 200])
  })

  test('queue() writes nothing when a customer of a later statement is missing', async () => {
    const { queue } = openDispatch(db())
    const people = kind === 'pglite' ? 5001 : 25_001
    await addCustomers(db(), people)
    await expect(queue(await addCampaign(db()), range(1, people + 1))).rejects.toMatchObject({
      details: { missing_ids: [people + 1], missing_count: 1 },
    })
    expect(await messages()).toBe(0)
  })

  test('queue() takes a customer who is named twice once', async () => {
    const { queue } = openDispatch(db())
    await addCustomers(db(), 3)
    expect((await queue(await addCampaign(db()), [3, 1, 3, 2, 1])).queued).toBe(3)
  })

  test('queue() writes nothing when customers are missing, and names them', async () => {
    const { queue } = openDispatch(db())
    await addCustomers(db(), 2)
    const campaign = await addCampaign(db())
    await expect(queue(campaign, [1, 9, 2, 7, 9])).rejects.toMatchObject({
      code: 'CUSTOMER_NOT_FOUND',
      details: { missing_ids: [7, 9], missing_count: 2 },
    })
    expect(await messages()).toBe(0)
    expect((await getCampaign(db(), campaign)).status).toBe('draft')
  })

  test('queue() names at most 100 of the missing customers, and counts all', async () => {
    const { queue } = openDispatch(db())
    await expect(queue(await addCampaign(db()), range(1, 150))).rejects.toMatchObject({
      details: { missing_ids: range(1, 100), missing_count: 150 },
    })
  })

  test('queue() refuses a campaign that does not exist, or is over', async () => {
    const { queue, take, report, complete, campaignId } = await startCampaign(db(), 2)
    await expect(queue(99, [1])).rejects.toMatchObject({ code: 'CAMPAIGN_NOT_FOUND' })
    await report(await take(), { results: outcomes([1, 2], 'sent'), startedUpto: '2', next: 'done' })
    expect(await complete(campaignId)).toBe(true)
    await expect(queue(campaignId, [1])).rejects.toMatchObject({ code: 'INVALID_CAMPAIGN_STATUS' })
  })

  test('queue() holds the chunks of a campaign whose time is ahead', async () => {
    const { queue, claim } = openDispatch(db())
    await addCustomers(db(), 2)
    const campaign = await addCampaign(db(), 3600)
    expect(await queue(campaign, [1])).toEqual({ queued: 1, status: 'scheduled', audienceOpen: false })
    expect(await queue(campaign, [1, 2])).toEqual({ queued: 1, status: 'scheduled', audienceOpen: false })
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['held', 'held'])
    expect(await claim()).toBeUndefined()
    expect((await getCampaign(db(), campaign)).started_at).toBeNull()
  })

  test('queue() starts a campaign whose time has passed, with what was held for it', async () => {
    const { queue } = openDispatch(db())
    await addCustomers(db(), 3)
    const campaign = await addCampaign(db(), 3600)
    await queue(campaign, [1, 2])
    await db()
      .updateTable('campaigns')
      .set({ scheduled_at: new Date(Date.now() - 60_000) })
      .execute()
    expect(await queue(campaign, [3])).toEqual({ queued: 1, status: 'sending', audienceOpen: false })
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['ready', 'ready'])
    expect((await getCampaign(db(), campaign)).started_at).not.toBeNull()
  })

  test('queue() adds to a campaign under way, whatever time it once had', async () => {
    const { queue, take, campaignId } = await startCampaign(db(), 3)
    await take()
    await db()
      .updateTable('campaigns')
      .set({ scheduled_at: new Date(Date.now() + 3_600_000) })
      .execute()
    await addMore()
    expect(await queue(campaignId, [3, 4, 5])).toEqual({ queued: 2, status: 'sending', audienceOpen: false })
    expect((await listChunks(db())).map(({ state, size }) => [state, size])).toEqual([
      ['leased', 3],
      ['ready', 2],
    ])
  })

  test('race 8: queue() leaves nothing behind when its transaction fails', async () => {
    await addCustomers(db(), 600)
    const campaignId = await addCampaign(db())
    const failing = db()
      .transaction()
      .execute(async (trx) => {
        await queueWithin(trx, campaignId, range(1, 600))
        throw new Error('power cut')
      })
    await expect(failing).rejects.toThrow('power cut')
    expect(await messages()).toBe(0)
    expect(await listChunks(db())).toEqual([])
    expect((await getCampaign(db(), campaignId)).status).toBe('draft')
  })

  test.skipIf(kind === 'pglite')(
    'race 7: of two calls at once on two connections each customer is queued by one',
    async () => {
      const url = database().url ?? ''
      const others = [openPostgres(url, 1), openPostgres(url, 1)]
      const customerIds = await addCustomers(db(), 700)
      const campaign = await addCampaign(db())
      const counts = await Promise.all(others.map((other) => openDispatch(other.db).queue(campaign, customerIds)))
      expect(counts.map(({ queued }) => queued).sort()).toEqual([0, 700])
      for (const other of others) await other.close()
    },
  )

  async function addMore() {
    for (const phone of ['+254799999991', '+254799999992'])
      await db().insertInto('customers').values({ phone }).execute()
  }
})
