/** Export of customers as CSV, which an import takes as it is. */
import { beforeEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AttributeValue } from '../../core/messaging/contacts/attributes.ts'
import { isBlank } from '../../core/text/invisible.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const LONG = 60_000
const phone = (n: number) => `+25471${String(n).padStart(7, '0')}`

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const importing = (body: string, type: string) =>
    api.request(
      new Request('http://localhost/customers/import', { method: 'POST', body, headers: { 'content-type': type } }),
    )
  const declare = (types: Readonly<Record<string, string>>) =>
    Promise.all(Object.entries(types).map(([name, type]) => api.call('POST', '/attributes', { name, type })))
  const stored = () =>
    database()
      .db.selectFrom('customers')
      .select(['phone', 'first_name', 'tags', 'language', 'time_zone', 'attributes'])
      .orderBy('phone')
      .execute()

  test('the export has a column for each attribute, guards its cells, and follows the filter', async () => {
    await declare({ points: 'number', note: 'text', member: 'boolean' })
    const more = { tags: ['vip', '=b'], language: 'sw', time_zone: 'Africa/Nairobi' }
    await api.call('POST', '/customers', {
      phone: '+254710000001',
      first_name: '=1+1',
      ...more,
      attributes: { points: -5, note: '@a', member: false },
    })
    await api.call('POST', '/customers', { phone: '+254710000002' })
    const head =
      'phone,first_name,last_name,location,prefered_product,language,time_zone,tags,consent_sms,consent_whatsapp,attributes.member,attributes.note,attributes.points\r\n'
    const first = `+254710000001,'=1+1,,,,sw,Africa/Nairobi,"vip;=b",none,none,false,'@a,-5\r\n`
    const { status, text, headers } = await api.call('GET', '/customers.csv')
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      200,
      'text/csv; charset=utf-8',
      'attachment; filename="customers.csv"',
    ])
    expect(text).toBe(`${head}${first}+254710000002,,,,,,,,none,none,,,\r\n`)
    expect((await api.call('GET', '/customers.csv?tag=vip')).text).toBe(head + first)
    expect((await api.call('GET', '/customers.csv?attribute=points:7')).text).toBe(head)
    expect((await api.call('GET', '/customers.csv?attribute=x:7')).status).toBe(400)
  })

  /** As an import leaves a text: composed, without blanks around it, and showing something. */
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .map((value) =>
      value
        .replace(/[\0\ufeff\ufffd\r]/g, '')
        .trim()
        .normalize('NFC')
        .trim(),
    )
    .filter((value) => !isBlank(value) && value.isWellFormed())
  const tag = text.map((value) => value.replace(/[,;]/g, '').replace(/\s+/g, ' ').trim().toLowerCase().normalize('NFC'))
  const day = fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
  const person = fc.record({
    first_name: fc.option(text),
    tags: fc.uniqueArray(
      tag.filter((one) => !isBlank(one)),
      { maxLength: 5 },
    ),
    language: fc.option(fc.constantFrom('en', 'sw', 'pt-BR', 'zh-Hant')),
    time_zone: fc.option(fc.constantFrom('Africa/Nairobi', 'Europe/Berlin', 'UTC')),
    attributes: fc.record({
      note: maybe(text),
      points: maybe(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0 || 0)),
      member: maybe(fc.boolean()),
      due: maybe(day),
    }),
  })

  test(
    'a thousand customers come out of an export and an import as they were',
    async () => {
      await declare({ note: 'text', points: 'number', member: 'boolean', due: 'date' })
      const people = fc.sample(person, { numRuns: 1000, seed: 7 })
      const given = (values: Readonly<Record<string, AttributeValue | undefined>>) =>
        Object.fromEntries(
          Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
        )
      await database()
        .db.insertInto('customers')
        .values(
          people.map((one, n) => ({
            ...one,
            phone: phone(n),
            attributes: given(one.attributes) as Record<string, AttributeValue>,
          })),
        )
        .execute()
      const before = await stored()
      expect(before).toHaveLength(1000)
      const { text: csv } = await api.call('GET', '/customers.csv')
      const ndjson = before.map((row) => JSON.stringify(row)).join('\n')
      for (const [body, type] of [
        [csv, 'text/csv'],
        [ndjson, 'application/x-ndjson'],
      ] as const) {
        await database().db.deleteFrom('customers').execute()
        const { json } = await importing(body, type)
        expect({ type, json }).toEqual({
          type,
          json: expect.objectContaining({ created: 1000, refused: 0, refusals: [] }),
        })
        expect(await stored()).toEqual(before)
        // Once more, nothing is new.
        expect((await importing(body, type)).json).toMatchObject({ created: 0, updated: 1000, refused: 0 })
        expect(await stored()).toEqual(before)
      }
    },
    LONG,
  )
})
