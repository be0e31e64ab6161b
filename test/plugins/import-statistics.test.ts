import { beforeEach, expect, test } from 'bun:test'
import { createQueryId, type RootOperationNode, sql } from 'kysely'
import { refreshStatistics } from '../../core/messaging/contacts/statistics.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    const { db } = database()
    await emptyTables(db)
    await sql`delete from pg_statistic where starelid in ('customers'::regclass, 'customers_name_search'::regclass)`.execute(
      db,
    )
    api = openApi(db)
  })

  const importMany = (from: number, to: number) => {
    const rows = Array.from({ length: to - from }, (_, nth) => `+2547${10_000_000 + from + nth},Name ${from + nth}`)
    return api.call('POST', '/customers/import', ['phone,first_name', ...rows].join('\n'), {
      'content-type': 'text/csv',
    })
  }
  /** Plans of the statements of a search for customers by name. */
  const plansOf = async (q: string) => {
    const { db } = database()
    const nodes: RootOperationNode[] = []
    const watched = db.withPlugin({
      transformQuery: ({ node }) => {
        if (JSON.stringify(node).includes('"customers"')) nodes.push(node)
        return node
      },
      transformResult: async ({ result }) => result,
    })
    const searching = openApi(watched)
    // It builds statements of its own when it is opened.
    nodes.length = 0
    const answer = await searching.call('GET', `/customers?q=${q}`)
    const plans: string[] = []
    for (const node of nodes) {
      const { sql: text, parameters } = db.getExecutor().compileQuery(node, createQueryId())
      const filled = text.replace(/\$(\d+)/g, (_, nth) => `'${parameters[Number(nth) - 1]}'`)
      const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${sql.raw(filled)}`.execute(db)
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
    }
    return { total: answer.json.pagination.total_count, plans }
  }
  test('a search by a short name that nobody has never reads all customers in their order, and uses its index after an import', async () => {
    await sql`insert into customers (phone, first_name)
      select '+2547' || (20000000 + i), 'Name ' || i from generate_series(1, 30000) i`.execute(database().db)
    const before = await plansOf('zed')
    expect([before.total, before.plans.filter((plan) => plan.includes('Backward using customers_pkey'))]).toEqual([
      0,
      [],
    ])
    expect((await importMany(0, 10)).status).toBe(200)
    const after = await plansOf('zed')
    expect([after.total, after.plans.filter((plan) => !plan.includes('customers_name_search'))]).toEqual([0, []])
    expect(after.plans.length).toBeGreaterThan(1)
  })

  test('statistics are gathered where there are none or the table has grown, and not for a few customers', async () => {
    const { db } = database()
    const add = (from: number, to: number) =>
      sql`insert into customers (phone, first_name) select '+2547' || (20000000 + i), 'Name ' || i
        from generate_series(${from}::int, ${to}::int) i`.execute(db)
    await add(1, 1000)
    expect(await refreshStatistics(db)).toBe(false)
    await add(1001, 20_000)
    expect(await refreshStatistics(db)).toBe(true)
    await add(20_001, 20_100)
    expect(await refreshStatistics(db)).toBe(false)
    await add(20_101, 30_000)
    expect(await refreshStatistics(db)).toBe(true)
  })
})
