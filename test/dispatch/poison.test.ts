/** Race 20: a chunk that is claimed again and again and never moves is split, until the message that is to blame is alone. */
import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import { isPoison, MOST_CLAIMS, splitChunk } from '../../core/messaging/chunk/poison.ts'
import {
  type Dispatch,
  endBackoff,
  getCampaign,
  getMessage,
  listChunks,
  loseLeases,
  outcome,
  outcomes,
  range,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { expectInvariant } from '../support/invariant.ts'

eachDispatch((db) => {
  const expire = () => loseLeases(db())

  /** The worker's part, with a deed that kills its process when these messages are in the chunk. @returns claims made */
  async function workOff({ claim, read, report }: Dispatch, deadly: (id: number) => boolean): Promise<number> {
    for (let claims = 0; ; claims++) {
      await endBackoff(db())
      const lease = await claim()
      if (!lease) return claims
      if (isPoison(lease)) await splitChunk(db(), lease)
      else {
        const ids = (await read(lease)).map(({ id }) => Number(id))
        if (ids.some(deadly)) await expire()
        else await report(lease, { results: outcomes(ids, 'sent'), startedUpto: lease.last_id, next: 'done' })
      }
      await expectInvariant(db())
    }
  }

  for (const [name, deadly] of [
    ['one', [7]],
    ['the first', [1]],
    ['the last', [40]],
    ['three, two of them side by side', [3, 4, 30]],
    ['all', range(1, 40)],
  ] as const)
    test(`${name} of 40 messages: only these fail, as poisoned, and no claim is made for ever`, async () => {
      const campaign = await startCampaign(db(), 40)
      const claims = await workOff(campaign, (id) => (deadly as readonly number[]).includes(id))
      expect(await campaign.complete(campaign.campaignId)).toBe(true)
      const counts = { total: 40, sent: 40 - deadly.length, failed: deadly.length, unknown: 0, skipped: 0 }
      expect(await getCampaign(db(), campaign.campaignId)).toMatchObject(counts)
      for (const id of deadly)
        expect(await getMessage(db(), id)).toMatchObject({
          status: 'failed',
          last_error: 'poisoned',
          attempts: 0,
          history: [{ code: 'poisoned', at: expect.any(String) }],
        })
      // Five and the split, two for each half on the way down, six for each single message.
      expect(claims).toBeLessThanOrEqual(6 + deadly.length * (2 * 7 + 6 + 6))
    }, 90_000)

  test('a retry chunk is split by its list, and only what still waits in it', async () => {
    const campaign = await startCampaign(db(), 10)
    const retried = [2, 4, 6, 8].map((id) => outcome(id, 'pending'))
    const rest = outcomes([1, 3, 5, 7, 9, 10], 'sent')
    await campaign.report(await campaign.take(), { results: [...retried, ...rest], startedUpto: '10', next: 'done' })
    await workOff(campaign, (id) => id === 6)
    expect(await campaign.complete(campaign.campaignId)).toBe(true)
    expect(await getCampaign(db(), campaign.campaignId)).toMatchObject({ total: 10, sent: 9, failed: 1 })
    expect(await getMessage(db(), 6)).toMatchObject({ last_error: 'poisoned', attempts: 1 })
  })

  test('what may have been started stays in doubt in both halves, and alone it ends as unknown', async () => {
    const { take, report, read, claim } = await startCampaign(db(), 4)
    await report(await take(), { startedUpto: '3', inFlight: 3 })
    await expire()
    expect(await splitChunk(db(), await take())).toEqual({ kind: 'split', sizes: [2, 2] })
    const halves = [await take(), await take()]
    expect(halves.map(({ ids, started_upto }) => [ids, started_upto])).toEqual([
      [['1', '2'], '2'],
      [['3', '4'], '3'],
    ])
    expect((await read(halves[1] as Lease)).map(({ attempts }) => attempts)).toEqual([0, 0])
    for (const half of halves) await splitChunk(db(), half)
    for (let lease = await claim(); lease; lease = await claim()) await splitChunk(db(), lease)
    const ended = await Promise.all(range(1, 4).map((id) => getMessage(db(), id)))
    expect(ended.map(({ status, last_error }) => [status, last_error])).toEqual([
      ['unknown', 'poisoned'],
      ['unknown', 'poisoned'],
      ['unknown', 'poisoned'],
      ['failed', 'poisoned'],
    ])
  })

  test('a report that comes after the split counts as any late one does', async () => {
    const { take, report } = await startCampaign(db(), 4)
    const zombie = await take()
    await report(zombie, { startedUpto: '4', inFlight: 4 })
    await expire()
    await splitChunk(db(), await take())
    await report(zombie, {
      results: [outcome(1, 'sent'), outcome(2, 'failed'), outcome(3, 'pending')],
      startedUpto: '4',
    })
    expect((await getMessage(db(), 1)).status).toBe('sent')
    expect(await getMessage(db(), 2)).toMatchObject({ status: 'pending', turn: 1 })
  })

  test('a split by somebody whose lease is lost does nothing', async () => {
    const { take } = await startCampaign(db(), 4)
    const lost = await take()
    await expire()
    await take()
    expect(await splitChunk(db(), lost)).toEqual({ kind: 'lost' })
    expect(await listChunks(db())).toHaveLength(1)
  })

  test('a paused campaign’s halves wait until it is resumed', async () => {
    const { take, campaignId } = await startCampaign(db(), 4)
    const lease = await take()
    await db().updateTable('campaigns').set({ status: 'paused' }).where('id', '=', campaignId).execute()
    await splitChunk(db(), lease)
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['done', 'held', 'held'])
  })

  const lives: Readonly<Record<string, (lease: Lease, dispatch: Dispatch, nth: number) => Promise<unknown>>> = {
    'given back at a graceful stop': (lease, { report }) => report(lease, { next: 'release' }),
    'a window granted each time, and the process killed': async (lease, { report }, nth) => {
      await report(lease, { startedUpto: String(nth), inFlight: 1 })
      await expire()
    },
    'an outcome written down each time, and the process killed': async (lease, { report }, nth) => {
      await report(lease, { results: [outcome(nth, 'sent')] })
      await expire()
    },
    'the lease lost, and the outcome reported late': async (lease, { report }, nth) => {
      await expire()
      await report(lease, { results: [outcome(nth, 'sent')] })
    },
    'paused and resumed': async (lease, { report }) => {
      const set = (status: 'paused' | 'sending') => db().updateTable('campaigns').set({ status }).execute()
      await set('paused')
      await report(lease, { next: 'release' })
      await set('sending')
      await sql`update dispatch_chunks set state = 'ready' where state = 'held'`.execute(db())
    },
  }
  for (const [name, live] of Object.entries(lives))
    test(`a healthy chunk is never split: ${name}`, async () => {
      const dispatch = await startCampaign(db(), 20)
      for (const nth of range(1, 3 * MOST_CLAIMS)) {
        const lease = await dispatch.take()
        expect(lease.stalled).toBeLessThanOrEqual(1)
        await live(lease, dispatch, nth)
      }
    })

  test('claims without progress are counted, and begin anew with the first progress', async () => {
    const { take, report } = await startCampaign(db(), 20)
    const stalled: number[] = []
    for (const nth of range(1, 10)) {
      const lease = await take()
      stalled.push(lease.stalled)
      if (nth === 4) await report(lease, { startedUpto: '5', inFlight: 5 })
      await expire()
    }
    expect(stalled).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 4, 5])
  })
})
