import { expect, test } from 'bun:test'
import { openPostgres } from '../../core/db/open.ts'
import { expireLeases } from '../../core/messaging/chunk/chunk-state.ts'
import { openLeases } from '../../core/messaging/chunk/claim.ts'
import { registerSenders } from '../../core/messaging/senders/register.ts'
import { sendersOf } from '../../core/messaging/senders/registry.ts'
import { emptyTables } from '../support/databases.ts'
import {
  addCampaign,
  addCustomers,
  endLeases,
  getChunk,
  listChunks,
  loseLeases,
  openDispatch,
  outcomes,
  range,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { openSender } from '../support/senders.ts'

eachDispatch((db, database, kind) => {
  test('claim() goes round the campaigns: a small one gets its turn beside a big one', async () => {
    const { queue, claim } = openDispatch(db())
    const customers = await addCustomers(db(), 2100)
    const [first, big, small] = [await addCampaign(db()), await addCampaign(db()), await addCampaign(db())]
    await queue(big, customers)
    await queue(small, [1, 2])
    await queue(first, range(1, 600))
    const order: number[] = []
    for (let after = big, lease = await claim(after); lease; lease = await claim(after)) {
      after = lease.campaign_id
      order.push(after)
    }
    expect(order).toEqual([small, first, big, first, big, big, big, big])
  })

  test('a claim names the sender that the worker uses for the channel, and the next claim the one of the next worker', async () => {
    const { queue, claim, claimChunk } = openDispatch(db())
    await addCustomers(db(), 2)
    const [sms, whatsapp] = [await addCampaign(db()), await addCampaign(db())]
    await db().updateTable('campaigns').set({ channel: 'whatsapp' }).where('id', '=', whatsapp).execute()
    await queue(sms, [1])
    await queue(whatsapp, [2])
    expect((await listChunks(db())).map(({ id, sender }) => [id, sender])).toEqual([
      ['1', null],
      ['2', null],
    ])
    expect(await claim()).toMatchObject({ id: '1', channel: 'sms', sender: 'sms' })
    expect(await claimChunk('2')).toMatchObject({ channel: 'whatsapp', sender: 'whatsapp' })
    await loseLeases(db())
    await registerSenders(
      db(),
      sendersOf([openSender('sms'), openSender('spare')], { sms: ['sms', 'spare'], whatsapp: ['spare'] }),
    )
    const next = { owner: 'w2', leaseSeconds: 30, senders: ['spare'] }
    const [again] = await openLeases(db()).claimChunks({ ...next, chunks: ['1'], window: 1, room: 1 })
    expect(again).toMatchObject({ sender: 'spare', epoch: 2 })
    expect((await getChunk(db(), '1')).sender).toBe('spare')
  })

  test('claim() takes one chunk each of the next campaigns, as far as there is room for their messages', async () => {
    const { queue, claimMany, report } = openDispatch(db())
    const customers = await addCustomers(db(), 1200)
    const sizes = [1, 3, 1200, 2, 1]
    const ids: number[] = []
    for (const size of sizes) {
      const id = await addCampaign(db())
      await queue(id, customers.slice(0, size))
      ids.push(id)
    }
    const campaigns = async (values: Parameters<typeof claimMany>[0]) => {
      const leases = await claimMany(values)
      return leases.map(({ campaign_id }) => ids.indexOf(campaign_id)).toSorted()
    }
    // A large chunk counts for a window.
    expect(await campaigns({ most: 5, window: 10, room: 13 })).toEqual([0, 1])
    expect(await campaigns({ most: 5, window: 10, room: 12, after: ids[1] ?? 0 })).toEqual([2, 3])
    // The circle goes on with the first campaigns; those without a chunk to claim are passed by.
    expect(await campaigns({ most: 1, window: 10, room: 100, after: ids[3] ?? 0 })).toEqual([4])
    expect(await campaigns({ most: 5, window: 10, room: 100, after: ids[3] ?? 0 })).toEqual([2])
    const [last] = await claimMany({ most: 5, window: 10, room: 10 })
    expect(last).toMatchObject({ campaign_id: ids[2], size: 200, first_id: '1005' })
    if (last) await report(last, { next: 'release' })
    expect(await campaigns({ most: 5, window: 10, room: 9 })).toEqual([])
    expect(await campaigns({ most: 5, window: 10, room: 10 })).toEqual([2])
  })

  test('claimChunks() takes those that are free, in the order in which they are named, within the room', async () => {
    const { queue, claimChunks } = openDispatch(db())
    await addCustomers(db(), 3)
    for (const _ of range(1, 6)) await queue(await addCampaign(db()), [1, 2, 3])
    const named = async (chunks: readonly number[], room: number) =>
      (await claimChunks(chunks.map(String), room)).map(({ id }) => Number(id)).toSorted()
    expect(await named([4, 2, 6], 7)).toEqual([2, 4])
    await db().updateTable('dispatch_chunks').set({ state: 'done' }).where('id', '=', '1').execute()
    await db().updateTable('dispatch_chunks').set({ state: 'published' }).where('id', '=', '5').execute()
    expect(await named([1, 2, 3, 4, 5, 6, 77], 100)).toEqual([3, 5, 6])
    expect(await named([1, 2, 3, 4, 5, 6], 100)).toEqual([])
    await emptyTables(db())
  })

  test('race 9: claim() skips a chunk another worker holds', async () => {
    const { claim } = await startCampaign(db(), 600)
    const claimed = [await claim(), await openDispatch(db(), 'w2').claim(), await claim()]
    expect(claimed.map((lease) => lease?.first_id)).toEqual(['1', '501', undefined])
    expect(await getChunk(db(), claimed[1]?.id ?? '')).toMatchObject({ leased_by: 'w2', state: 'leased', epoch: 1 })
  })

  test.skipIf(kind === 'pglite')('race 9: of many claims at once each chunk goes to one', async () => {
    await startCampaign(db(), 2500)
    const others = range(1, 8).map(() => openPostgres(database().url ?? '', 1))
    const leases = await Promise.all(others.map((other, at) => openDispatch(other.db, `w${at}`).claim()))
    const claimed = leases.flatMap((lease) => (lease ? [lease.id] : []))
    expect(claimed.toSorted()).toEqual(['1', '2', '3', '4', '5'])
    for (const other of others) await other.close()
  })

  test('expireLeases() leaves a lease that holds, unless the database is this process’s own', async () => {
    const { take } = await startCampaign(db(), 1)
    const { id } = await take()
    expect(await expireLeases(db())).toBe(0)
    expect((await getChunk(db(), id)).state).toBe('leased')
    expect(await expireLeases(db(), { all: true })).toBe(1)
  })

  test('an expired chunk comes back with its watermark, and a new epoch', async () => {
    const { take, report } = await startCampaign(db(), 9)
    await report(await take(), { results: outcomes([2], 'sent'), startedUpto: '5', inFlight: 4 })
    await endLeases(db())
    expect(await expireLeases(db())).toBe(1)
    expect(await take()).toMatchObject({ epoch: 2, started_upto: '5' })
  })
})
