/** Consents over the API: records, imports, and what customers show of them. */
import { beforeEach, expect, test } from 'bun:test'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const AMINA = '+254712345678'
const BRIAN = '+254712345679'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
    await api.call('POST', '/customers', { phone: AMINA, first_name: 'Amina' })
  })
  const record = (body: object, id = 1) => api.call('POST', `/customers/${id}/consents`, body)
  const list = async (query = '', id = 1) => (await api.call('GET', `/customers/${id}/consents${query}`)).json
  const stateOf = async (id = 1) => (await api.call('GET', `/customers/${id}`)).json.consent
  const importing = (body: string, query: string, type = 'text/csv') =>
    api.call('POST', `/customers/import${query}`, body, { 'content-type': type })

  test('a record is answered as it is stored, and the customer shows what holds', async () => {
    const proof = { wording: 'Offers by SMS, version 3', evidence: 'example.com/join' }
    const given = await record({
      ...{ status: 'given', channel: 'sms', method: 'web_form' },
      ...{ ...proof, captured_at: '2026-01-31T09:00:00+03:00' },
    })
    expect([given.status, given.json]).toEqual([
      201,
      {
        ...{ id: expect.stringMatching(/^[0-9]+$/), status: 'given', channel: 'sms', purpose: 'marketing' },
        ...{ method: 'web_form', ...proof, captured_at: '2026-01-31T06:00:00.000Z', actor: 'local' },
        created_at: expect.stringMatching(/Z$/),
      },
    ])
    expect(await stateOf()).toEqual({ sms: 'given', whatsapp: 'none' })
    const withdrawn = await record({ status: 'withdrawn' })
    expect(withdrawn.json).toMatchObject({ channel: 'all', method: 'api', wording: null, evidence: null })
    expect(await stateOf()).toEqual({ sms: 'withdrawn', whatsapp: 'withdrawn' })
    expect((await api.call('GET', '/customers')).json.data[0].consent).toEqual(await stateOf())
    expect((await api.call('GET', '/customers.csv')).text).toBe(
      `phone,first_name,last_name,location,prefered_product,language,time_zone,tags,consent_sms,consent_whatsapp\r\n${AMINA},Amina,,,,,,,withdrawn,withdrawn\r\n`,
    )
  })

  test('records are listed with the newest first, read by cursor, and never changed', async () => {
    for (const status of ['given', 'withdrawn', 'given']) await record({ status })
    const { data, next_cursor } = await list('?limit=2')
    expect(data.map(({ status }: { readonly status: string }) => status)).toEqual(['given', 'withdrawn'])
    expect(await list(`?limit=2&cursor=${next_cursor}`)).toMatchObject({
      data: [{ status: 'given' }],
      next_cursor: null,
    })
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect((await api.call(method, `/customers/1/consents/${data[0].id}`, {})).status).toBe(404)
    // They prove something also once the customer is deleted.
    await api.call('DELETE', '/customers/1')
    expect((await list()).data).toHaveLength(3)
  })

  test.each([
    ['no status', {}, 'status'],
    ['another status', { status: 'maybe' }, 'status'],
    ['a channel that there is not', { status: 'given', channel: 'email' }, 'channel'],
    ['another purpose', { status: 'given', purpose: 'service' }, 'purpose'],
    ['what only a trigger writes', { status: 'given', method: 'carried_over' }, 'method'],
    ['too many words', { status: 'given', evidence: 'x'.repeat(2001) }, 'evidence'],
    ['a time to come', { status: 'given', captured_at: '2999-01-01T00:00:00Z' }, 'captured_at'],
    ['a time without an offset', { status: 'given', captured_at: '2026-01-01T00:00:00' }, 'captured_at'],
    ['a name of somebody else', { status: 'given', actor: 'me' }, 'actor'],
  ])('%s is refused with its field, also with a new customer', async (_, body, path) => {
    expect(await record(body)).toMatchObject({ status: 400, json: { error: { details: [{ path }] } } })
    const created = await api.call('POST', '/customers', { phone: BRIAN, consent: body })
    expect(created).toMatchObject({ status: 400, json: { error: { details: [{ path: `consent.${path}` }] } } })
    expect((await list()).data).toEqual([])
  })

  test('customers that there are not have none', async () => {
    expect((await record({ status: 'given' }, 9)).json.error.code).toBe('CUSTOMER_NOT_FOUND')
    expect((await api.call('GET', '/customers/9/consents')).json.error.code).toBe('CUSTOMER_NOT_FOUND')
    expect((await record({ status: 'given' }, 0)).status).toBe(400)
  })

  test('a customer is created with their consent', async () => {
    const { status, json } = await api.call('POST', '/customers', {
      phone: BRIAN,
      consent: { status: 'given', channel: 'whatsapp', method: 'paper' },
    })
    expect([status, json.consent]).toEqual([201, { sms: 'none', whatsapp: 'given' }])
    expect((await list('', json.id)).data).toMatchObject([{ method: 'paper', actor: 'local' }])
  })

  test('an import records the consent of its customers, and of nobody who has withdrawn', async () => {
    await record({ status: 'withdrawn', channel: 'sms' })
    const query = '?consent=given&consent_channel=sms&consent_wording=v1&consent_evidence=Fair%20in%20May'
    const csv = `phone,first_name\n${AMINA},Amina\n${BRIAN},Brian\n12,Zoe\n`
    expect((await importing(csv, query)).json).toMatchObject({
      ...{ rows: 3, created: 1, updated: 1, refused: 1 },
      ...{ consents_recorded: 1, consents_withdrawn: 1 },
    })
    const ndjson = `{"phone":"${BRIAN}"}\n`
    expect((await importing(ndjson, query, 'application/x-ndjson')).json).toMatchObject({ consents_recorded: 0 })
    const { id } = (await api.call('GET', '/customers')).json.data[0]
    expect(await stateOf(id)).toEqual({ sms: 'given', whatsapp: 'none' })
    expect((await list('', id)).data).toMatchObject([
      { channel: 'sms', method: 'import', wording: 'v1', evidence: 'Fair in May', actor: 'local' },
    ])
    expect(await stateOf()).toEqual({ sms: 'withdrawn', whatsapp: 'none' })
    const plain = await importing(csv, '')
    expect('consents_recorded' in plain.json).toBe(false)
  })

  test('an import that says how, but not what, is refused before it reads anything', async () => {
    const csv = `phone\n${BRIAN}\n`
    for (const [query, path] of [
      ['?consent_wording=v1', 'query.consent_wording'],
      ['?consent=yes', 'query.consent'],
      ['?consent=given&consent_captured_at=2999-01-01T00:00:00Z', 'query.consent_captured_at'],
    ] as const)
      expect(await importing(csv, query)).toMatchObject({ status: 400, json: { error: { details: [{ path }] } } })
    expect((await api.call('GET', '/customers/count')).json.count).toBe(1)
  })

  test('an import is another one under its Idempotency-Key where it records another consent', async () => {
    const body = `phone\n${BRIAN}\n`
    const keyed = (query: string) =>
      api.call('POST', `/customers/import${query}`, body, { 'content-type': 'text/csv', 'idempotency-key': 'k1' })
    const first = await keyed('?consent=given')
    expect((await keyed('?consent=given')).json).toEqual(first.json)
    expect(first.json.consents_recorded).toBe(1)
    for (const query of ['', '?consent=withdrawn', '?consent=given&consent_wording=v2'])
      expect((await keyed(query)).json.error.code).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  test('an export that is imported again makes no attributes of its consents', async () => {
    await record({ status: 'given' })
    const { text } = await api.call('GET', '/customers.csv')
    expect((await importing(text, '?new_attributes=true')).json).toMatchObject({
      refused: 0,
      new_attributes: [],
      ignored_fields: ['consent_sms', 'consent_whatsapp'],
    })
  })
})
