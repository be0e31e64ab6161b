import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { MOST_COUNTED } from '../../core/messaging/contacts/list.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database, kind) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const counted = async (query = '') => (await api.call('GET', `/customers/count${query}`)).json.count
  const listed = async (query = '') => (await api.call('GET', `/customers${query}`)).json.pagination
  const addMany = (from: number, upto: number, name: string) =>
    sql`insert into customers (phone, first_name) select '+2547' || (10000000 + i), ${name}::text
      from generate_series(${from}::int, ${upto}::int) i`.execute(database().db)

  test('customers are counted as they come and go, whatever way they take', async () => {
    const { db } = database()
    expect([await counted(), (await listed()).total_count]).toEqual([0, 0])
    await api.call('POST', '/customers', { phone: '+254712345678' })
    await api.call('POST', '/customers', { phone: '+254712345678' })
    const csv = 'phone\n0712345678\n0712345679\n0712345680\n'
    await api.call('POST', '/customers/import', csv, { 'content-type': 'text/csv' })
    expect([await counted(), (await listed()).total_count]).toEqual([3, 3])
    await api.call('PATCH', '/customers/1', { first_name: 'Ann' })
    await api.call('DELETE', '/customers/1')
    expect([await counted(), (await listed('?page_size=1')).total_pages]).toEqual([2, 2])
    const rolledBack = db.transaction().execute(async (trx) => {
      await sql`delete from customers`.execute(trx)
      throw new Error('not this time')
    })
    expect(rolledBack).rejects.toThrow('not this time')
    await rolledBack.catch(() => {})
    expect(await counted()).toBe(2)
    await sql`truncate customers`.execute(db)
    expect(await counted()).toBe(0)
  })

  test('the differences are folded, so that their number stays small', async () => {
    const { db } = database()
    for (let nth = 0; nth < 600; nth++) await addMany(nth, nth, 'One')
    const { rows } = await sql<{ lines: number }>`select count(*)::int as lines from customer_counts`.execute(db)
    expect(await counted()).toBe(600)
    expect(rows[0]?.lines).toBeLessThan(600)
  })

  test('a search counts so far and no further, and says so; the count is exact', async () => {
    await addMany(1, MOST_COUNTED + 5, 'Amina')
    await addMany(20_001, 20_003, 'Zoë')
    const many = { page: 1, page_size: 20, total_count: MOST_COUNTED, total_is_minimum: true, total_pages: 500 }
    expect(await listed('?q=amina')).toEqual(many)
    expect(await listed('?q=zoe')).toEqual({ page: 1, page_size: 20, total_count: 3, total_pages: 1 })
    expect(await listed()).toMatchObject({ total_count: MOST_COUNTED + 8 })
    expect([await counted('?q=amina'), await counted('?q=zoe')]).toEqual([MOST_COUNTED + 5, 3])
    expect((await api.call('GET', '/customers/count?location=')).json.count).toBe(MOST_COUNTED + 8)
    expect((await api.call('GET', '/customers/count?page=1')).status).toBe(400)
  })

  test.skipIf(kind === 'pglite')('nobody who adds customers waits for somebody else who does', async () => {
    const { db } = database()
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const first = db.transaction().execute(async (trx) => {
      await sql`insert into customers (phone) select '+25471' || (1000000 + i) from generate_series(1, 200) i`.execute(
        trx,
      )
      for (let nth = 0; nth < 200; nth++)
        await sql`insert into customers (phone) values (${`+25472${1_000_000 + nth}`})`.execute(trx)
      begun.resolve()
      await held.promise
    })
    await begun.promise
    for (let nth = 0; nth < 200; nth++)
      await sql`insert into customers (phone) values (${`+25473${1_000_000 + nth}`})`.execute(db)
    expect(await counted()).toBe(200)
    held.resolve()
    await first
    expect(await counted()).toBe(600)
  })

  test('the migration counts those who are there already', async () => {
    const { db } = database()
    await addMany(1, 7, 'Old')
    const { up, down } = await import('../../migrations/0013_customer_count.ts')
    await down(db)
    await up(db)
    expect(await counted()).toBe(7)
    expect(await migrateToLatest(db)).toEqual([])
  })
})
