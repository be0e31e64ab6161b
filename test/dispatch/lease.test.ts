import { expect, test } from 'bun:test'
import { openPostgres } from '../../core/db/open.ts'
import { expireLeases } from '../../core/dispatch/lease.ts'
import {
  addCampaign,
  addCustomers,
  endLeases,
  getChunk,
  openDispatch,
  outcomes,
  range,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

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
    const { take, flush } = await startCampaign(db(), 9)
    await flush(await take(), { settled: outcomes([2], 'sent'), startedUpto: '5', inFlight: 4 })
    await endLeases(db())
    expect(await expireLeases(db())).toBe(1)
    expect(await take()).toMatchObject({ epoch: 2, started_upto: '5' })
  })
})
