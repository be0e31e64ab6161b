/** Columns of migration 0026: they are added without writing the customers that are there, and keep their bounds. */
import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { buildIndexes } from '../../core/db/online-indexes.ts'
import { matches } from '../../core/messaging/contacts/filter.ts'
import { compileRule } from '../../core/messaging/segments/condition.ts'
import { down, up } from '../../migrations/0026_attributes.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  beforeEach(() => emptyTables(database().db))

  const insert = (values: object) =>
    database()
      .db.insertInto('customers')
      .values({ phone: '+254712345678', ...values })
      .execute()
  const fileOf = async () => {
    const { rows } = await sql<{ file: number }>`select pg_relation_filenode('customers')::int as file`.execute(
      database().db,
    )
    return rows[0]?.file
  }

  test('customers of the version before get the defaults, in the file that they are in', async () => {
    const { db } = database()
    await down(db)
    await sql`insert into customers (phone) select '+2547' || (20000000 + n) from generate_series(1, 1000) n`.execute(
      db,
    )
    const before = await fileOf()
    await up(db)
    expect(await fileOf()).toBe(before)
    await buildIndexes(db)
    const columns = ['attributes', 'tags', 'language', 'time_zone'] as const
    const rows = await db.selectFrom('customers').select(columns).distinct().execute()
    expect(rows).toEqual([{ attributes: {}, tags: [], language: null, time_zone: null }])
    const { rows: indexes } = await sql<{ name: string }>`select indexname as name from pg_indexes
      where tablename = 'customers' and indexname = 'customers_tags'`.execute(db)
    expect(indexes).toHaveLength(1)
    // As a program of the version before writes them.
    await sql`insert into customers (phone, first_name) values ('+254711000000', 'Amina')`.execute(db)
  })

  test('customers with a tag are found by the index, whoever looks for them', async () => {
    const { db } = database()
    await db.transaction().execute(async (trx) => {
      await sql`set local enable_seqscan = off`.execute(trx)
      await sql`set local enable_indexscan = off`.execute(trx)
      const filter = matches({ tag: 'vip' }, 'KE')
      const { condition } = compileRule(
        { kind: 'tag', tags: ['vip', 'new'] },
        { today: '2030-01-31', folded: new Map() },
      )
      for (const query of [
        trx.selectFrom('customers').select('id').where(filter),
        trx.selectFrom('customers').select('id').where(condition),
      ]) {
        const plan = JSON.stringify(await query.explain('json'))
        expect(plan).toContain('customers_tags')
      }
    })
  })

  test('values are kept as they are given', async () => {
    const values = {
      attributes: { city: 'Nairobi', points: 12.5, member: false, due: '2030-01-31' },
      tags: ['vip', 'a "quoted" one', '{}'],
      language: 'sw-KE',
      time_zone: 'Africa/Nairobi',
    }
    await insert(values)
    expect(await database().db.selectFrom('customers').selectAll().executeTakeFirstOrThrow()).toMatchObject(values)
    const types = await sql<{ type: string }>`
      select jsonb_typeof(value) as type from customers, jsonb_each(attributes) order by key`.execute(database().db)
    expect(types.rows.map(({ type }) => type)).toEqual(['string', 'string', 'boolean', 'number'])
  })

  test.each<[string, object]>([
    ['a list of attributes', { attributes: sql`'[]'::jsonb` }],
    ['more attributes than fit', { attributes: { text: Array.from({ length: 40_000 }, (_, n) => n).join() } }],
    ['more tags than 50', { tags: Array.from({ length: 51 }, (_, n) => `t${n}`) }],
    ['tags that are too long', { tags: ['x'.repeat(2501)] }],
    ['a tag that is none', { tags: sql`array['a', null]::text[]` }],
    ['a language that is too long', { language: 'x'.repeat(36) }],
    ['a time zone that is too long', { time_zone: 'x'.repeat(65) }],
  ])('%s is refused by the database', async (_, values) => {
    await expect(insert(values)).rejects.toThrow(/check constraint/)
  })

  test.each([['Points'], ['1st'], [''], ['a-b'], ['a'.repeat(41)], ['points\n']])(
    'an attribute cannot be called %j',
    async (name) => {
      const { db } = database()
      await expect(db.insertInto('attributes').values({ name, type: 'text' }).execute()).rejects.toThrow(/check/)
      await db.insertInto('attributes').values({ name: 'points_2', type: 'number' }).execute()
      await expect(db.insertInto('attributes').values({ name: 'points_2', type: 'text' }).execute()).rejects.toThrow(
        /unique/,
      )
    },
  )
})
