import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import { AHEAD, openOutbox, reclaimPublished } from '../../core/messaging/chunk/announce.ts'
import { BUNDLE } from '../../core/queue/queue.ts'
import { addCampaign, listChunks, openDispatch, outcomes, range, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db, database, kind) => {
  const stamp = (seconds: number) =>
    db()
      .updateTable('dispatch_chunks')
      .set({ published_at: sql<Date>`now() - make_interval(secs => ${seconds})` })
      .where('state', '=', 'published')
      .execute()
  const claim = (chunk: string, owner = 'w1') => openDispatch(db(), owner).claimChunk(chunk)

  test('next() publishes some chunks ahead for each worker, and more as they are claimed', async () => {
    await startCampaign(db(), 40 * 500)
    const outbox = openOutbox(db())
    const first = await outbox.next()
    expect(first).toHaveLength(AHEAD)
    expect(await outbox.next()).toEqual([])
    for (const { id } of first.slice(0, 3)) expect((await claim(id))?.id).toBe(id)
    expect(await outbox.next()).toHaveLength(3)
    const worker = (id: string) => ({ id, host: 'here', pid: 1, plugins: ['worker'] })
    await db()
      .insertInto('processes')
      .values([worker('a'), worker('b')])
      .execute()
    expect(await outbox.next()).toHaveLength(AHEAD)
  })

  test('next() takes from each campaign in turn, the oldest first', async () => {
    const { campaignId, customerIds, queue } = await startCampaign(db(), 40 * 500)
    const small = await addCampaign(db())
    await queue(small, customerIds.slice(0, 600))
    const published = await openOutbox(db()).next()
    expect(published.filter((one) => one.group === small)).toHaveLength(2)
    const large = published.filter((one) => one.group === campaignId).map(({ id }) => Number(id))
    expect(large.toSorted((a, b) => a - b)).toEqual(range(1, AHEAD - 2))
  })

  test('next() counts small chunks by their messages, and goes on with the campaigns after the last', async () => {
    const { customerIds, queue } = await startCampaign(db(), 40)
    const campaigns = [1]
    for (const _ of range(2, 40)) {
      const id = await addCampaign(db())
      await queue(id, customerIds)
      campaigns.push(id)
    }
    const outbox = openOutbox(db())
    const room = AHEAD * BUNDLE
    const first = await outbox.next()
    expect(first.map(({ group }) => group).toSorted((a, b) => a - b)).toEqual(campaigns.slice(0, Math.floor(room / 40)))
    for (const { id } of first) expect((await claim(id))?.size).toBe(40)
    const second = await outbox.next()
    expect(second.map(({ group }) => group).toSorted((a, b) => a - b)).toEqual(campaigns.slice(first.length))
  })

  test('next() leaves what is held, not due, or of a campaign that does not run', async () => {
    const { customerIds, queue } = await startCampaign(db(), 2)
    await queue(await addCampaign(db(), 3600), customerIds)
    const late = sql<Date>`now() + interval '1 minute'`
    await db().updateTable('dispatch_chunks').set({ due_at: late }).where('state', '=', 'ready').execute()
    expect(await openOutbox(db()).next()).toEqual([])
    await db().updateTable('dispatch_chunks').set({ due_at: sql<Date>`now()` }).where('state', '=', 'ready').execute()
    await db().updateTable('campaigns').set({ status: 'failed' }).where('status', '=', 'sending').execute()
    expect(await openOutbox(db()).next()).toEqual([])
    await db().updateTable('campaigns').set({ status: 'sending' }).where('status', '=', 'failed').execute()
  })

  test('race 2: a chunk is claimed once, whether it is marked already or not, and however often it is named', async () => {
    await startCampaign(db(), 1000)
    expect((await claim('1'))?.id).toBe('1')
    await openOutbox(db()).next()
    expect((await claim('2'))?.id).toBe('2')
    for (const chunk of ['1', '2', '3']) expect(await claim(chunk, 'w2')).toBeUndefined()
  })

  test('races 3 and 22: what has not arrived, or was lost, is published again, and nothing that was claimed', async () => {
    await startCampaign(db(), 1500)
    const outbox = openOutbox(db())
    await outbox.next()
    await claim('1')
    expect(await outbox.stale(2)).toEqual([])
    await outbox.failed(['1', '2'])
    expect((await outbox.stale(2)).map(({ id }) => id)).toEqual(['2'])
    expect(await outbox.stale(2)).toEqual([])
    await stamp(3)
    expect((await outbox.stale(2)).map(({ id }) => id).toSorted()).toEqual(['2', '3'])
  })

  test('reclaimPublished() gives a queue without a broker what lies at one, retries too', async () => {
    const { take, report, claim: next } = await startCampaign(db(), 4)
    const first = await take()
    await report(first, { results: outcomes([1, 2], 'pending'), startedUpto: '2' })
    await openOutbox(db()).next()
    // While the first retry chunk is at the broker another one is gathered.
    await report(first, { results: outcomes([3, 4], 'pending'), startedUpto: '4', next: 'done' })
    expect(await reclaimPublished(db(), 60)).toBe(0)
    await stamp(61)
    expect(await reclaimPublished(db(), 60)).toBe(1)
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['done', 'ready', 'ready'])
    expect([(await next())?.id, (await next())?.id].toSorted()).toEqual(['2', '3'])
  })

  test.skipIf(kind === 'pglite')('race 6: two schedulers at once never publish a chunk twice', async () => {
    await startCampaign(db(), 30 * 500)
    const other = openPostgres(database().url ?? '', 4)
    const boxes = [openOutbox(db()), openOutbox(other.db)]
    const published: string[] = []
    for (let round = 0; round < 10; round++) {
      const batches = await Promise.all(boxes.map((box) => box.next()))
      for (const { id } of batches.flat()) {
        published.push(id)
        await claim(id)
      }
    }
    expect(published.toSorted()).toEqual(range(1, 30).map(String).toSorted())
    await other.close()
  })
})
