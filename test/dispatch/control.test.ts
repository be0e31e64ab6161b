import { expect, test } from 'bun:test'
import { completeCampaigns } from '../../core/messaging/campaign/complete.ts'
import { type Action, alignWaiting } from '../../core/messaging/campaign/control.ts'
import { skipCancelled } from '../../core/messaging/campaign/skip-cancelled.ts'
import { campaignStats } from '../../core/messaging/campaign/stats.ts'
import { expireLeases } from '../../core/messaging/chunk/chunk-state.ts'
import type { Reopening } from '../../core/messaging/chunk/reopen.ts'
import { emptyTables } from '../support/databases.ts'
import {
  addCampaign,
  endLeases,
  getCampaign,
  getMessage,
  listChunks,
  loseLeases,
  openDispatch,
  outcome,
  outcomes,
  range,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { expectInvariant } from '../support/invariant.ts'

eachDispatch((db) => {
  const act = (id: number, action: Action) => openDispatch(db()).control(id, action)
  const again = (reopening: Reopening) => openDispatch(db()).reopen(reopening)
  const stats = async (id: number) => (await campaignStats(db(), [id])).get(id)
  const status = async (id: number) => (await getCampaign(db(), id)).status

  test('race 31: a paused campaign is permitted no further window, and nothing of it is claimed', async () => {
    const { campaignId, take, claim, claimChunk, report } = await startCampaign(db(), 1200)
    const lease = await take()
    expect(await report(lease, { wanted: range(1, 64) })).toMatchObject({ permits: 64 })
    await act(campaignId, 'pause')
    await expectInvariant(db())
    // Results of messages in flight are still written.
    const results = outcomes(range(1, 64), 'sent')
    expect(await report(lease, { results, startedUpto: '64', wanted: [65] })).toMatchObject({ moved: 64, permits: 0 })
    await report(lease, { startedUpto: '64', next: 'release' })
    expect(await claim()).toBeUndefined()
    for (const { id } of await listChunks(db())) expect(await claimChunk(id)).toBeUndefined()
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['held', 'held', 'held'])
    expect(await stats(campaignId)).toMatchObject({ total: 1200, pending: 1136, sending: 0, sent: 64 })
    await act(campaignId, 'resume')
    expect(await status(campaignId)).toBe('sending')
    expect((await claim())?.campaign_id).toBe(campaignId)
  })

  test('a pause has a time, as long as it lasts', async () => {
    const { campaignId, queue } = await startCampaign(db(), 3)
    const pausedAt = async () => (await getCampaign(db(), campaignId)).paused_at
    expect(await pausedAt()).toBeNull()
    await act(campaignId, 'pause')
    const at = await pausedAt()
    expect(at).toBeInstanceOf(Date)
    expect(await queue(campaignId, await addMore())).toMatchObject({ status: 'paused' })
    expect(await pausedAt()).toEqual(at)
    await act(campaignId, 'resume')
    expect(await pausedAt()).toBeNull()
    await act(campaignId, 'pause')
    await act(campaignId, 'cancel')
    expect(await pausedAt()).toBeNull()
  })

  test('retries that are gathered across a pause are all claimed after it', async () => {
    const { campaignId, take, claim, report, complete } = await startCampaign(db(), 6)
    const lease = await take()
    await report(lease, { results: outcomes([1, 2], 'pending'), startedUpto: '6', inFlight: 4 })
    await act(campaignId, 'pause')
    await report(lease, { results: outcomes([3, 4], 'pending'), startedUpto: '6', inFlight: 2 })
    await act(campaignId, 'resume')
    await report(lease, { results: outcomes([5, 6], 'pending'), startedUpto: '6', next: 'done' })
    for (let chunk = await claim(); chunk; chunk = await claim())
      await report(chunk, { results: outcomes(chunk.ids ?? [], 'sent'), startedUpto: chunk.last_id, next: 'done' })
    expect(await complete(campaignId)).toBe(true)
    expect(await stats(campaignId)).toMatchObject({ total: 6, sent: 6, pending: 0 })
  })

  test('a lease that ends while its campaign is paused leaves the chunk held; a stray is found', async () => {
    const { campaignId, take, claim } = await startCampaign(db(), 2)
    await take()
    await act(campaignId, 'pause')
    await endLeases(db())
    expect(await expireLeases(db())).toBe(1)
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['held'])
    await db().updateTable('dispatch_chunks').set({ state: 'ready' }).execute()
    expect(await claim()).toBeUndefined()
    expect(await alignWaiting(db())).toEqual({ released: 0, held: 1 })
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['held'])
  })

  test('cancel skips what is left, when its owner has let go too, and is for good', async () => {
    const { campaignId, take, report, complete } = await startCampaign(db(), 1100)
    const lease = await take()
    await report(lease, { startedUpto: '64', inFlight: 64 })
    await act(campaignId, 'cancel')
    while ((await skipCancelled(db())).more);
    await expectInvariant(db())
    expect(await stats(campaignId)).toMatchObject({ skipped: 600, sending: 64, pending: 436 })
    await report(lease, { results: outcomes(range(1, 64), 'sent'), startedUpto: '64', next: 'release' })
    expect(await skipCancelled(db(), campaignId)).toEqual({ more: false })
    expect(await complete(campaignId)).toBe(true)
    expect(await stats(campaignId)).toMatchObject({ total: 1100, sent: 64, skipped: 1036, pending: 0 })
    expect(await status(campaignId)).toBe('cancelled')
    expect(await getMessage(db(), 65)).toMatchObject({ status: 'skipped', last_error: 'cancelled', attempts: 0 })
    for (const action of ['pause', 'resume', 'cancel'] as const)
      expect(act(campaignId, action)).rejects.toMatchObject({
        code: 'CAMPAIGN_STATUS_CONFLICT',
        details: expect.objectContaining({ status: 'cancelled' }),
      })
    expect(openDispatch(db()).queue(campaignId, [1])).rejects.toMatchObject({ code: 'INVALID_CAMPAIGN_STATUS' })
  })

  test('race 10: what a worker that died may have sent is unknown after a cancel, and not skipped', async () => {
    const { campaignId, take, report } = await startCampaign(db(), 10)
    const lease = await take()
    await report(lease, { results: outcomes([1], 'sent'), startedUpto: '1', inFlight: 0, wanted: range(2, 4) })
    await act(campaignId, 'cancel')
    await loseLeases(db())
    await skipCancelled(db())
    expect(await stats(campaignId)).toMatchObject({ sent: 1, unknown: 3, skipped: 6, pending: 0, sending: 0 })
    expect(await getMessage(db(), 4)).toMatchObject({ status: 'unknown', last_error: 'lease.lost' })
    expect(await getMessage(db(), 5)).toMatchObject({ status: 'skipped', last_error: 'cancelled' })
    await expectInvariant(db())
  })

  test('cancel of a scheduled campaign: it never starts; of one with retries waiting: they are skipped too', async () => {
    const { campaignId, take, report, queue } = await startCampaign(db(), 4)
    await report(await take(), { results: outcomes([1, 2, 3, 4], 'pending'), startedUpto: '4', next: 'done' })
    const scheduled = await addCampaign(db(), 3600)
    await queue(scheduled, [1, 2])
    for (const id of [campaignId, scheduled]) await act(id, 'cancel')
    await skipCancelled(db())
    expect(await completeCampaigns(db())).toBe(2)
    expect(await stats(campaignId)).toMatchObject({ total: 4, skipped: 4 })
    expect(await stats(scheduled)).toMatchObject({ total: 2, skipped: 2 })
  })

  test('cancel of a draft without recipients', async () => {
    const id = await addCampaign(db())
    await act(id, 'cancel')
    await skipCancelled(db(), id)
    expect(await completeCampaigns(db())).toBe(1)
    expect(await status(id)).toBe('cancelled')
  })

  test('recipients that are added while a campaign is paused wait for it', async () => {
    const { campaignId, queue, claim } = await startCampaign(db(), 2)
    await act(campaignId, 'pause')
    const ids = await addMore()
    expect(await queue(campaignId, ids)).toEqual({ queued: 2, status: 'paused', audienceOpen: false })
    expect(await claim()).toBeUndefined()
    await act(campaignId, 'resume')
    expect([await claim(), await claim()].map((lease) => lease?.campaign_id)).toEqual([campaignId, campaignId])
  })
  const addMore = async () => {
    const rows = await db()
      .insertInto('customers')
      .values([{ phone: '+254799000001' }, { phone: '+254799000002' }])
      .returning('id')
      .execute()
    return rows.map(({ id }) => id)
  }

  /** 1,200 messages: 1-30 failed at once, 31-40 after a retry, 41-45 are unknown, the rest was sent. */
  async function mixed() {
    const { campaignId, take, report, complete } = await startCampaign(db(), 1200)
    for (const ids of [range(1, 500), range(501, 1000), range(1001, 1200)]) {
      const results = ids.map((id) => {
        if (id <= 30) return outcome(id, 'failed', { code: id <= 10 ? 'provider.rejected' : 'provider.unavailable' })
        if (id <= 40) return outcome(id, 'pending')
        return outcome(id, id <= 45 ? 'unknown' : 'sent')
      })
      await report(await take(), { results, startedUpto: String(ids.at(-1)), next: 'done' })
    }
    const results = outcomes(range(31, 40), 'failed', { attempts: 2, code: 'provider.rejected' })
    await report(await take(), { results, startedUpto: '40', next: 'done' })
    await complete(campaignId)
    return { campaignId, take, report, complete }
  }

  test('failed messages get fresh tries, those in doubt do not, and the campaign goes on until they are over', async () => {
    const { campaignId, take, report, complete } = await mixed()
    expect(await stats(campaignId)).toMatchObject({ total: 1200, failed: 40, unknown: 5, sent: 1155 })
    expect(await again({ campaignId, from: 'failed', to: 'pending' })).toBe(40)
    expect(await status(campaignId)).toBe('sending')
    await expectInvariant(db())
    expect(await stats(campaignId)).toMatchObject({ pending: 40, failed: 0, unknown: 5, sent: 1155 })
    expect(await getMessage(db(), 1)).toMatchObject({ status: 'pending', attempts: 0 })
    for (let nth = 0; nth < 2; nth++) {
      const lease = await take()
      await report(lease, { results: outcomes(lease.ids ?? [], 'failed'), startedUpto: lease.last_id, next: 'done' })
    }
    expect(await complete(campaignId)).toBe(true)
    await expectInvariant(db())
    // Again and again, if need be.
    expect(await again({ campaignId, from: 'failed', to: 'pending' })).toBe(40)
    await expectInvariant(db())
  })

  test('failed messages by reason', async () => {
    const { campaignId } = await mixed()
    expect(await again({ campaignId, from: 'failed', to: 'pending', codes: ['none'] })).toBe(0)
    expect(await status(campaignId)).toBe('sent')
    expect(await again({ campaignId, from: 'failed', to: 'pending', codes: ['provider.rejected'] })).toBe(20)
    expect(await stats(campaignId)).toMatchObject({ pending: 20, failed: 20 })
  })

  test('messages in doubt: resolved as sent, as failed, or sent again', async () => {
    for (const [to, want] of [
      ['sent', { sent: 1160, unknown: 0 }],
      ['failed', { failed: 45, unknown: 0 }],
      ['pending', { pending: 5, unknown: 0 }],
    ] as const) {
      await emptyTables(db())
      const { campaignId } = await mixed()
      expect(await again({ campaignId, from: 'unknown', to })).toBe(5)
      expect(await stats(campaignId)).toMatchObject({ total: 1200, ...want })
      expect(await status(campaignId)).toBe(to === 'pending' ? 'sending' : 'sent')
      expect(await again({ campaignId, from: 'unknown', to })).toBe(0)
      await expectInvariant(db())
    }
  })

  test('what went wrong is kept, try by try', async () => {
    const { take, report, campaignId } = await startCampaign(db(), 1)
    await report(await take(), {
      results: [outcome(1, 'pending', { code: 'timeout' })],
      startedUpto: '1',
      next: 'done',
    })
    await report(await take(), { results: [outcome(1, 'sent', { attempts: 2 })], startedUpto: '1', next: 'done' })
    const { history } = await getMessage(db(), 1)
    expect(history).toEqual([{ code: 'timeout', at: expect.any(String) }])
    expect(Number.isNaN(Date.parse(history?.[0]?.at ?? ''))).toBe(false)
    await openDispatch(db()).complete(campaignId)
  })
})
