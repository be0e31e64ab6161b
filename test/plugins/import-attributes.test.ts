/** Import of attributes, tags, languages and time zones: CSV and NDJSON are stored alike. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { csvCell, csvLine } from '../../core/messaging/contacts/csv/write.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

type Cell = string | number | boolean | null

/** The same table in both formats; an empty cell is null. */
const formats = [
  [
    'text/csv',
    (names: readonly string[], rows: readonly (readonly Cell[])[]) =>
      [names, ...rows].map((row) => csvLine(row.map((cell) => csvCell(cell === null ? null : String(cell))))).join(''),
  ],
  [
    'application/x-ndjson',
    (names: readonly string[], rows: readonly (readonly Cell[])[]) =>
      rows.map((row) => JSON.stringify(Object.fromEntries(names.map((name, n) => [name, row[n]])))).join('\n'),
  ],
] as const

const phone = (n: number) => `+25471${String(n).padStart(7, '0')}`

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const importing = (body: string, type = 'text/csv', query = '') =>
    api.request(
      new Request(`http://localhost/customers/import${query}`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      }),
    )
  const declare = (types: Readonly<Record<string, string>>) =>
    Promise.all(Object.entries(types).map(([name, type]) => api.call('POST', '/attributes', { name, type })))
  const stored = () =>
    database()
      .db.selectFrom('customers')
      .select(['phone', 'first_name', 'tags', 'language', 'time_zone', 'attributes'])
      .orderBy('phone')
      .execute()
  const attributes = async () => (await stored()).map((row) => row.attributes)

  describe.each(formats)('as %s', (type, write) => {
    const take = async (names: readonly string[], rows: readonly (readonly Cell[])[], query = '') =>
      (await importing(write(names, rows), type, query)).json
    /** Number of the line of row `nth`, from 0. */
    const line = (nth: number) => nth + (type === 'text/csv' ? 2 : 1)

    test('columns are read by the names of attributes, fields and their usual names', async () => {
      await declare({ points: 'number', city: 'text', member: 'boolean', loyalty_since: 'date' })
      const names = ['Mobile', 'Points', 'attributes.city', 'Member', 'Loyalty since', 'TAGS', 'Lang', 'Time zone', 'x']
      const json = await take(names, [
        ['0710000001', '12.5', 'Nairobi', 'TRUE', '2030-01-31', 'VIP; new customer', 'en_ke', 'africa/nairobi', 'a'],
        ['0710000002', null, null, null, null, null, 'Swahili', null, null],
      ])
      expect(json).toMatchObject({ rows: 2, created: 2, refused: 0, ignored_fields: ['x'] })
      expect(json.new_attributes).toBeUndefined()
      expect(await stored()).toMatchObject([
        {
          tags: ['vip', 'new customer'],
          language: 'en-KE',
          time_zone: 'Africa/Nairobi',
          attributes: { points: 12.5, city: 'Nairobi', member: true, loyalty_since: '2030-01-31' },
        },
        { tags: [], language: 'sw', time_zone: null, attributes: {} },
      ])
    })

    test('a declared attribute is meant before a field of a similar name', async () => {
      await declare({ city: 'text' })
      await take(['phone', 'City'], [['0710000001', 'Nairobi']])
      const [row] = await database().db.selectFrom('customers').select(['location', 'attributes']).execute()
      expect(row).toEqual({ location: null, attributes: { city: 'Nairobi' } })
    })

    test('a value that does not fit refuses its row, with the line and the reason, and repeats nothing of it', async () => {
      await declare({ points: 'number', due: 'date', member: 'boolean', city: 'text' })
      const names = ['phone', 'points', 'due', 'member', 'city', 'tags', 'language', 'time_zone']
      const json = await take(names, [
        ['0710000001', 'secret', null, null, null, null, null, null],
        ['0710000002', null, '2030-02-30', null, null, null, null, null],
        ['0710000003', null, null, 'maybe', null, null, null, null],
        ['0710000004', null, null, null, 'x'.repeat(201), null, null, null],
        ['0710000005', null, null, null, null, 'y'.repeat(51), null, null],
        ['0710000006', null, null, null, null, null, 'Klingonish', null],
        ['0710000007', null, null, null, null, null, null, 'Nairobi'],
        ['0710000008', '5', null, null, null, null, null, null],
      ])
      expect(json).toMatchObject({ rows: 8, created: 1, refused: 7 })
      expect(json.refusals).toEqual(
        [
          ['attributes.points', 'is not a number; give a number such as 12.5'],
          ['attributes.due', 'is not a day of the calendar; give a date such as 2030-01-31'],
          ['attributes.member', 'is not true or false; give one of them'],
          ['attributes.city', 'must be at most 200 characters long'],
          ['tags', 'must be at most 50 characters long'],
          ['language', 'must be a language tag (BCP 47) such as sw, en-KE or pt-BR'],
          ['time_zone', 'must be a time zone of the IANA database such as Africa/Nairobi'],
        ].map(([path, problem], nth) => ({ line: line(nth), path, message: `${path} ${problem}` })),
      )
    })

    test('a known customer keeps what a row does not have, and gets what it has', async () => {
      await declare({ points: 'number', city: 'text', member: 'boolean' })
      const names = ['phone', 'points', 'city', 'tags', 'language', 'time_zone']
      await take(names, [['0710000001', '5', 'Nairobi', 'vip;new', 'sw', 'Africa/Nairobi']])
      const { updated_at: before } = (await api.call('GET', '/customers/1')).json
      const same = await take(names, [['0710000001', '5.0', null, null, 'sw', null]])
      expect(same).toMatchObject({ rows: 1, created: 0, updated: 1 })
      expect((await api.call('GET', '/customers/1')).json.updated_at).toBe(before)
      await take(
        ['phone', 'points', 'member', 'tags', 'language'],
        [
          ['0710000001', null, 'false', 'gone', null],
          ['0710000001', '7', null, null, 'en'],
        ],
      )
      expect(await stored()).toMatchObject([
        {
          tags: ['gone'],
          language: 'en',
          time_zone: 'Africa/Nairobi',
          attributes: { points: 7, city: 'Nairobi', member: false },
        },
      ])
    })

    test('unknown columns are ignored, or become attributes of the type that their values have', async () => {
      const names = ['phone', 'Points', 'Since', 'Member?', 'Code', 'Note', '2nd', 'Empty']
      const rows = [
        ['0710000001', '5', '2030-01-31', 'true', '007', 'a', 'x', null],
        ['0710000002', '2.5', null, 'FALSE', '008', '5', 'y', null],
        ['0710000003', null, '2028-02-29', null, null, null, null, null],
      ]
      const ignored = await take(names, rows)
      expect(ignored.ignored_fields.toSorted()).toEqual(names.slice(1).toSorted())
      expect((await api.call('GET', '/attributes')).json.data).toEqual([])
      const json = await take(names, rows, '?new_attributes=true')
      expect(json).toMatchObject({ rows: 3, updated: 3, refused: 0, ignored_fields: ['2nd'] })
      expect(json.new_attributes).toEqual([
        { name: 'points', type: 'number' },
        { name: 'since', type: 'date' },
        { name: 'member', type: 'boolean' },
        { name: 'code', type: 'text' },
        { name: 'note', type: 'text' },
      ])
      expect(await attributes()).toEqual([
        { points: 5, since: '2030-01-31', member: true, code: '007', note: 'a' },
        { points: 2.5, member: false, code: '008', note: '5' },
        { since: '2028-02-29' },
      ])
    })

    test('the first 200 rows decide the type, and a later value that does not fit is refused', async () => {
      const rows = Array.from({ length: 500 }, (_, n): Cell[] => [phone(n), n === 300 ? 'many' : String(n), null])
      rows.push([phone(500), '1', 'late'])
      const json = await take(['phone', 'points', 'late'], rows, '?new_attributes=true')
      expect(json).toMatchObject({ rows: 501, created: 500, refused: 1 })
      expect(json.new_attributes).toEqual([
        { name: 'points', type: 'number' },
        { name: 'late', type: 'text' },
      ])
      expect(json.refusals).toEqual([
        { line: line(300), path: 'attributes.points', message: expect.stringContaining('is not a number') },
      ])
      expect((await attributes()).at(-1)).toEqual({ points: 1, late: 'late' })
    })

    test('columns for which there is no room are ignored, and told', async () => {
      await declare(Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`a${n}`, 'text'])))
      const json = await take(['phone', 'one', 'two'], [['0710000001', '1', '2']], '?new_attributes=true')
      expect(json.new_attributes).toEqual([{ name: 'one', type: 'number' }])
      expect(json).toMatchObject({ created: 1, refused: 0, ignored_fields: ['attributes.two'] })
      expect(await attributes()).toEqual([{ one: 1 }])
    })

    test('two columns of one attribute are refused', async () => {
      await declare({ points: 'number' })
      const { status, json } = await importing(
        write(['phone', 'Points', 'attributes.points'], [['0710000001', '1', '2']]),
        type,
      )
      const message = expect.stringContaining('both mean "attributes.points"')
      if (type === 'text/csv') expect([status, json.error.message]).toEqual([400, message])
      else expect(json.refusals).toEqual([{ line: 1, path: '', message }])
    })
  })

  test('NDJSON may hold attributes and tags as the API shows them', async () => {
    await declare({ points: 'number', member: 'boolean', city: 'text' })
    const lines = [
      { phone: '0710000001', tags: ['VIP', 'a'], attributes: { points: 5, member: true, city: null, other: 1 } },
      { phone: '0710000002', tags: [], attributes: {} },
      { phone: '0710000003', tags: [5] },
      { phone: '0710000004', attributes: { points: [] } },
      { phone: '0710000005', attributes: { city: 5 }, language: 5 },
      { phone: '0710000006', attributes: { city: 5 } },
    ]
    const { json } = await importing(lines.map((line) => JSON.stringify(line)).join('\n'), 'application/x-ndjson')
    expect(json).toMatchObject({ rows: 6, created: 3, refused: 3, ignored_fields: ['attributes.other'] })
    expect(json.refusals.map(({ line, path }: { line: number; path: string }) => [line, path])).toEqual([
      [3, 'tags'],
      [4, 'attributes.points'],
      [5, 'language'],
    ])
    expect(await attributes()).toEqual([{ points: 5, member: true }, {}, { city: '5' }])
  })

  test('a query that is none is refused', async () => {
    const { status, json } = await importing('phone\n0710000001\n', 'text/csv', '?new_attributes=yes')
    expect([status, json.error.details[0].path]).toEqual([400, 'query.new_attributes'])
    expect((await importing('phone\n', 'text/csv', '?newattributes=true')).status).toBe(400)
  })

  test('imports of one customer at once lose neither one’s attributes', async () => {
    await declare({ one: 'number', two: 'number' })
    const csv = (name: string) =>
      `phone,${name}\n${Array.from({ length: 500 }, (_, n) => `${phone(n)},${n}\n`).join('')}`
    for (let round = 0; round < 2; round++) await Promise.all([importing(csv('one')), importing(csv('two'))])
    expect(await attributes()).toEqual(Array.from({ length: 500 }, (_, n) => ({ one: n, two: n })))
  })
})
