import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { expireLeases } from '../../core/messaging/chunk/chunk-state.ts'
import { backoffMs } from '../../core/messaging/chunk/retry.ts'
import {
  endBackoff,
  endLeases,
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
  const again = (ids: readonly number[], delayMs = 0) => outcomes(ids, 'pending', { delayMs })

  /** For each message that is to be retried: seconds from now until it is due, by the chunk that holds it. */
  const secondsUntilDue = async () => {
    const { rows } = await sql<{ id: string; seconds: number }>`
      select i.id, extract(epoch from c.due_at - now())::float8 as seconds
      from dispatch_chunks c cross join lateral unnest(c.ids) as i (id) where c.state = 'ready'`.execute(db())
    return new Map(rows.map(({ id, seconds }) => [Number(id), seconds]))
  }

  test('report() puts what several reports of a chunk hand on for about one time into one retry chunk', async () => {
    const { take, report } = await startCampaign(db(), 6)
    const lease = await take()
    await report(lease, { results: [...again([2]), outcome(1, 'sent')], startedUpto: '3' })
    await report(lease, { results: again([5, 3]), startedUpto: '6' })
    await report(lease, { results: again([4]), startedUpto: '6' })
    const [, retry, ...more] = await listChunks(db())
    expect(more).toEqual([])
    expect(retry).toMatchObject({ turn: 1, size: 4, first_id: '2', last_id: '5', state: 'ready', started_upto: '0' })
    expect(retry?.ids?.toSorted()).toEqual(['2', '3', '4', '5'])
  })

  test('report() lets each message wait about as long as asked, never less, whatever others of its chunk wait for', async () => {
    const delays = [0, 1, 20, 500, 1000, 1500, 5000, 8000, 30_000, 60_000, 300_000, 3_600_000]
    const { take, report } = await startCampaign(db(), 3 * delays.length)
    const lease = await take()
    // Hours, seconds and none mixed in one report; then all of it again, from the longest to the shortest.
    const mixed = delays.map((delayMs, at) => outcome(at + 1, 'pending', { delayMs }))
    await report(lease, { results: mixed, startedUpto: lease.last_id })
    for (const [at, delayMs] of [...delays, ...delays].toReversed().entries())
      await report(lease, { results: again([delays.length + at + 1], delayMs), startedUpto: lease.last_id })
    const waits = await secondsUntilDue()
    const asked = [...delays, ...[...delays, ...delays].toReversed()]
    const wrong = asked.flatMap((delayMs, at) => {
      const seconds = waits.get(at + 1) ?? Number.NaN
      const most = delayMs / 1000 + Math.max(1, delayMs / 4000)
      // Five seconds at most have gone since it was asked for.
      return seconds >= delayMs / 1000 - 5 && seconds <= most ? [] : [{ id: at + 1, delayMs, seconds }]
    })
    expect(wrong).toEqual([])
    const { rows } = await sql`select m.id from outbound_messages m
      join dispatch_chunks c on c.state = 'ready' and m.id = any(c.ids)
      join unnest(${asked}::float8[]) with ordinality as a (delay, id) on a.id = m.id
      where a.delay > 0 and c.due_at < m.updated_at + (a.delay - 500) * interval '1 millisecond'`.execute(db())
    expect(rows).toEqual([])
  })

  test('a Retry-After of an hour holds back nobody else of its chunk, however they come', async () => {
    const hour = 3_600_000
    const { take, claim, report } = await startCampaign(db(), 100)
    const lease = await take()
    await report(lease, { results: again([7], hour), startedUpto: '100' })
    await report(lease, { results: [...again(range(8, 60), 1), ...again([61], hour)], startedUpto: '100' })
    await report(lease, { results: again([1, 2, 3], 900), startedUpto: '100', next: 'release' })
    await sql`update dispatch_chunks set due_at = due_at - interval '3 seconds' where state = 'ready'`.execute(db())
    const claimed: string[] = []
    for (let next = await claim(); next; next = await claim()) claimed.push(...(next.ids ?? []))
    expect(claimed.map(Number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, ...range(8, 60)])
  })

  test('a chunk of 500 that fails as a whole hands on few retry chunks at the usual backoff', async () => {
    const { take, report } = await startCampaign(db(), 500)
    const lease = await take()
    for (let from = 1; from <= 500; from += 50) {
      const results = range(from, Math.min(500, from + 49)).map((id) =>
        outcome(id, 'pending', { delayMs: backoffMs(1, 1000, Math.random) }),
      )
      await report(lease, { results, startedUpto: '500' })
    }
    const { rows } = await sql<{ chunks: number; seconds: number }>`select count(*)::int as chunks,
      extract(epoch from max(due_at) - min(due_at))::int as seconds from dispatch_chunks where turn = 1`.execute(db())
    // One for each second: as many as the reports took, and two for the backoff. One more may be due at once.
    expect(rows[0]?.chunks).toBeLessThanOrEqual((rows[0]?.seconds ?? 0) + 2)
  })

  test('claim() leaves a retry chunk until it is due', async () => {
    const { take, claim, report, read } = await startCampaign(db(), 2)
    await report(await take(), {
      results: [outcome(1, 'sent'), ...again([2], 60_000)],
      startedUpto: '2',
      next: 'done',
    })
    expect(await claim()).toBeUndefined()
    await endBackoff(db())
    const lease = await take()
    expect(lease).toMatchObject({ turn: 1, ids: ['2'], epoch: 1 })
    expect(await read(lease)).toMatchObject([{ id: '2', attempts: 1, first_name: 'Customer 2' }])
  })

  test('report() makes a new retry chunk when the first one was claimed meanwhile', async () => {
    const { take, report } = await startCampaign(db(), 4)
    const lease = await take()
    await report(lease, { results: again([1]), startedUpto: '4' })
    const retry = await take()
    await report(lease, { results: again([2, 3]), startedUpto: '4' })
    expect((await listChunks(db())).map(({ ids, state }) => [ids, state])).toEqual([
      [null, 'leased'],
      [['1'], 'leased'],
      [['2', '3'], 'ready'],
    ])
    await report(retry, { results: outcomes([1], 'sent', { attempts: 2 }), startedUpto: '1', next: 'done' })
  })

  test('expireLeases() gives back a retry chunk although another one of the same turn waits', async () => {
    const { take, report, claim } = await startCampaign(db(), 4)
    const lease = await take()
    await report(lease, { results: again([1]), startedUpto: '4' })
    await take()
    await report(lease, { results: again([2]), startedUpto: '4' })
    await take()
    await report(lease, { results: again([3]), startedUpto: '4' })
    await endLeases(db())
    expect(await expireLeases(db())).toBe(3)
    const claimed: unknown[] = []
    for (let next = await claim(); next; next = await claim()) claimed.push(next.ids)
    expect(claimed.toSorted()).toEqual([['1'], ['2'], ['3'], null])
  })

  test('report() gives back a retry chunk although another one of the same turn waits', async () => {
    const { take, report } = await startCampaign(db(), 4)
    const lease = await take()
    await report(lease, { results: again([1]), startedUpto: '4' })
    const retry = await take()
    await report(lease, { results: again([2]), startedUpto: '4' })
    await report(retry, { next: 'release' })
    expect((await getChunk(db(), retry.id)).state).toBe('ready')
  })

  test('report() adds nothing to a retry chunk that was given back: what is new there would be in doubt', async () => {
    const { take, report } = await startCampaign(db(), 4)
    const lease = await take()
    await report(lease, { results: again([3]), startedUpto: '4' })
    const retry = await take()
    await report(retry, { startedUpto: '3', inFlight: 1 })
    await loseLeases(db())
    await report(lease, { results: again([1, 2]), startedUpto: '4' })
    expect(await getChunk(db(), retry.id)).toMatchObject({ ids: ['3'], started_upto: '3' })
    expect((await listChunks(db())).at(-1)).toMatchObject({ ids: ['1', '2'], started_upto: '0' })
  })

  test('report() of a throttled message costs a turn but no attempt', async () => {
    const { take, report, read } = await startCampaign(db(), 1)
    await report(await take(), {
      results: [outcome(1, 'pending', { attempts: 0 })],
      startedUpto: '1',
      next: 'done',
    })
    expect(await getMessage(db(), 1)).toMatchObject({ attempts: 0, turn: 1, status: 'pending' })
    expect(await read(await take())).toMatchObject([{ attempts: 0 }])
  })

  test('a message fails when its tries are spent, turn by turn through a chain of retry chunks', async () => {
    const { take, report, complete, campaignId } = await startCampaign(db(), 1)
    for (const attempts of [1, 2])
      await report(await take(), {
        results: [outcome(1, 'pending', { attempts })],
        startedUpto: '1',
        next: 'done',
      })
    expect(await complete(campaignId)).toBe(false)
    await report(await take(), {
      results: [outcome(1, 'failed', { attempts: 3 })],
      startedUpto: '1',
      next: 'done',
    })
    expect(await getMessage(db(), 1)).toMatchObject({
      attempts: 3,
      turn: 3,
      status: 'failed',
      last_error: 'provider.rejected',
    })
    expect((await listChunks(db())).map(({ turn, state, retried }) => [turn, state, retried])).toEqual([
      [0, 'done', 1],
      [1, 'done', 1],
      [2, 'done', 0],
    ])
    expect(await complete(campaignId)).toBe(true)
  })
})
