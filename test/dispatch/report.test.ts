import { expect, test } from 'bun:test'
import { campaignStats } from '../../core/messaging/campaign/stats.ts'
import { expireLeases } from '../../core/messaging/chunk/chunk-state.ts'
import { unlimited } from '../support/chunk.ts'
import {
  endLeases,
  getCampaign,
  getChunk,
  getMessage,
  listChunks,
  loseLeases,
  outcome,
  outcomes,
  range,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db) => {
  const nothing = { moved: 0, permits: 0, wait_ms: 0, ...unlimited }
  const everyKind = [
    outcome(1, 'sent', { text: 'Hi Amina' }),
    outcome(2, 'failed'),
    outcome(3, 'skipped', { attempts: 0, text: null }),
    outcome(4, 'unknown'),
    outcome(5, 'pending', { delayMs: 1000 }),
  ]

  test('report() writes each outcome down, counts it, and permits the next window', async () => {
    const { take, report, campaignId } = await startCampaign(db(), 8)
    const lease = await take()
    expect(await report(lease, { wanted: range(1, 5) })).toEqual({ moved: 0, permits: 5, wait_ms: 0, ...unlimited })
    expect(await getChunk(db(), lease.id)).toMatchObject({ started_upto: '5', in_flight: 5 })
    expect((await campaignStats(db(), [campaignId])).get(campaignId)).toMatchObject({ sending: 5, pending: 3 })
    const everything = { results: everyKind, startedUpto: '5', wanted: [6, 7, 8] }
    expect(await report(lease, everything)).toEqual({ moved: 5, permits: 3, wait_ms: 0, ...unlimited })
    const counters = { sent: 1, failed: 1, skipped: 1, unknown: 1 }
    expect(await getChunk(db(), lease.id)).toMatchObject({ ...counters, retried: 1, started_upto: '8', in_flight: 3 })
    expect((await campaignStats(db(), [campaignId])).get(campaignId)).toEqual({
      ...counters,
      total: 8,
      pending: 1,
      sending: 3,
      delivered: 0,
      undelivered: 0,
      read: 0,
    })
    const sent = { status: 'sent', attempts: 1, turn: 1, provider_message_id: 'mock-1', rendered_content: 'Hi Amina' }
    expect(await getMessage(db(), 1)).toMatchObject(sent)
    expect(await getMessage(db(), 3)).toMatchObject({ status: 'skipped', attempts: 0, last_error: 'provider.rejected' })
    expect((await getMessage(db(), 6)).updated_at).toBeNull()
  })

  test('race 13: report() a second time changes nothing', async () => {
    const { take, report } = await startCampaign(db(), 8)
    const lease = await take()
    const repeated = { results: everyKind, startedUpto: '5', wanted: [6, 7] }
    const snapshot = async () => {
      const rows = await listChunks(db())
      return [
        rows.map(({ lease_until: _, ...row }) => row),
        await Promise.all(range(1, 8).map((id) => getMessage(db(), id))),
      ]
    }
    await report(lease, repeated)
    const before = await snapshot()
    expect(await report(lease, repeated)).toEqual({ moved: 0, permits: 2, wait_ms: 0, ...unlimited })
    expect(await snapshot()).toEqual(before)
    const last = { results: outcomes([6, 7, 8], 'sent'), startedUpto: '8', next: 'done' } as const
    await report(lease, last)
    const done = await snapshot()
    expect(await report(lease, last)).toEqual(nothing)
    expect(await snapshot()).toEqual(done)
  })

  test('report() renews the lease', async () => {
    const { take, report } = await startCampaign(db(), 1)
    const lease = await take()
    await endLeases(db())
    await report(lease, { startedUpto: '1', inFlight: 1 })
    expect(await expireLeases(db())).toBe(0)
  })

  test('report() gives a chunk back with the watermark where it really was', async () => {
    const { take, report } = await startCampaign(db(), 9)
    const lease = await take()
    await report(lease, { startedUpto: '9', inFlight: 9 })
    await report(lease, { results: outcomes([1, 2], 'sent'), startedUpto: '2', next: 'release' })
    expect(await take()).toMatchObject({ id: lease.id, started_upto: '2', epoch: 2 })
  })

  for (const next of ['keep', 'done', 'release'] as const)
    test(`race 11: report() by a worker that lost its lease counts and is permitted nothing (${next})`, async () => {
      const { take, report } = await startCampaign(db(), 9)
      const slow = await take()
      await report(slow, { startedUpto: '4', inFlight: 4 })
      await loseLeases(db())
      expect(await report(slow, { startedUpto: '4', inFlight: 4, wanted: [5, 6, 7, 8], next })).toEqual(nothing)
      expect(await getChunk(db(), slow.id)).toMatchObject({ state: 'ready', started_upto: '4', in_flight: 0 })
      const owner = await take()
      await report(owner, { startedUpto: '6', inFlight: 6 })
      const before = await getChunk(db(), slow.id)
      const late = { results: [outcome(1, 'sent'), outcome(2, 'pending')], startedUpto: '8', wanted: [9], next }
      expect(await report(slow, late)).toEqual({ ...nothing, moved: 2 })
      expect(await getChunk(db(), slow.id)).toEqual({ ...before, sent: 1, retried: 1 })
      // The owner calls the same two again: what counted once is not counted twice.
      await report(owner, { results: outcomes([1, 2], 'sent'), startedUpto: '6', inFlight: 4 })
      expect(await getChunk(db(), slow.id)).toMatchObject({ sent: 1, retried: 1, in_flight: 4 })
      expect(await getMessage(db(), 2)).toMatchObject({ status: 'sent', turn: 2 })
    })

  test('sending is never more than what a chunk has left, whatever its owner said last', async () => {
    const { take, report, campaignId } = await startCampaign(db(), 3)
    const slow = await take()
    await loseLeases(db())
    await report(await take(), { startedUpto: '3', inFlight: 3 })
    await report(slow, { results: outcomes([1, 2], 'sent') })
    const stats = (await campaignStats(db(), [campaignId])).get(campaignId)
    expect(stats).toMatchObject({ total: 3, pending: 0, sending: 1, sent: 2 })
  })

  test('race 31: report() permits nothing once the campaign is not sending', async () => {
    const { take, report, campaignId } = await startCampaign(db(), 3)
    const lease = await take()
    await db().updateTable('campaigns').set({ status: 'draft' }).where('id', '=', campaignId).execute()
    expect(await report(lease, { wanted: [1, 2, 3] })).toEqual(nothing)
    expect(await getChunk(db(), lease.id)).toMatchObject({ started_upto: '0', in_flight: 0 })
    await db().updateTable('campaigns').set({ status: 'sending' }).where('id', '=', campaignId).execute()
  })

  test('complete() waits for the last chunk, folds the counters, and does it once', async () => {
    const { take, report, complete, campaignId } = await startCampaign(db(), 501)
    const [first, second] = [await take(), await take()]
    await report(first, {
      results: outcomes(
        Array.from({ length: 500 }, (_, at) => at + 1),
        'sent',
      ),
      startedUpto: '500',
      next: 'done',
    })
    expect(await complete(campaignId)).toBe(false)
    await report(second, { results: [outcome(501, 'failed')], startedUpto: '501', next: 'done' })
    expect(await complete(campaignId)).toBe(true)
    expect(await complete(campaignId)).toBe(false)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', total: 501, sent: 500, failed: 1 })
  })

  test('complete() calls a campaign failed when nothing was sent', async () => {
    const { take, report, complete, campaignId } = await startCampaign(db(), 2)
    await report(await take(), {
      results: [outcome(1, 'failed'), outcome(2, 'unknown')],
      startedUpto: '2',
      next: 'done',
    })
    expect(await complete(campaignId)).toBe(true)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'failed', failed: 1, unknown: 1 })
  })
})
