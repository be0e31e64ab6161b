/** Search for customers by their tags and attributes. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const types = { points: 'number', due: 'date', member: 'boolean', city: 'text' }

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const declareAll = async () => {
    for (const [name, type] of Object.entries(types)) await api.call('POST', '/attributes', { name, type })
  }

  describe('a search', () => {
    const found = async (query: string) => {
      const { status, json } = await api.call('GET', `/customers?${query}`)
      const ids = status === 200 ? json.data.map(({ id }: { id: number }) => id) : json.error.details[0]
      if (status === 200) {
        expect(json.pagination.total_count).toBe(ids.length)
        expect((await api.call('GET', `/customers/ids?${query}`)).json.data).toEqual(ids.toReversed())
        expect((await api.call('GET', `/customers/count?${query}`)).json.count).toBe(ids.length)
      }
      return ids
    }

    test('finds customers by a tag and by the value of an attribute, beside the rest', async () => {
      await declareAll()
      const people = [
        {
          first_name: 'Amina',
          location: 'Nairobi',
          tags: ['vip'],
          attributes: { points: 5, city: 'a:b', member: true },
        },
        { first_name: 'Brian', location: 'Nyeri', tags: ['vip', 'new'], attributes: { points: 50, due: '2030-01-31' } },
        { first_name: 'Carol', tags: [], attributes: { city: '5', member: false } },
      ]
      for (const [nth, one] of people.entries())
        await api.call('POST', '/customers', { phone: `+25471234567${nth}`, ...one })
      expect(await found('tag=vip')).toEqual([2, 1])
      expect(await found('tag=%20NEW')).toEqual([2])
      expect(await found('tag=vi')).toEqual([])
      expect(await found('tag=')).toEqual([3, 2, 1])
      expect(await found('tag=vip&q=amina')).toEqual([1])
      expect(await found('tag=vip&location=nyeri')).toEqual([2])
      expect(await found('tag=vip&q=0712345671')).toEqual([2])
      expect(await found('attribute=points:5')).toEqual([1])
      expect(await found('attribute=points:%205.0')).toEqual([1])
      expect(await found('attribute=city:a:b')).toEqual([1])
      expect(await found('attribute=city:5')).toEqual([3])
      expect(await found('attribute=member:false')).toEqual([3])
      expect(await found('attribute=due:2030-01-31&tag=vip')).toEqual([2])
      expect(await found('attribute=due:2030-01-31&tag=other')).toEqual([])
    })

    test.each([
      [
        'attribute=points',
        'query.attribute must be the name of an attribute, a colon and a value, such as points:1250',
      ],
      ['attribute=points:x', 'query.attribute: the value is not a number; give a number such as 12.5'],
      ['attribute=points:', 'query.attribute must have a value behind the colon'],
      [
        'attribute=poits:1',
        'query.attribute names an attribute that is not declared: use one of city, due, member, points',
      ],
      [`tag=${'x'.repeat(51)}`, 'query.tag must be at most 50 characters long'],
    ])('for %s is refused', async (query, message) => {
      await declareAll()
      expect(await found(query)).toEqual({ path: query.startsWith('tag') ? 'query.tag' : 'query.attribute', message })
    })

    test('among many is cut into slices, and finds the same', async () => {
      await declareAll()
      await sql`insert into customers (phone, location, tags, attributes)
        select '+2547' || (20000000 + n), 'Nairobi', case when n % 2 = 0 then '{even}' else '{}' end::text[],
          jsonb_build_object('points', n % 7)
        from generate_series(1, 22000) n`.execute(database().db)
      for (const [query, count] of [
        ['tag=even', 11_000],
        ['tag=even&location=nairobi', 11_000],
        ['attribute=points:3', 3143],
        ['attribute=points:3&tag=even', 1571],
      ] as const) {
        expect((await api.call('GET', `/customers/count?${query}`)).json.count).toBe(count)
        expect((await api.call('GET', `/customers/ids?${query}`)).json.data).toHaveLength(count)
        const { json } = await api.call('GET', `/customers?${query}&page_size=3`)
        expect(json.pagination.total_count).toBe(Math.min(count, 10_000))
        expect(json.data).toHaveLength(3)
      }
    })
  })
})
