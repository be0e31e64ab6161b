import { afterEach, beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { expireLeases } from '../../core/dispatch/lease.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import {
  endBackoff,
  endLeases,
  getChunk,
  getMessage,
  listChunks,
  outcome,
  outcomes,
  startCampaign,
} from '../support/dispatch.ts'
import { expectLaw } from '../support/law.ts'

eachDatabase((database) => {
  const db = () => database().db
  beforeEach(() => emptyTables(db()))
  afterEach(() => expectLaw(db()))

  const again = (ids: readonly number[], delayMs = 0) => outcomes(ids, 'pending', { delayMs })

  test('flush() gathers what several flushes of a chunk hand on in one retry chunk, due when the last of them is', async () => {
    const { take, flush } = await startCampaign(db(), 6)
    const lease = await take()
    await flush(lease, { settled: [...again([2], 60_000), outcome(1, 'sent')], startedUpto: '3' })
    await flush(lease, { settled: again([5, 3], 120_000), startedUpto: '6' })
    await flush(lease, { settled: again([4], 1000), startedUpto: '6' })
    const [, retry, ...more] = await listChunks(db())
    expect(more).toEqual([])
    expect(retry).toMatchObject({ turn: 1, size: 4, first_id: '2', last_id: '5', state: 'ready', started_upto: '0' })
    expect(retry?.ids?.toSorted()).toEqual(['2', '3', '4', '5'])
    const { rows } = await sql<{ due: boolean }>`select due_at between now() + interval '100 seconds' and now() +
      interval '120 seconds' as due from dispatch_chunks where turn = 1`.execute(db())
    expect(rows).toEqual([{ due: true }])
  })

  test('claim() leaves a retry chunk until it is due', async () => {
    const { take, claim, flush, read } = await startCampaign(db(), 2)
    await flush(await take(), {
      settled: [outcome(1, 'sent'), ...again([2], 60_000)],
      startedUpto: '2',
      next: 'done',
    })
    expect(await claim()).toBeUndefined()
    await endBackoff(db())
    const lease = await take()
    expect(lease).toMatchObject({ turn: 1, ids: ['2'], epoch: 1 })
    expect(await read(lease)).toMatchObject([{ id: '2', attempts: 1, first_name: 'Customer 2' }])
  })

  test('flush() makes a new retry chunk when the first one was claimed meanwhile', async () => {
    const { take, flush } = await startCampaign(db(), 4)
    const lease = await take()
    await flush(lease, { settled: again([1]), startedUpto: '4' })
    const retry = await take()
    await flush(lease, { settled: again([2, 3]), startedUpto: '4' })
    expect((await listChunks(db())).map(({ ids, state }) => [ids, state])).toEqual([
      [null, 'leased'],
      [['1'], 'leased'],
      [['2', '3'], 'ready'],
    ])
    await flush(retry, { settled: outcomes([1], 'sent', { attempts: 2 }), startedUpto: '1', next: 'done' })
  })

  test('expireLeases() gives back a retry chunk although another one of the same turn waits', async () => {
    const { take, flush, claim } = await startCampaign(db(), 4)
    const lease = await take()
    await flush(lease, { settled: again([1]), startedUpto: '4' })
    await take()
    await flush(lease, { settled: again([2]), startedUpto: '4' })
    await take()
    await flush(lease, { settled: again([3]), startedUpto: '4' })
    await endLeases(db())
    expect(await expireLeases(db())).toBe(3)
    const claimed: unknown[] = []
    for (let next = await claim(); next; next = await claim()) claimed.push(next.ids)
    expect(claimed.toSorted()).toEqual([['1'], ['2'], ['3'], null])
  })

  test('flush() gives back a retry chunk although another one of the same turn waits', async () => {
    const { take, flush } = await startCampaign(db(), 4)
    const lease = await take()
    await flush(lease, { settled: again([1]), startedUpto: '4' })
    const retry = await take()
    await flush(lease, { settled: again([2]), startedUpto: '4' })
    await flush(retry, { next: 'release' })
    expect((await getChunk(db(), retry.id)).state).toBe('ready')
  })

  test('flush() adds nothing to a retry chunk that was given back: what is new there would be in doubt', async () => {
    const { take, flush } = await startCampaign(db(), 4)
    const lease = await take()
    await flush(lease, { settled: again([3]), startedUpto: '4' })
    const retry = await take()
    await flush(retry, { startedUpto: '3', inFlight: 1 })
    await endLeases(db())
    await expireLeases(db())
    await flush(lease, { settled: again([1, 2]), startedUpto: '4' })
    expect(await getChunk(db(), retry.id)).toMatchObject({ ids: ['3'], started_upto: '3' })
    expect((await listChunks(db())).at(-1)).toMatchObject({ ids: ['1', '2'], started_upto: '0' })
  })

  test('flush() of a throttled message costs a turn but no attempt', async () => {
    const { take, flush, read } = await startCampaign(db(), 1)
    await flush(await take(), {
      settled: [outcome(1, 'pending', { attempts: 0 })],
      startedUpto: '1',
      next: 'done',
    })
    expect(await getMessage(db(), 1)).toMatchObject({ attempts: 0, turn: 1, status: 'pending' })
    expect(await read(await take())).toMatchObject([{ attempts: 0 }])
  })

  test('a message fails when its tries are spent, turn by turn through a chain of retry chunks', async () => {
    const { take, flush, complete, campaignId } = await startCampaign(db(), 1)
    for (const attempts of [1, 2])
      await flush(await take(), {
        settled: [outcome(1, 'pending', { attempts })],
        startedUpto: '1',
        next: 'done',
      })
    expect(await complete(campaignId)).toBe(false)
    await flush(await take(), {
      settled: [outcome(1, 'failed', { attempts: 3 })],
      startedUpto: '1',
      next: 'done',
    })
    expect(await getMessage(db(), 1)).toMatchObject({ attempts: 3, turn: 3, status: 'failed', last_error: 'test' })
    expect((await listChunks(db())).map(({ turn, state, retried }) => [turn, state, retried])).toEqual([
      [0, 'done', 1],
      [1, 'done', 1],
      [2, 'done', 0],
    ])
    expect(await complete(campaignId)).toBe(true)
  })
})
