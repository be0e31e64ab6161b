/** Attributes over REST: declared, given to customers, and removed. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { MAX_ATTRIBUTES } from '../../core/messaging/contacts/attributes.ts'
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
  const create = (body: object = {}) => api.call('POST', '/customers', { phone: '+254712345678', ...body })

  describe('an attribute', () => {
    test('is declared once, listed by name, and removed', async () => {
      const made = await api.call('POST', '/attributes', { name: 'points', type: 'number', description: 'Loyalty' })
      expect(made.status).toBe(201)
      expect(made.json).toEqual({
        name: 'points',
        type: 'number',
        description: 'Loyalty',
        created_at: expect.stringMatching(/Z$/),
      })
      await api.call('POST', '/attributes', { name: 'due', type: 'date' })
      const { json } = await api.call('GET', '/attributes')
      expect(json.data).toEqual([expect.objectContaining({ name: 'due', description: null }), made.json])
      const again = await api.call('POST', '/attributes', { name: 'points', type: 'number' })
      expect([again.status, again.json.error.code]).toEqual([409, 'ATTRIBUTE_EXISTS'])
      const gone = await api.call('DELETE', '/attributes/points')
      expect([gone.status, gone.text]).toEqual([204, ''])
      const missing = await api.call('DELETE', '/attributes/points')
      expect([missing.status, missing.json.error.code]).toEqual([404, 'ATTRIBUTE_NOT_FOUND'])
    })

    test.each<[object, string]>([
      [{ type: 'text' }, 'name'],
      [{ name: 'points' }, 'type'],
      [{ name: 'Points', type: 'text' }, 'name'],
      [{ name: 'first_name', type: 'text' }, 'name'],
      [{ name: 'timezone', type: 'text' }, 'name'],
      [{ name: 'a'.repeat(41), type: 'text' }, 'name'],
      [{ name: 5, type: 'text' }, 'name'],
      [{ name: 'points', type: 'integer' }, 'type'],
      [{ name: 'points', type: 'text', description: 'x'.repeat(201) }, 'description'],
      [{ name: 'points', type: 'text', size: 1 }, 'size'],
    ])('is refused as %j, with the place', async (body, path) => {
      const { status, json } = await api.call('POST', '/attributes', body)
      expect([status, json.error.code, json.error.details[0].path]).toEqual([400, 'INVALID_REQUEST', path])
      expect((await api.call('GET', '/attributes')).json.data).toEqual([])
    })

    test('is one of at most a hundred, however many are declared at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: MAX_ATTRIBUTES + 5 }, (_, n) =>
          api.call('POST', '/attributes', { name: `a${n}`, type: 'text' }),
        ),
      )
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(MAX_ATTRIBUTES)
      const refused = answers.filter(({ status }) => status !== 201)
      expect(refused.map(({ json }) => json.error.code)).toEqual(Array(5).fill('TOO_MANY_ATTRIBUTES'))
    })

    test('is removed with its values, and one of its name begins without any', async () => {
      await declareAll()
      await create({ attributes: { points: 5, city: 'Nairobi' } })
      await api.call('DELETE', '/attributes/points')
      expect((await api.call('GET', '/customers/1')).json.attributes).toEqual({ city: 'Nairobi' })
      // As a removal that was interrupted leaves it.
      await sql`update customers set attributes = '{"points": 5, "city": "Nairobi"}'`.execute(database().db)
      await api.call('POST', '/attributes', { name: 'points', type: 'date' })
      expect((await api.call('GET', '/customers/1')).json.attributes).toEqual({ city: 'Nairobi' })
    })

    test('is not removed while a campaign that is not over uses it', async () => {
      await declareAll()
      const campaign = (base_template: string, more = {}) =>
        api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template, ...more })
      await campaign('You have {points:number|0} points')
      await campaign('No points')
      const template = { name: 'x', language: 'en', parameters: ['{attributes.points}'] }
      await campaign('Hi', { channel: 'whatsapp', template })
      const { status, json } = await api.call('DELETE', '/attributes/points')
      expect([status, json.error.code, json.error.details]).toEqual([
        409,
        'ATTRIBUTE_IN_USE',
        { campaign_ids: [1, 3], segment_ids: [] },
      ])
      await api.call('POST', '/campaigns/1/cancel')
      await api.call('PATCH', '/campaigns/3', { template: null })
      expect((await api.call('DELETE', '/attributes/points')).status).toBe(204)
    })

    test('is not removed while the audience of a campaign that is not over uses it', async () => {
      await declareAll()
      await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'Hi' })
      const audience = { everyone: true, exclude: { rules: { not: { field: 'attributes.points', at_least: 5 } } } }
      await api.call('POST', '/campaigns/1/send', { audience })
      const { status, json } = await api.call('DELETE', '/attributes/points')
      expect([status, json.error.details]).toEqual([409, { campaign_ids: [1], segment_ids: [] }])
      expect(json.error.message).toContain('it is used by the audience of campaign 1.')
    })

    test('is not removed while a segment uses it, at whatever depth', async () => {
      await declareAll()
      const rule = (field: string) => ({ any: [{ not: { field, at_least: 5 } }, { field: 'location', is: field }] })
      for (const name of ['a', 'b']) await api.call('POST', '/segments', { name, rule: rule('attributes.points') })
      await api.call('POST', '/segments', { name: 'x', rule: { field: 'location', is: 'attributes.points' } })
      const { status, json } = await api.call('DELETE', '/attributes/points')
      expect([status, json.error.details]).toEqual([409, { campaign_ids: [], segment_ids: [1, 2] }])
      expect(json.error.message).toContain('it is used by segments 1, 2.')
      for (const id of [1, 2]) await api.call('DELETE', `/segments/${id}`)
      expect((await api.call('DELETE', '/attributes/points')).status).toBe(204)
    })
  })

  describe('a customer', () => {
    const more = {
      language: 'en-KE',
      time_zone: 'Africa/Nairobi',
      tags: ['vip', 'new customer'],
      attributes: { points: 12.5, due: '2030-01-31', member: false, city: 'Nairobi' },
    }

    test('has attributes, tags, language and time zone in every answer', async () => {
      await declareAll()
      const { status, json } = await create(more)
      expect(status).toBe(201)
      expect(json).toMatchObject(more)
      expect((await api.call('GET', '/customers/1')).json).toEqual(json)
      expect((await api.call('GET', '/customers')).json.data).toEqual([json])
      await api.call('POST', '/customers', { phone: '+254712345679' })
      const none = { language: null, time_zone: null, tags: [], attributes: {} }
      expect((await api.call('GET', '/customers/2')).json).toMatchObject(none)
    })

    test('is stored in the usual spelling', async () => {
      const { json } = await create({ language: 'sw_ke', time_zone: 'africa/nairobi', tags: [' VIP', 'vip', 'Ünal'] })
      expect(json).toMatchObject({ language: 'sw-KE', time_zone: 'Africa/Nairobi', tags: ['vip', 'ünal'] })
    })

    test('keeps what a change does not name, and loses what it sets to null', async () => {
      await declareAll()
      await create(more)
      const change = async (body: object) => (await api.call('PATCH', '/customers/1', body)).json
      expect(await change({ attributes: { points: 7, city: null, due: null } })).toMatchObject({
        ...more,
        attributes: { points: 7, member: false },
      })
      expect(await change({ tags: [], language: null })).toMatchObject({
        tags: [],
        language: null,
        time_zone: 'Africa/Nairobi',
        attributes: { points: 7, member: false },
      })
      expect(await change({ attributes: { city: ' ' } })).toMatchObject({ attributes: { points: 7, member: false } })
    })

    test.each<[object, string, string]>([
      [
        { attributes: { points: 'abc' } },
        'attributes.points',
        'attributes.points: "abc" is not a number; give a number such as 12.5',
      ],
      [
        { attributes: { points: '12' } },
        'attributes.points',
        'attributes.points: "12" is not a number; give a number such as 12.5',
      ],
      [
        { attributes: { due: '2030-02-30' } },
        'attributes.due',
        'attributes.due: "2030-02-30" is not a day of the calendar; give a date such as 2030-01-31',
      ],
      [
        { attributes: { member: 'yes' } },
        'attributes.member',
        'attributes.member: "yes" is not true or false; give one of them',
      ],
      [
        { attributes: { city: { a: 'x'.repeat(1000) } } },
        'attributes.city',
        `attributes.city: {"a":"${'x'.repeat(34)}... is not text; give it in quotes, such as "Nairobi"`,
      ],
      [
        { attributes: { city: 'x'.repeat(201) } },
        'attributes.city',
        'attributes.city must be at most 200 characters long',
      ],
      [
        { attributes: { poits: 5 } },
        'attributes.poits',
        'attributes.poits is not declared: declare it with POST /attributes, or did you mean "attributes.points"?',
      ],
      [
        { attributes: { constructor: 5 } },
        'attributes.constructor',
        'attributes.constructor is not declared: declare it with POST /attributes',
      ],
      [{ attributes: [] }, 'attributes', 'attributes must be a JSON object, not a list'],
      [{ attributes: null }, 'attributes', 'attributes must be a JSON object, not null'],
      [{ tags: 'vip' }, 'tags', 'tags must be a list, not text'],
      [{ tags: ['a', ''] }, 'tags[1]', 'tags[1] must not be empty'],
      [{ tags: ['a', 'b,c'] }, 'tags[1]', 'tags[1] must not contain a comma or a semicolon, which separate tags'],
      [{ tags: ['x'.repeat(51)] }, 'tags[0]', 'tags[0] must be at most 50 characters long'],
      [{ tags: Array.from({ length: 51 }, (_, n) => `t${n}`) }, 'tags', 'tags must hold at most 50 items'],
      [{ language: 'english' }, 'language', 'language must be a language tag (BCP 47) such as sw, en-KE or pt-BR'],
      [
        { time_zone: 'Nairobi' },
        'time_zone',
        'time_zone must be a time zone of the IANA database such as Africa/Nairobi',
      ],
    ])('is refused with %j, and with the place', async (body, path, message) => {
      await declareAll()
      await create({ attributes: { points: 1 } })
      const bodies = [
        ['POST', '/customers', { phone: '+254712345679', ...body }],
        ['PATCH', '/customers/1', body],
      ] as const
      for (const [method, at, sent] of bodies) {
        const { status, json } = await api.call(method, at, sent)
        expect([status, json.error]).toEqual([400, { code: 'INVALID_REQUEST', message, details: [{ path, message }] }])
      }
      const { json } = await api.call('GET', '/customers')
      expect(json.data.map((row: { attributes: object }) => row.attributes)).toEqual([{ points: 1 }])
    })

    test('is refused with every problem of its attributes', async () => {
      await declareAll()
      const { json } = await create({ attributes: { points: 'a', due: 'b', city: 'Nairobi' } })
      expect(json.error.message).toBe('The request has 2 problems: see details')
      expect(json.error.details.map(({ path }: { path: string }) => path)).toEqual([
        'attributes.points',
        'attributes.due',
      ])
    })
  })
})
