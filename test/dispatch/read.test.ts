import { expect, test } from 'bun:test'
import { openRead } from '../../core/messaging/chunk/read.ts'
import { suppress } from '../../core/messaging/suppressions/suppress.ts'
import { emptyTables } from '../support/databases.ts'
import { addCampaign, addCustomers, openDispatch, outcome, range, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db) => {
  const setCustomer = (id: number, values: Readonly<Record<string, string | null>>) =>
    db().updateTable('customers').set(values).where('id', '=', id).execute()

  test('read() tells the phone, and no more than the template does', async () => {
    const { take } = await startCampaign(db(), 1)
    await setCustomer(1, { last_name: 'Otieno', location: 'Kisumu' })
    const [message] = await openRead(db())(await take(), ['phone', 'location'])
    expect(message).toStrictEqual({
      id: '1',
      attempts: 0,
      phone: '+254700000001',
      flags: null,
      location: 'Kisumu',
    })
  })

  test('race 38: read() knows of a customer who is gone since', async () => {
    const { take, read } = await startCampaign(db(), 2)
    await db().deleteFrom('customers').where('id', '=', 1).execute()
    expect(await read(await take())).toMatchObject([
      { id: '1', phone: null, first_name: null },
      { id: '2', phone: '+254700000002', first_name: 'Customer 2' },
    ])
  })

  test('race 38: read() knows of phones that were suppressed since, also in chunks that are read together', async () => {
    const { queue, take, claimMany, read } = await startCampaign(db(), 2)
    await suppress(db(), [{ phone: '+254700000001', channel: 'whatsapp', reason: 'opt_out', source: 'link' }])
    const flagsOf = (messages: Awaited<ReturnType<typeof read>>) => messages.map(({ flags }) => flags)
    expect(flagsOf(await read(await take()))).toEqual([32, null])
    for (const _ of [1, 2]) await queue(await addCampaign(db()), [1])
    const leases = await claimMany({ most: 2, window: 64, room: 256 })
    expect((await Promise.all(leases.map(read))).map(flagsOf)).toEqual([[32], [32]])
  })

  test('read() gives the messages that wait at the turn of the chunk, in order of their ids', async () => {
    const { take, report, read } = await startCampaign(db(), 6)
    const lease = await take()
    await report(lease, {
      results: [outcome(2, 'sent'), outcome(4, 'pending'), outcome(5, 'failed')],
      startedUpto: '6',
    })
    expect((await read(lease)).map(({ id }) => id)).toEqual(['1', '3', '6'])
    const retry = await take()
    expect(await read(retry)).toMatchObject([{ id: '4', attempts: 1 }])
  })

  test('read() keeps to its campaign where two were numbered in turns', async () => {
    const { queue, take, read } = openDispatch(db())
    await addCustomers(db(), 3)
    const [one, two] = [await addCampaign(db()), await addCampaign(db())]
    for (const customer of [1, 2, 3]) {
      await queue(one, [customer])
      await queue(two, [customer])
    }
    // As if one chunk of each had been written with the other's messages between its own.
    await db().deleteFrom('dispatch_chunks').execute()
    const all = { first_id: '1', last_id: '6', size: 3, state: 'ready', due_at: new Date(0) } as const
    for (const campaign_id of [one, two])
      await db()
        .insertInto('dispatch_chunks')
        .values({ campaign_id, ...all })
        .execute()
    expect((await read(await take())).map(({ id }) => id)).toEqual(['1', '3', '5'])
    expect((await read(await take())).map(({ id }) => id)).toEqual(['2', '4', '6'])
    await emptyTables(db())
  })

  test('read() of small chunks that are asked for together gives each its own messages', async () => {
    const { queue, take, claimMany, read, report } = openDispatch(db())
    await addCustomers(db(), 70)
    for (const size of [2, 1, 70, 3]) await queue(await addCampaign(db()), range(1, size))
    await db().deleteFrom('customers').where('id', '=', 2).execute()
    const first = await take()
    await report(first, { results: [outcome(1, 'sent')], startedUpto: '1', next: 'release' })
    const leases = await claimMany({ most: 4, window: 64, room: 256 })
    expect(leases).toHaveLength(4)
    const [one, two, large, three] = await Promise.all(
      leases.toSorted((a, b) => Number(a.first_id) - Number(b.first_id)).map((lease) => read(lease)),
    )
    expect(one).toMatchObject([{ id: '2', phone: null, first_name: null }])
    expect(two).toMatchObject([{ id: '3', attempts: 0, phone: '+254700000001', first_name: 'Customer 1' }])
    expect(large?.map(({ id }) => Number(id))).toEqual(range(4, 73))
    expect(three?.map(({ id, phone }) => [id, phone])).toEqual([
      ['74', '+254700000001'],
      ['75', null],
      ['76', '+254700000003'],
    ])
  })

  test('read() answers nothing for a chunk in which nothing waits', async () => {
    const { take, read, report } = await startCampaign(db(), 2)
    const lease = await take()
    await report(lease, { results: [outcome(1, 'failed'), outcome(2, 'sent')], startedUpto: '2', next: 'done' })
    expect(await read(lease)).toEqual([])
  })
})
