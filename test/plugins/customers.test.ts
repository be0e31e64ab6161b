import { beforeEach, expect, test } from 'bun:test'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  test('POST /customers stores the phone as E.164 and answers every field', async () => {
    const { status, json } = await api.call('POST', '/customers', {
      phone: '0712 345 678',
      first_name: 'Amina',
      prefered_product: 'Solar lamp',
    })
    expect(status).toBe(201)
    expect(json).toEqual({
      id: 1,
      first_name: 'Amina',
      last_name: null,
      phone: '+254712345678',
      location: null,
      prefered_product: 'Solar lamp',
      language: null,
      time_zone: null,
      tags: [],
      attributes: {},
      suppressed: [],
      consent: { sms: 'none', whatsapp: 'none' },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: json.created_at,
    })
    expect((await api.call('GET', '/customers/1')).json).toEqual(json)
  })

  test('POST /customers takes the usual spelling of the product, but not two that differ', async () => {
    const made = await api.call('POST', '/customers', { phone: '+254712345678', preferred_product: 'Kettle' })
    expect(made.json.prefered_product).toBe('Kettle')
    const both = { phone: '+254712345679', preferred_product: 'Kettle', prefered_product: 'Kettle' }
    expect((await api.call('POST', '/customers', both)).status).toBe(201)
    const { status, json } = await api.call('POST', '/customers', { ...both, prefered_product: null })
    expect(status).toBe(400)
    expect(json.error.details[0].path).toBe('preferred_product')
  })

  test('POST /customers refuses a bad phone with the reason, and one that is taken without telling whose it is', async () => {
    const bad = await api.call('POST', '/customers', { phone: '12345' })
    expect(bad.json.error).toMatchObject({ code: 'INVALID_REQUEST', details: [{ path: 'phone' }] })
    await api.call('POST', '/customers', { phone: '+254712345678', first_name: 'Amina' })
    const taken = await api.call('POST', '/customers', { phone: '0712345678' })
    expect(taken.status).toBe(409)
    expect(taken.json).toEqual({
      error: { code: 'CUSTOMER_EXISTS', message: 'A customer with this phone number already exists' },
    })
  })

  test('PATCH /customers/{id} changes what is named, empties what is null and leaves the rest', async () => {
    await api.call('POST', '/customers', { phone: '+254712345678', first_name: 'Amina', location: 'Nairobi' })
    const { status, json } = await api.call('PATCH', '/customers/1', { first_name: null, phone: '0712345679' })
    expect(status).toBe(200)
    expect(json).toMatchObject({ first_name: null, location: 'Nairobi', phone: '+254712345679' })
    expect(json.updated_at >= json.created_at).toBe(true)
    await api.call('POST', '/customers', { phone: '+254712345678' })
    expect((await api.call('PATCH', '/customers/1', { phone: '+254712345678' })).status).toBe(409)
    expect((await api.call('PATCH', '/customers/1', { phone: null })).status).toBe(400)
    expect((await api.call('PATCH', '/customers/1', {})).status).toBe(400)
    expect((await api.call('PATCH', '/customers/9', { first_name: 'x' })).json.error.code).toBe('CUSTOMER_NOT_FOUND')
  })

  test('DELETE /customers/{id} answers 204 without a body, then 404', async () => {
    await api.call('POST', '/customers', { phone: '+254712345678' })
    const gone = await api.call('DELETE', '/customers/1')
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await api.call('DELETE', '/customers/1')).status).toBe(404)
    expect((await api.call('GET', '/customers/1')).json.error.message).toBe('Customer with ID 1 not found')
  })

  test('GET /customers pages newest first and clamps page_size', async () => {
    for (let i = 0; i < 5; i++) await api.call('POST', '/customers', { phone: `+25471234567${i}` })
    const { json } = await api.call('GET', '/customers?page=2&page_size=2')
    expect(json.data.map((row: { id: number }) => row.id)).toEqual([3, 2])
    expect(json.pagination).toEqual({ page: 2, page_size: 2, total_count: 5, total_pages: 3 })
    expect((await api.call('GET', '/customers?page_size=100000')).json.pagination.page_size).toBe(100)
    expect((await api.call('GET', '/customers?page=9')).json.data).toEqual([])
    expect((await api.call('GET', '/customers?page=1000001')).status).toBe(400)
  })

  test('GET /customers looks for names, phones, places and products, and its ids can be had at once', async () => {
    const people = [
      { phone: '+254712345678', first_name: 'Amina', last_name: 'Otieno', location: 'Nairobi' },
      { phone: '+254712345679', first_name: 'Brian', last_name: '100%_', location: 'Nyeri' },
      { phone: '+254722000001', first_name: null, last_name: 'Aminata', prefered_product: 'Solar lamp' },
    ]
    for (const one of people) await api.call('POST', '/customers', one)
    const idsFor = async (query: string) => {
      const { json } = await api.call('GET', `/customers?${query}`)
      const ids = (await api.call('GET', `/customers/ids?${query}`)).json
      const listed = json.data.map(({ id }: { id: number }) => id)
      expect(ids).toEqual({ data: listed.toReversed(), next_cursor: null })
      expect(json.pagination.total_count).toBe(listed.length)
      return listed
    }
    expect(await idsFor('q=AMINA')).toEqual([3, 1])
    expect(await idsFor('q=otieno%20amina')).toEqual([1])
    expect(await idsFor('q=%25_')).toEqual([2])
    expect(await idsFor('q=_')).toEqual([2])
    expect(await idsFor('q=\\')).toEqual([])
    expect(await idsFor('q=%20')).toEqual([3, 2, 1])
    expect(await idsFor('q=0712')).toEqual([2, 1])
    expect(await idsFor('q=0712345678')).toEqual([1])
    expect(await idsFor('q=%2B254722')).toEqual([3])
    expect(await idsFor('location=n&q=brian')).toEqual([2])
    expect(await idsFor('prefered_product=LAMP%20solar')).toEqual([3])
    expect((await api.call('GET', `/customers?q=${'x'.repeat(101)}`)).status).toBe(400)
    const some = await api.call('POST', '/customers/ids', { phones: ['+254722000001', '+254712345678', '0712', '+1'] })
    expect(some.json).toEqual({ data: [1, 3] })
  })
})
