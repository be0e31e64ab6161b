/** Overlapping statements that leave chunks waiting: while a campaign is paused, resumed or started, and while one is split. */
import { describe, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { alignWaiting } from '../../core/messaging/campaign/control.ts'
import { startDue } from '../../core/messaging/campaign/start.ts'
import { expireLeases } from '../../core/messaging/chunk/chunk-state.ts'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import { splitChunk } from '../../core/messaging/chunk/poison.ts'
import type { Database } from '../../core/messaging/schema.ts'
import {
  addCampaign,
  addCustomers,
  controlWithin,
  endLeases,
  getCampaign,
  getMessage,
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

  const apart = (work: (trx: Kysely<Database>) => Promise<unknown>) => db().transaction().execute(work)
  /** The ways in which a chunk comes to wait without a lock on its campaign; each of them leaves some of it waiting. */
  const waysToWait: Readonly<Record<string, (on: Kysely<Database>, lease: Lease) => Promise<unknown>>> = {
    'report() that gives a chunk back': (on, lease) =>
      openDispatch(on).report(lease, { startedUpto: '0', next: 'release' }),
    'report() that hands on': (on, lease) =>
      openDispatch(on).report(lease, { results: outcomes([1, 2, 3], 'pending'), startedUpto: '3', next: 'done' }),
    'expireLeases()': (on) => expireLeases(on.$pickTables<'campaigns' | 'dispatch_chunks'>()),
    'splitChunk()': (on, lease) => splitChunk(on, lease),
  }
  /** They wait for the pause or resume, by the foreign key of the chunk that they insert, and have read its status before. */
  const inserting = new Set(['report() that hands on', 'splitChunk()'])
  const states = async () =>
    [...new Set((await listChunks(db())).map(({ state }) => state))].filter((state) => state !== 'done')

  for (const [name, wait] of Object.entries(waysToWait))
    for (const [action, stray, fits] of [
      ['resume', 'held', 'ready'],
      ['pause', 'ready', 'held'],
    ] as const) {
      /** A campaign that is about to be paused or resumed while a worker has its chunk, with a lease that is over. */
      const running = async () => {
        const campaign = await startCampaign(db(), 3)
        const lease = await campaign.take()
        if (action === 'resume') await apart((trx) => controlWithin(trx, campaign.campaignId, 'pause'))
        await endLeases(db())
        return { ...campaign, lease }
      }
      const expectAligned = async () => {
        // A split inserts one half after the wait: that one has the right state.
        expect(await states()).toContain(stray)
        const { released, held } = await alignWaiting(db())
        expect([released > 0, held > 0]).toEqual([action === 'resume', action === 'pause'])
        expect(await states()).toEqual([fits])
        expect(await alignWaiting(db())).toEqual({ released: 0, held: 0 })
      }

      if (!inserting.has(name))
        test(`race 31: ${name} before a ${action} that is over first leaves no chunk ${stray}`, async () => {
          const { lease, campaignId } = await running()
          await within(async (trx) => {
            await wait(trx, lease)
            await apart((own) => controlWithin(own, campaignId, action))
          })
          await expectAligned()
        })

      test(`race 31: ${name} within a ${action} leaves no chunk ${stray}`, async () => {
        const { lease, campaignId } = await running()
        if (inserting.has(name))
          await overlap(
            (trx) => controlWithin(trx, campaignId, action),
            () => wait(db(), lease),
          )
        else
          await within(async (trx) => {
            await controlWithin(trx, campaignId, action)
            await wait(db(), lease)
          })
        await expectAligned()
      })
    }

  test('race 7: startDue() that meets recipients being added starts these too', async () => {
    const ids = await addCustomers(db(), 4)
    const campaignId = await addCampaign(db(), 3600)
    const { queue } = openDispatch(db())
    await queue(campaignId, ids.slice(0, 2))
    const setTime = (on: Kysely<Database>, seconds: number) =>
      on
        .updateTable('campaigns')
        .set({ scheduled_at: sql<Date>`now() + make_interval(secs => ${seconds})` })
        .where('id', '=', campaignId)
        .execute()
    await setTime(db(), -1)
    await within(async (trx) => {
      await setTime(trx, 3600)
      await queueWithin(trx, campaignId, ids.slice(2))
      await setTime(trx, -1)
      expect(await startDue(db())).toEqual([])
    })
    expect(await startDue(db())).toEqual([campaignId])
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['ready', 'ready'])
  })

  /** A chunk in hand, and somebody who holds its row, so that whatever comes next stands still half done. */
  async function standing() {
    const campaign = await startCampaign(db(), 4)
    const lease = await campaign.take()
    await campaign.report(lease, { startedUpto: '2', inFlight: 2 })
    const lockChunk = (trx: Kysely<Database>) =>
      trx.selectFrom('dispatch_chunks').select('id').where('id', '=', lease.id).forUpdate().execute()
    return { ...campaign, lease, lockChunk, split: () => splitChunk(db(), lease) }
  }

  test('race 20: of two splits of a chunk at once one splits, and the other changes nothing', async () => {
    const { lockChunk, split } = await standing()
    const both = await overlap<unknown>(lockChunk, split, split)
    expect(both).toEqual([fulfilled({ kind: 'split', sizes: [2, 2] }), fulfilled({ kind: 'lost' })] as never)
    expect((await listChunks(db())).map(({ ids, state, turn }) => [ids, state, turn])).toEqual([
      [null, 'done', 0],
      [['1', '2'], 'ready', 1],
      [['3', '4'], 'ready', 1],
    ])
  })

  test('race 20: what an owner reports while its chunk is split is judged as late, whichever comes first', async () => {
    const { lease, lockChunk, split, report, complete, campaignId, take } = await standing()
    const reportOne = () => report(lease, { results: outcomes([1], 'sent'), startedUpto: '2' })
    const [first] = await overlap<unknown>(lockChunk, split, reportOne)
    expect(first).toEqual(fulfilled({ kind: 'split', sizes: [2, 2] }) as never)
    expect((await getMessage(db(), 1)).status).toBe('sent')
    for (const ids of [[2], [3, 4]]) {
      const half = await take()
      await report(half, { results: outcomes(ids, 'sent', { attempts: 1 }), startedUpto: half.last_id, next: 'done' })
    }
    expect(await complete(campaignId)).toBe(true)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', total: 4, sent: 4 })
  })

  test('race 20: splitChunk() that waited for its owner’s report splits only what still waits', async () => {
    const { lease, split } = await standing()
    const results = await overlap<unknown>(
      (trx) => openDispatch(trx).report(lease, { results: outcomes([1, 2], 'sent'), startedUpto: '2' }),
      split,
    )
    expect(results).toEqual([fulfilled({ kind: 'split', sizes: [1, 1] })] as never)
    expect((await listChunks(db())).map(({ ids }) => ids)).toEqual([null, ['3'], ['4']])
  })

  test('race 20: splitChunk() that waited while its lease expired changes nothing', async () => {
    const { split } = await standing()
    await endLeases(db())
    const results = await overlap<unknown>(
      (trx) => expireLeases(trx.$pickTables<'campaigns' | 'dispatch_chunks'>()),
      split,
    )
    expect(results).toEqual([fulfilled({ kind: 'lost' })] as never)
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['ready'])
  })
})
