/** Searches by one or two letters: no index serves them, and the embedded database must let others have their turn. */
import { beforeAll, expect, test } from 'bun:test'
import { type CompiledQuery, createQueryId, type RootOperationNode, sql } from 'kysely'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const CUSTOMERS = 25_000
const SLICE = 10_000
const LONG = 60_000

const first = ['Al', 'Zo\u00eb', 'Ida', 'Ng', '\u00d3lafur', 'Jo', 'Xi']
const last = ['N\u2019Diaye', 'M\u00fcller', 'Al', '\u6797', 'Gro\u00df', 'O_a', 'Ba', 'Ek', 'Lund', 'Vu', '100%']

interface PlanNode {
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

/** The most rows that a part of the plan has looked at. */
function mostRows(node: PlanNode): number {
  const each = (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)
  return Math.max(each * (node['Actual Loops'] ?? 1), ...(node.Plans ?? []).map(mostRows))
}

eachDatabase((database) => {
  let api: Api
  const nodes: RootOperationNode[] = []
  beforeAll(async () => {
    const { db } = database()
    await emptyTables(db)
    await sql`insert into customers (phone, first_name, last_name, location)
      select '+2547' || lpad(i::text, 8, '0'), (${first}::text[])[i % ${first.length}::int + 1],
        case when i % 13 <> 0 then (${last}::text[])[i % ${last.length}::int + 1] end, 'Nairobi ' || i % 3
      from generate_series(1, ${CUSTOMERS}::int) i`.execute(db)
    await sql`analyze customers`.execute(db)
    await sql`insert into campaigns (name, channel, base_template) values ('a', 'sms', 'b')`.execute(db)
    await sql`insert into outbound_messages (campaign_id, customer_id) select 1, id from customers where id % 5 = 0`.execute(
      db,
    )
    const watched = db.withPlugin({
      transformQuery: ({ node }) => {
        nodes.push(node)
        return node
      },
      transformResult: async ({ result }) => result,
    })
    api = openApi(watched)
  }, LONG)

  const get = async (path: string) => {
    const { status, json } = await api.call('GET', path)
    expect([path, status]).toEqual([path, 200])
    return json
  }
  const idsOf = (rows: readonly { readonly id: number }[]) => rows.map(({ id }) => id)
  /** As one statement finds them. */
  async function findAtOnce(words: readonly string[], location = ''): Promise<number[]> {
    const { rows } = await sql<{ id: number }>`select id from customers
      where (select bool_and(search_text(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) like search_text(word))
        from unnest(${words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)}::text[]) word)
        and coalesce(location, '') like ${`%${location}%`} order by id`.execute(database().db)
    return idsOf(rows)
  }

  test.each([
    ['al', ['al']],
    ['ZO', ['ZO']],
    ['z\u00f6 m\u00fc', ['z\u00f6', 'm\u00fc']],
    ['x', ['x']],
    ['\u6797', ['\u6797']],
    ['n\u2019', ['n\u2019']],
    ['_a', ['_a']],
    ['0%', ['0%']],
    ['ss', ['ss']],
    ['xq', ['xq']],
  ] as const)('"%s" finds whom one statement over all customers finds', async (q, words) => {
    const expected = await findAtOnce(words)
    const query = `q=${encodeURIComponent(q)}`
    expect((await get(`/customers/ids?${query}`)).data).toEqual(expected)
    expect((await get(`/customers/count?${query}`)).count).toBe(expected.length)
    const newest = expected.toReversed()
    const pages = Math.ceil(expected.length / 100)
    for (const page of [1, 2, Math.ceil(pages / 2), pages].filter((one) => one > 0)) {
      const { data, pagination } = await get(`/customers?${query}&page_size=100&page=${page}`)
      expect(pagination).toEqual({ page, page_size: 100, total_count: expected.length, total_pages: pages })
      expect(idsOf(data)).toEqual(newest.slice((page - 1) * 100, page * 100))
    }
    const recipients = await get(`/campaigns/1/messages?${query}&limit=500`)
    expect(recipients.data.map(({ customer }: { customer: { id: number } }) => customer.id)).toEqual(
      expected.filter((id) => id % 5 === 0).slice(0, recipients.data.length),
    )
  })

  test('with a place, both must fit', async () => {
    const expected = await findAtOnce(['al'], 'Nairobi 2')
    expect(expected.length).toBeGreaterThan(0)
    expect((await get('/customers/ids?q=al&location=nairobi%202')).data).toEqual(expected)
    expect((await get('/customers/count?q=al&location=nairobi%202')).count).toBe(expected.length)
  })

  test('no statement of such a search looks at more than 10,000 customers', async () => {
    const { db } = database()
    for (const path of [
      '/customers?q=xq',
      '/customers/ids?q=xq',
      '/customers/count?q=xq',
      '/customers/count?location=nairobi',
      '/campaigns/1/messages?q=xq',
    ]) {
      nodes.length = 0
      await get(path)
      const looked: number[] = []
      for (const node of nodes.filter((one) => JSON.stringify(one).includes('"customers"'))) {
        const compiled = db.getExecutor().compileQuery(node, createQueryId())
        const explained = { ...compiled, sql: `explain (analyze, format json) ${compiled.sql}` } as CompiledQuery
        const { rows } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(explained)
        looked.push(mostRows(rows[0]?.['QUERY PLAN'][0].Plan ?? {}))
      }
      expect([path, looked.length > 0, looked.filter((rows) => rows > SLICE)]).toEqual([path, true, []])
    }
  })
})
