/** Reads of many customers: a slice at a time, since the embedded database must let others have their turn. */
import { beforeAll, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const CUSTOMERS = 25_000
const LONG = 60_000

eachDatabase((database, kind) => {
  let api: Api
  let statements = 0
  let newestFirst: { id: number; location: string }[]
  beforeAll(async () => {
    const { db } = database()
    await emptyTables(db)
    // Half of the ids are nobody's.
    await sql`insert into customers (id, phone, first_name, last_name, location, prefered_product)
      overriding system value
      select i * 2, '+2547' || lpad(i::text, 8, '0'), 'Amina', case when i % 5000 = 0 then 'Wanjiku' end, 'Nairobi ' || i % 50, case when i % 5000 = 0 then 'Lamp' else 'Stove' end
      from generate_series(1, ${CUSTOMERS}::int) i`.execute(db)
    newestFirst = (await db.selectFrom('customers').select(['id', 'location']).orderBy('id', 'desc').execute()) as never
    const counted = db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        statements++
        return result
      },
    })
    api = openApi(counted)
  }, LONG)

  const get = async (path: string) => {
    const { status, json } = await api.call('GET', path)
    expect(status).toBe(200)
    return json
  }

  test('no statement of such a search reads more than 10,000 customers', async () => {
    for (const path of ['/customers?location=nowhere', '/customers/ids?prefered_product=nothing']) {
      statements = 0
      expect((await get(path)).data).toEqual([])
      expect({ kind, path, sliced: statements >= CUSTOMERS / 10_000 }).toEqual({ kind, path, sliced: true })
    }
  })

  test('ids are read 10,000 a statement, by whatever filter, and so are ids of phones', async () => {
    const expected = newestFirst.map(({ id }) => id).toReversed()
    for (const path of ['/customers/ids', '/customers/ids?q=%2B2547', '/customers/ids?q=amina']) {
      statements = 0
      expect((await get(path)).data).toEqual(expected)
      expect({ kind, path, sliced: statements >= CUSTOMERS / 10_000 }).toEqual({ kind, path, sliced: true })
    }
    const phones = expected.map((id) => `+2547${String(id / 2).padStart(8, '0')}`)
    statements = 0
    const { json } = await api.call('POST', '/customers/ids', { phones: [...phones, phones[0], '+254700099999'] })
    expect(json.data).toEqual(expected)
    expect(statements).toBe(3)
  })

  test('a name that few have is found by its index in one statement, in order', async () => {
    statements = 0
    expect((await get('/customers/ids?q=wanjiku')).data).toEqual([10_000, 20_000, 30_000, 40_000, 50_000])
    expect(statements).toBe(1)
  })

  test('pages hold every customer once, newest first, whatever slice each is in', async () => {
    const expected = newestFirst.filter(({ location }) => location === 'Nairobi 7').map(({ id }) => id)
    const ids: number[] = []
    for (let page = 1; page <= 5; page++) {
      const { data, pagination } = await get(`/customers?location=nairobi%207&page_size=100&page=${page}`)
      // Words are looked for anywhere: 17, 27, 37 and 47 hold a 7 too.
      expect(pagination).toEqual({ page, page_size: 100, total_count: expected.length * 5, total_pages: 25 })
      ids.push(...data.map(({ id }: { id: number }) => id))
    }
    const all = newestFirst.filter(({ location }) => location.endsWith('7')).map(({ id }) => id)
    expect(ids).toEqual(all.slice(0, 500))
    expect((await get('/customers?location=nairobi%207&page_size=100&page=26')).data).toEqual([])
    expect(await get('/customers?prefered_product=lamp')).toMatchObject({
      data: [50_000, 40_000, 30_000, 20_000, 10_000].map((id) => ({ id })),
      pagination: { total_count: 5 },
    })
  })

  test('a frequent value is counted up to 10,000, and pages go on beyond', async () => {
    const { data, pagination } = await get('/customers?location=nairobi&page_size=100&page=240')
    expect(pagination).toMatchObject({ total_count: 10_000, total_is_minimum: true })
    expect(data.map(({ id }: { id: number }) => id)).toEqual(newestFirst.slice(23_900, 24_000).map(({ id }) => id))
  })

  test('ids are all there, in their order', async () => {
    const { data, next_cursor } = await get('/customers/ids?location=nairobi')
    expect(next_cursor).toBeNull()
    expect(data).toEqual(newestFirst.map(({ id }) => id).toReversed())
    expect((await get('/customers/ids?prefered_product=lamp')).data).toEqual([10_000, 20_000, 30_000, 40_000, 50_000])
  })
})
