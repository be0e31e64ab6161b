/** Audiences of segments and rules: queued in steps, each customer once, whatever happens in between. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { armFailpoints } from '../../core/failpoint.ts'
import { completeCampaigns } from '../../core/messaging/campaign/complete.ts'
import { pauseLeftOpen } from '../../core/messaging/campaign/control.ts'
import { startDue } from '../../core/messaging/campaign/start.ts'
import { addCampaign, getCampaign, listChunks, openDispatch, outcomes, range } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { addForty, NAIROBI, openSelections, VIP, where } from '../support/selections.ts'

eachDispatch((db, _, kind) => {
  const { enqueue, segments, openTake, select, addSegment, queueAll, recipients, narrow } = openSelections(db)
  let campaignId: number

  beforeEach(async () => {
    await addForty(db())
    campaignId = await addCampaign(db())
  })
  afterEach(() => armFailpoints(async () => {}))

  test('a campaign that selects nobody is over at once', async () => {
    await select({ rules: { field: 'location', is: 'Nowhere' } })
    await queueAll()
    expect(await getCampaign(db(), campaignId)).toMatchObject({
      status: 'failed',
      total: 0,
      completed_at: expect.any(Date),
    })
  })

  test('the first recipients are sent before the last are queued, and nothing completes it in between', async () => {
    await select({ everyone: true })
    await narrow(10)
    const take = openTake()
    const { claim, report, complete } = openDispatch(db())
    for (const first of [1, 11, 21]) {
      await narrow(10)
      expect(await take()).toMatchObject({ campaignId, queued: 10, total: first + 9, isDone: false })
      const lease = await claim()
      if (!lease) throw new Error('Nothing to claim')
      const ids = range(Number(lease.first_id), Number(lease.last_id)).map(String)
      await report(lease, { results: outcomes(ids, 'sent'), startedUpto: lease.last_id, next: 'done' })
      expect(await complete(campaignId)).toBe(false)
      expect(await completeCampaigns(db())).toBe(0)
      expect(await pauseLeftOpen(db())).toEqual([])
    }
    expect(await take()).toMatchObject({ queued: 10, total: 40, isDone: true })
    const lease = await claim()
    await report(lease as NonNullable<typeof lease>, {
      results: outcomes(range(31, 40).map(String), 'sent'),
      startedUpto: '40',
      next: 'done',
    })
    expect(await complete(campaignId)).toBe(true)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', total: 40, sent: 40 })
  })

  test('race 8: a step that dies before its commit is taken again, and one that dies after it is not', async () => {
    await select({ everyone: true })
    await narrow(10)
    const take = openTake()
    for (const place of ['selection.queued', 'selection.committed'] as const) {
      armFailpoints(async (at) => {
        if (at === place) throw new Error(`died at ${at}`)
      })
      expect(await take().catch(String)).toBe(`Error: died at ${place}`)
    }
    armFailpoints(async () => {})
    await queueAll(take)
    expect(await recipients()).toEqual(range(1, 40))
  })

  test('customers who come after it was evaluated are not selected, those who are recipients already not again', async () => {
    await openDispatch(db()).queue(campaignId, [2, 39], true)
    await select({ everyone: true }, { more: true })
    await narrow(10)
    const take = openTake()
    await take()
    await sql`insert into customers (phone) values ('+254799999999')`.execute(db())
    await queueAll(take)
    expect((await recipients()).toSorted((a, b) => a - b)).toEqual(range(1, 40))
    expect(await enqueue().listSelections(campaignId)).toMatchObject([{ queued: 38 }])
    // The client had announced more, and has not closed the audience.
    expect(await getCampaign(db(), campaignId)).toMatchObject({ audience_open: true })
    expect(await enqueue().close(campaignId)).toEqual({ status: 'sending', audienceOpen: false })
  })

  test('a segment that changes while it is queued, or goes, changes nothing', async () => {
    const segment = await addSegment('n', NAIROBI)
    await select({ segment_ids: [segment] })
    await narrow(10)
    const take = openTake()
    await take()
    await segments().update(segment, { rule: VIP })
    await take()
    await segments().delete(segment)
    await queueAll(take)
    expect(await recipients()).toEqual(where((id) => id % 2 === 0))
  })

  test('pausing stops it, resuming continues it, and closing the audience does not end it', async () => {
    await select({ everyone: true })
    await narrow(10)
    const take = openTake()
    await take()
    const { control } = openDispatch(db())
    await control(campaignId, 'pause')
    expect(await take()).toBeUndefined()
    expect(await enqueue().close(campaignId)).toEqual({ status: 'paused', audienceOpen: true })
    await control(campaignId, 'resume')
    expect(await getCampaign(db(), campaignId)).toMatchObject({ audience_open: true, audience_seen_at: null })
    await queueAll(take)
    expect(await recipients()).toEqual(range(1, 40))
  })

  test('cancelling ends it: nobody is queued any more', async () => {
    await select({ everyone: true })
    await narrow(10)
    const take = openTake()
    await take()
    await openDispatch(db()).control(campaignId, 'cancel')
    await queueAll(take)
    expect(await recipients()).toEqual(range(1, 10))
    expect(await enqueue().listSelections(campaignId)).toMatchObject([{ status: 'stopped', queued: 10 }])
    await expect(select({ everyone: true })).rejects.toThrow('Cannot add recipients to campaign 1: it is "cancelled"')
  })

  describe('a scheduled campaign', () => {
    beforeEach(async () => {
      await sql`update campaigns set status = 'scheduled', scheduled_at = now() + interval '1 hour'`.execute(db())
    })
    const start = async () => {
      await sql`update campaigns set scheduled_at = now() where id = ${campaignId}`.execute(db())
      expect(await startDue(db())).toEqual([campaignId])
    }
    const move = () => sql`update customers set location = 'Nairobi' where id = 1`.execute(db())

    test('is evaluated when it starts', async () => {
      expect(await select({ rules: NAIROBI })).toEqual({ queued: 0, status: 'scheduled', audienceOpen: true })
      expect(await queueAll()).toEqual([])
      expect(await enqueue().listSelections(campaignId)).toMatchObject([{ status: 'waiting', queued: 0 }])
      await move()
      await start()
      await queueAll()
      expect(await recipients()).toEqual(where((id) => id % 2 === 0 || id === 1))
    })

    test('is evaluated now where that is asked for, and its chunks are held until it starts', async () => {
      await select({ rules: NAIROBI }, { evaluate: 'now' })
      await queueAll()
      await move()
      expect(await recipients()).toEqual(where((id) => id % 2 === 0))
      expect((await listChunks(db())).map(({ state }) => state)).toEqual(['held'])
      await start()
      expect((await listChunks(db())).map(({ state }) => state)).toEqual(['ready'])
    })

    test('keeps its segments from being deleted until it starts', async () => {
      const segment = await addSegment('n', NAIROBI)
      await select({ segment_ids: [segment] })
      await expect(segments().delete(segment)).rejects.toMatchObject({
        code: 'SEGMENT_IN_USE',
        details: { used_by: [{ kind: 'campaign', id: campaignId, name: 'Test' }] },
      })
      await start()
      await queueAll()
      await segments().delete(segment)
      expect(await recipients(campaignId)).toEqual(where((id) => id % 2 === 0))
    })

    test('is paused where its audience cannot be used any more, and continues when that is mended', async () => {
      await db().insertInto('attributes').values({ name: 'points', type: 'number' }).execute()
      await sql`update customers set attributes = jsonb_build_object('points', id)`.execute(db())
      await select({ rules: { field: 'attributes.points', at_most: 5 } })
      await db().deleteFrom('attributes').execute()
      await start()
      const take = openTake()
      expect(await take()).toMatchObject({ campaignId, problem: expect.stringContaining('audience.rules') })
      expect(await take()).toBeUndefined()
      expect(await getCampaign(db(), campaignId)).toMatchObject({
        status: 'paused',
        paused_reason: 'audience_unusable',
        paused_detail: expect.stringContaining('audience.rules'),
      })
      await db().insertInto('attributes').values({ name: 'points', type: 'number' }).execute()
      await openDispatch(db()).control(campaignId, 'resume')
      await queueAll(take)
      expect(await recipients()).toEqual(range(1, 5))
    })
  })

  test('selections take turns, and a small one does not wait for a large one', async () => {
    await select({ everyone: true })
    await narrow(5)
    const other = await addCampaign(db())
    await select({ rules: VIP }, { id: other })
    const take = openTake()
    const turns = [await take(), await take(), await take()].map((step) => step?.campaignId)
    expect(turns).toEqual([campaignId, other, campaignId])
    expect(await recipients(other)).toEqual(where((id) => id % 5 === 0))
  })

  if (kind === 'postgres')
    test('race 8: of two schedulers at once each customer is queued by one', async () => {
      await select({ everyone: true })
      await narrow(1)
      const both = await Promise.all([queueAll(), queueAll()])
      expect(await recipients()).toEqual(range(1, 40))
      const queued = both.flat().reduce((sum, step) => sum + step.queued, 0)
      expect(queued).toBe(40)
    })
})
