/** Two connections whose statements really overlap: one holds its locks in an open transaction, the other waits for them. */
import { describe, expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import { pauseLeftOpen } from '../../core/messaging/campaign/control.ts'
import { expireLeases } from '../../core/messaging/chunk/chunk-state.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { unlimited } from '../support/chunk.ts'
import { emptyTables } from '../support/databases.ts'
import {
  addCampaign,
  closeWithin,
  endLeases,
  getCampaign,
  getChunk,
  getMessage,
  leaveOpen,
  listChunks,
  openDispatch,
  outcomes,
  queueWithin,
  startCampaign,
} from '../support/dispatch.ts'
import { fulfilled, openOverlap } from '../support/overlap.ts'
import { postgresAvailable } from '../support/postgres.ts'

describe.skipIf(!postgresAvailable)('two connections', () => {
  const { db, within, overlap } = openOverlap()
  const lockCampaign = (id: number) => (trx: Kysely<Database>) =>
    trx.selectFrom('campaigns').select('id').where('id', '=', id).forUpdate().execute()

  /** All of a campaign's messages sent, its chunk done, and nobody has looked whether it is over. */
  async function almostOver(customers = 3) {
    const campaign = await startCampaign(db(), customers)
    const lease = await campaign.take()
    await campaign.report(lease, { results: outcomes([1, 2, 3], 'failed'), startedUpto: '3', next: 'done' })
    return { ...campaign, lease }
  }

  test('race 9: claim() takes another chunk, without waiting, while one is being claimed', async () => {
    const { claim } = await startCampaign(db(), 600)
    await within(async (trx) => {
      expect((await openDispatch(trx, 'w2').claim())?.first_id).toBe('1')
      expect((await claim())?.first_id).toBe('501')
      expect(await claim()).toBeUndefined()
    })
    expect((await listChunks(db())).map(({ epoch }) => epoch)).toEqual([1, 1])
  })

  test('race 13: two reports of the same messages count them once', async () => {
    const { take, report } = await startCampaign(db(), 4)
    const lease = await take()
    const repeated = {
      results: [...outcomes([1, 2], 'sent'), ...outcomes([3], 'pending')],
      startedUpto: '3',
      wanted: [4],
    }
    const results = await overlap(
      (trx) => openDispatch(trx).report(lease, repeated),
      () => report(lease, repeated),
    )
    expect(results).toEqual([fulfilled({ moved: 0, permits: 1, wait_ms: 0, ...unlimited })] as never)
    expect(await getChunk(db(), lease.id)).toMatchObject({ sent: 2, retried: 1 })
    expect((await listChunks(db())).length).toBe(2)
  })

  test('race 14: what was accepted wins over a failure that is being written', async () => {
    const { take, report } = await startCampaign(db(), 3)
    const lease = await take()
    await overlap(
      (trx) => openDispatch(trx).report(lease, { results: outcomes([1, 2, 3], 'failed'), startedUpto: '3' }),
      () => report(lease, { results: outcomes([2], 'sent'), startedUpto: '3' }),
    )
    expect(await getChunk(db(), lease.id)).toMatchObject({ sent: 1, failed: 2 })
    expect((await getMessage(db(), 2)).status).toBe('sent')
  })

  test('race 11: report() that waited while its lease expired permits nothing', async () => {
    const { take, report } = await startCampaign(db(), 5)
    const lease = await take()
    await report(lease, { startedUpto: '2', inFlight: 2 })
    await endLeases(db())
    const results = await overlap(
      (trx) => expireLeases(trx.$pickTables<'dispatch_chunks'>()),
      () => report(lease, { results: outcomes([1, 2], 'sent'), startedUpto: '2', wanted: [3, 4] }),
    )
    expect(results).toEqual([fulfilled({ moved: 2, permits: 0, wait_ms: 0, ...unlimited })] as never)
    expect(await getChunk(db(), lease.id)).toMatchObject({ state: 'ready', started_upto: '2', in_flight: 0, sent: 2 })
  })

  test('race 11: expireLeases() that waited for a report finds the lease renewed', async () => {
    const { take } = await startCampaign(db(), 5)
    const lease = await take()
    await endLeases(db())
    const results = await overlap(
      (trx) => openDispatch(trx).report(lease, { startedUpto: '4', inFlight: 4 }),
      () => expireLeases(db()),
    )
    expect(results).toEqual([fulfilled(0)] as never)
    expect((await getChunk(db(), lease.id)).state).toBe('leased')
  })

  test('report() makes a new retry chunk when the one it waited for was claimed', async () => {
    const { take, report } = await startCampaign(db(), 5)
    const lease = await take()
    await report(lease, { results: outcomes([1], 'pending'), startedUpto: '5' })
    await overlap(
      (trx) => openDispatch(trx, 'w2').take(),
      () => report(lease, { results: outcomes([2], 'pending'), startedUpto: '5' }),
    )
    expect((await listChunks(db())).map(({ ids, state }) => [ids, state])).toEqual([
      [null, 'leased'],
      [['1'], 'leased'],
      [['2'], 'ready'],
    ])
  })

  test('two reports of a chunk that hand on at once make one retry chunk', async () => {
    const { take, report } = await startCampaign(db(), 5)
    const lease = await take()
    await overlap(
      (trx) => openDispatch(trx).report(lease, { results: outcomes([1], 'pending'), startedUpto: '5' }),
      () => report(lease, { results: outcomes([2], 'pending'), startedUpto: '5' }),
    )
    expect((await listChunks(db())).map(({ ids }) => ids)).toEqual([null, ['1', '2']])
  })

  test('complete() that waited for recipients being added sees their chunks', async () => {
    const { complete, campaignId } = await almostOver()
    await db().insertInto('customers').values({ phone: '+254799999999' }).execute()
    const results = await overlap(
      (trx) => queueWithin(trx, campaignId, [4]),
      () => complete(campaignId),
    )
    expect(results).toEqual([fulfilled(false)] as never)
    expect((await getCampaign(db(), campaignId)).status).toBe('sending')
  })

  /** A campaign whose audience is open, and whose recipients so far are all final. */
  async function openAndFinal() {
    const campaign = await startCampaign(db(), 3)
    await campaign.queue(campaign.campaignId, [1], true)
    const lease = await campaign.take()
    await campaign.report(lease, { results: outcomes([1, 2, 3], 'sent'), startedUpto: '3', next: 'done' })
    return campaign
  }

  test('a worker’s complete() that waited for the audience being closed completes', async () => {
    const { complete, campaignId } = await openAndFinal()
    const results = await overlap(
      (trx) => closeWithin(trx, campaignId),
      () => complete(campaignId),
    )
    expect(results).toEqual([fulfilled(true)] as never)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', sent: 3, audience_open: false })
  })

  test('a worker’s complete() that came before the audience was closed leaves the completion to whoever closes it', async () => {
    const { complete, closeAudience, campaignId } = await openAndFinal()
    const [completed, closed] = await overlap<unknown>(
      lockCampaign(campaignId),
      () => complete(campaignId),
      () => closeAudience(campaignId),
    )
    expect([completed, closed]).toEqual([
      fulfilled(false),
      fulfilled({ status: 'sending', audienceOpen: false }),
    ] as never)
    expect(await complete(campaignId)).toBe(true)
    expect((await getCampaign(db(), campaignId)).status).toBe('sent')
  })

  test('an audience is not paused as left open while a call adds to it', async () => {
    const { campaignId } = await openAndFinal()
    await leaveOpen(db(), campaignId)
    await db().insertInto('customers').values({ phone: '+254799999999' }).execute()
    await within(async (trx) => {
      await queueWithin(trx, campaignId, [4], true)
      expect(await pauseLeftOpen(db())).toEqual([])
    })
    expect(await pauseLeftOpen(db())).toEqual([])
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sending', audience_open: true })
  })

  test('queue() that waited while its audience was paused as left open sets it going again', async () => {
    const { campaignId, queue } = await openAndFinal()
    await leaveOpen(db(), campaignId)
    await db().insertInto('customers').values({ phone: '+254799999999' }).execute()
    const results = await overlap(
      (trx) => pauseLeftOpen(trx.$pickTables<'campaigns' | 'dispatch_chunks'>()),
      () => queue(campaignId, [4], true),
    )
    expect(results).toEqual([fulfilled({ queued: 1, status: 'sending', audienceOpen: true })] as never)
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['done', 'ready'])
  })

  test('queue() that waited for the completion is refused', async () => {
    const { complete, queue, campaignId } = await almostOver()
    const [completed, queued] = await overlap<unknown>(
      lockCampaign(campaignId),
      () => complete(campaignId),
      () => queue(campaignId, [1, 2]),
    )
    expect(completed).toEqual(fulfilled(true) as never)
    expect(queued).toMatchObject({ status: 'rejected', reason: { code: 'INVALID_CAMPAIGN_STATUS' } })
  })

  test('of two completions at once one completes', async () => {
    const { complete, campaignId } = await almostOver()
    const both = await overlap(
      lockCampaign(campaignId),
      () => complete(campaignId),
      () => complete(campaignId),
    )
    expect(both).toEqual([fulfilled(true), fulfilled(false)] as never)
  })

  test('complete() of many campaigns does not wait for one that is locked; that one is completed after the lock', async () => {
    const { complete, campaignId, queue, take, report } = await almostOver()
    const more = [await addCampaign(db()), await addCampaign(db())]
    for (const id of more) {
      await queue(id, [1])
      const lease = await take()
      await report(lease, { results: outcomes([lease.first_id], 'sent'), startedUpto: lease.last_id, next: 'done' })
    }
    let locked: Promise<boolean> | undefined
    await within(async (trx) => {
      await lockCampaign(campaignId)(trx)
      const [first, ...others] = [campaignId, ...more].map((id) => complete(id))
      locked = first
      expect(await Promise.all(others)).toEqual([true, true])
      expect((await getCampaign(db(), campaignId)).completed_at).toBeNull()
    })
    expect(await locked).toBe(true)
    const ended = await Promise.all([campaignId, ...more].map((id) => getCampaign(db(), id)))
    expect(ended.map(({ status, total, sent, failed }) => [status, total, sent, failed])).toEqual([
      ['failed', 3, 0, 3],
      ['sent', 1, 1, 0],
      ['sent', 1, 1, 0],
    ])
  })

  test('race 10: an acceptance while its campaign completes is in the final figures, whichever comes first', async () => {
    const { complete, campaignId, report, lease } = await almostOver()
    const late = () => report(lease, { results: outcomes([2], 'sent') })
    await overlap<unknown>(lockCampaign(campaignId), () => complete(campaignId), late)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', sent: 1, failed: 2 })
    await emptyTables(db())
    const again = await almostOver()
    await overlap<unknown>(
      lockCampaign(again.campaignId),
      () => again.report(again.lease, { results: outcomes([1], 'sent') }),
      () => again.complete(again.campaignId),
    )
    expect(await getCampaign(db(), again.campaignId)).toMatchObject({ status: 'sent', sent: 1, failed: 2 })
  })
})
