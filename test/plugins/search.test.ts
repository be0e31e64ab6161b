import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { namesOfUnbuilt } from '../../core/db/online-indexes.ts'
import { openPostgres } from '../../core/db/open.ts'
import { up as addSearch, down } from '../../migrations/0010_folded_search.ts'
import { up as composeStored } from '../../migrations/0011_composed_text.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'

const apart = (text: string) => text.normalize('NFD')
const zoe = 'Zo\u00eb M\u00fcller'

/** Names, and searches that find them. */
const searches: readonly (readonly [string, readonly string[]])[] = [
  [zoe, ['zoe', 'ZOE', 'Zo\u00eb', apart('zo\u00eb'), 'muller zoe', 'm\u00dcLL', '\u200bzoe', '\uff3a\uff2f\uff25']],
  ['\u00c9lodie N\u2019Diaye', ['elodie', "n'diaye", 'N\u2019DIAYE']],
  ['\u0141ukasz S\u00f8rensen', ['lukasz', 'SORENSEN', '\u0142ukasz']],
  ['J\u00fcrgen Gro\u00df', ['gross', 'gro\u00df', 'jurgen']],
  [
    '\u0416\u0430\u043d\u043d\u0430 \u041b\u044e\u0431\u043e\u0432',
    ['\u0436\u0430\u043d\u043d\u0430', '\u0416\u0410\u041d\u041d\u0410'],
  ],
  ['\u0391\u03b8\u03b7\u03bd\u03ac', ['\u03b1\u03b8\u03b7\u03bd\u03b1', '\u0391\u0398\u0397\u039d\u0391']],
  ['Nguy\u1ec5n', ['nguyen', apart('nguy\u1ec5n')]],
  ['\uc724\uc11c', ['\uc724\uc11c', apart('\uc724\uc11c')]],
]

eachDatabase((database, kind) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const ids = async (path: string, q: string): Promise<number[]> => {
    const { json } = await api.call('GET', `${path}?q=${encodeURIComponent(q)}`)
    return json.data.map(({ id }: { id: number }) => id)
  }

  test('search folds case and accents, for customers and campaigns', async () => {
    for (const [nth, [name]] of searches.entries()) {
      const [first_name, last_name = null] = name.split(' ')
      await api.call('POST', '/customers', { phone: `+25471234567${nth}`, first_name, last_name, location: name })
      await api.call('POST', '/campaigns', { name, channel: 'sms', base_template: 'b' })
    }
    for (const [nth, [name, terms]] of searches.entries())
      for (const q of terms) {
        const places = await api.call('GET', `/customers?location=${encodeURIComponent(q)}`)
        const results = [
          await ids('/customers', q),
          await ids('/campaigns', q),
          places.json.data.map(({ id }: { id: number }) => id),
        ]
        expect([name, q, ...results]).toEqual([name, q, [nth + 1], [nth + 1], [nth + 1]])
      }
    for (const q of ['\uff05', 'zoex', '_']) expect([q, await ids('/customers', q)]).toEqual([q, []])
  })

  test('text is composed at every entrance', async () => {
    api.state.sender = async () => ({ kind: 'accepted', id: 'p-1' })
    const facts = { first_name: zoe, last_name: zoe, location: zoe, prefered_product: zoe }
    const given = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, apart(value)]))
    const csv = `phone,first_name,last_name,location,prefered_product\n0712345672,${Array(4).fill(apart(zoe)).join()}\n`
    await api.call('POST', '/customers', { phone: '0712345670', ...given })
    await api.call('POST', '/customers', { phone: '0712345671' })
    await api.call('PATCH', '/customers/2', given)
    await api.call('POST', '/customers/import', csv, { 'content-type': 'text/csv' })
    await api.call('POST', '/customers/import', JSON.stringify({ phone: '0712345673', ...given }), {
      'content-type': 'application/x-ndjson',
    })
    const customers = await database().db.selectFrom('customers').selectAll().orderBy('phone').execute()
    expect(customers.map((row) => ({ ...facts, ...row, id: 0 }))).toEqual(
      customers.map((row) => ({ ...row, ...facts, id: 0 })),
    )
    expect(customers).toHaveLength(4)
    const template = { name: apart(zoe), base_template: apart(zoe) }
    await api.call('POST', '/campaigns', { channel: 'sms', ...template })
    await api.call('POST', '/campaigns', { channel: 'sms', name: 'a', base_template: 'b' })
    await api.call('PATCH', '/campaigns/2', template)
    for (const id of [1, 2])
      expect((await api.call('GET', `/campaigns/${id}`)).json).toMatchObject({ name: zoe, base_template: zoe })
    const preview = await api.call('POST', '/campaigns/1/personalized-preview', {
      customer_id: 1,
      override_template: `${apart(zoe)} {first_name|${apart(zoe)}}`,
    })
    expect(preview.json.rendered_message).toBe(`${zoe} ${zoe}`)
    const escaped = await api.request(
      new Request('http://localhost/customers', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"phone":"0712345674","first_name":"Zoe\\u0308"}',
      }),
    )
    expect(escaped.json.first_name).toBe('Zo\u00eb')
  })

  test('a name as long as it may be is stored, though its letters come apart', async () => {
    const name = '\u00eb'.repeat(200)
    const { json } = await api.call('POST', '/customers', { phone: '0712345670', first_name: apart(name) })
    expect(json.first_name).toBe(name)
  })

  test('stored text is composed by a migration, which leaves all else as it is', async () => {
    const { db } = database()
    const tooLong = '\u0958'.repeat(200)
    const rows = [apart(zoe), zoe, 'Amina', null, tooLong, '\u{1f469}\u200d\u{1f680}']
    await db
      .insertInto('customers')
      .values(rows.map((first_name, i) => ({ phone: `+25471234567${i}`, first_name })))
      .execute()
    await db
      .insertInto('campaigns')
      .values({ name: apart(zoe), channel: 'sms', base_template: apart(zoe) })
      .execute()
    await composeStored(db)
    const names = await db.selectFrom('customers').select('first_name').orderBy('id').execute()
    expect(names.map(({ first_name }) => first_name)).toEqual([zoe, ...rows.slice(1)])
    const campaign = await db.selectFrom('campaigns').select(['name', 'base_template']).executeTakeFirst()
    expect(campaign).toEqual({ name: zoe, base_template: zoe })
  })

  test('customers are found by name through an index', async () => {
    const { db } = database()
    const rows = kind === 'postgres' ? 50_000 : 10_000
    await sql`insert into customers (phone, first_name, last_name)
      select '+2547' || (10000000 + i), md5(i::text), 'M\u00fcller' from generate_series(1, ${rows}::int) i`.execute(db)
    await sql`vacuum analyze customers`.execute(db)
    const { rows: plan } = await sql<{ 'QUERY PLAN': string }>`explain select id from customers
      where search_text(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) like search_text('%c4ca4238%')`.execute(
      db,
    )
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('customers_name_search')
    expect(await ids('/customers', 'C4CA4238 muller')).toEqual([1])
  })
})

describe.skipIf(!postgresAvailable)('on a PostgreSQL whose role may create no extension', () => {
  test('the migration passes, and search finds the same without an index', async () => {
    const clone = await cloneDatabase()
    const { db, close } = openPostgres(clone.url, 1)
    await down(db)
    await sql`drop extension pg_trgm`.execute(db)
    await sql`create role modest`.execute(db)
    await sql`grant create, usage on schema public to modest`.execute(db)
    await sql`alter table customers owner to modest`.execute(db)
    await sql`set role modest`.execute(db)
    await db.transaction().execute((trx) => addSearch(trx))
    await sql`insert into customers (phone, first_name) values ('+254712345678', ${zoe})`.execute(db)
    await sql`reset role`.execute(db)
    const { json } = await openApi(db).call('GET', '/customers?q=zoe')
    expect(json.data).toHaveLength(1)
    // It cannot be had, and is not asked for.
    expect(await namesOfUnbuilt(db)).toEqual([])
    await sql`drop owned by modest`.execute(db)
    await sql`drop role modest`.execute(db)
    await close()
    await clone.drop()
  })
})
