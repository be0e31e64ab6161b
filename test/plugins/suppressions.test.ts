/** Suppressions over the API. */
import { beforeEach, expect, test } from 'bun:test'
import { suppress } from '../../core/messaging/suppressions/suppress.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const AMINA = '+254712345678'
const BRIAN = '+254712345679'
const ZOE = '+447911123456'

eachDatabase((database) => {
  const db = () => database().db
  let api: Api
  beforeEach(async () => {
    await emptyTables(db())
    api = openApi(db())
  })
  const post = (body: object) => api.call('POST', '/suppressions', body)
  const list = async (query = '') => (await api.call('GET', `/suppressions${query}`)).json
  const phonesOf = async (query: string) =>
    (await list(query)).data.map(({ phone }: { readonly phone: string }) => phone)
  const send = (type: string, body: string, query = '') =>
    api.call('POST', `/suppressions/import${query}`, body, { 'content-type': type })

  test('phones are suppressed in any spelling, once, and customers show it', async () => {
    await api.call('POST', '/customers', { phone: AMINA })
    expect(await post({ phones: ['0712 345 678', AMINA, ZOE], reason: 'opt_out', note: 'By phone' })).toMatchObject({
      status: 200,
      json: { added: 2, known: 0 },
    })
    expect((await post({ phones: [AMINA], reason: 'opt_out' })).json).toEqual({ added: 0, known: 1 })
    expect((await post({ phones: [AMINA], channel: 'sms' })).json).toEqual({ added: 1, known: 0 })
    const [newest, ...others] = (await list()).data
    expect(newest).toEqual({
      ...{ phone: AMINA, channel: 'sms', reason: 'manual', source: 'api', sender: null, code: null, note: null },
      created_at: expect.stringMatching(/Z$/),
    })
    expect(others).toHaveLength(2)
    const { json } = await api.call('GET', '/customers')
    expect(json.data[0].suppressed).toEqual([
      { channel: 'sms', reason: 'opt_out' },
      { channel: 'sms', reason: 'manual' },
      { channel: 'whatsapp', reason: 'opt_out' },
    ])
    const created = await api.call('POST', '/customers', { phone: ZOE })
    expect(created.json.suppressed).toHaveLength(2)
  })

  test('the list is filtered, and read by cursor', async () => {
    await post({ phones: [AMINA], channel: 'sms', reason: 'opt_out' })
    await post({ phones: [BRIAN], channel: 'whatsapp' })
    await post({ phones: [ZOE] })
    expect(await phonesOf('')).toEqual([ZOE, BRIAN, AMINA])
    expect(await phonesOf('?channel=sms')).toEqual([ZOE, AMINA])
    expect(await phonesOf('?reason=manual')).toEqual([ZOE, BRIAN])
    expect(await phonesOf(`?q=${encodeURIComponent('+25471')}`)).toEqual([BRIAN, AMINA])
    expect(await phonesOf('?q=0712345679&channel=whatsapp')).toEqual([BRIAN])
    const { data, next_cursor } = await list('?limit=2')
    expect(data).toHaveLength(2)
    expect(await list(`?limit=2&cursor=${next_cursor}`)).toMatchObject({ data: [{ phone: AMINA }], next_cursor: null })
  })

  test('a lift says what it lifted and what holds, and refuses an erased person', async () => {
    await post({ phones: [AMINA], reason: 'opt_out' })
    await post({ phones: [AMINA], channel: 'sms' })
    const lift = (phone: string, query = '') => api.call('DELETE', `/suppressions/${encodeURIComponent(phone)}${query}`)
    expect((await lift(AMINA, '?channel=sms')).json).toMatchObject({
      lifted: [{ phone: AMINA, channel: 'sms', reason: 'manual' }],
      kept: [{ channel: 'all', reason: 'opt_out' }],
    })
    expect((await lift('0712345678')).json).toMatchObject({ lifted: [{ reason: 'opt_out' }], kept: [] })
    expect((await lift(AMINA)).json.error.code).toBe('SUPPRESSION_NOT_FOUND')
    await suppress(db(), [{ phone: AMINA, channel: 'all', reason: 'erased', source: 'api' }])
    expect(await lift(AMINA)).toMatchObject({ status: 409, json: { error: { code: 'SUPPRESSION_ERASED' } } })
    expect((await lift('12')).json.error.details[0].path).toBe('phone')
  })

  test('a file is imported by the reader of customers, and bad rows are reported', async () => {
    const csv = `Mobile;First name;Reason;channel;note
0712345678;Amina;opt_out;;"said ""no"""
712;Brian;;;
+447911123456;Zoë;Complaint;sms;
+254712345679;;bored;;
+254712345679;;;fax;
+254712345678;;opt_out;;
`
    const { status, json } = await send('text/csv', csv, '?reason=complaint')
    expect([status, json]).toEqual([
      200,
      {
        rows: 6,
        added: 2,
        known: 1,
        refused: 3,
        refusals: [
          { line: 3, path: 'phone', message: expect.any(String) },
          { line: 5, path: 'reason', message: 'reason must be one of opt_out, complaint, manual, invalid' },
          { line: 6, path: 'channel', message: 'channel must be one of sms, whatsapp, all' },
        ],
        ignored_fields: [],
        encoding: 'utf-8',
      },
    ])
    expect((await list()).data).toMatchObject([
      { phone: ZOE, channel: 'sms', reason: 'complaint', source: 'import', note: null },
      { phone: AMINA, channel: 'all', reason: 'opt_out', source: 'import', note: 'said "no"' },
    ])
    const lines = `{"phone":"${BRIAN}","channel":"whatsapp","other":1}\n[]\n`
    expect((await send('application/x-ndjson', lines)).json).toMatchObject({
      ...{ rows: 2, added: 1, refused: 1, ignored_fields: ['other'] },
    })
    expect(await send('application/json', '{}')).toMatchObject({ status: 415 })
    expect((await send('text/csv', 'name\nx\n')).json.error.details[0].path).toBe('phone')
  })

  test('what is exported can be imported again', async () => {
    await post({ phones: [AMINA], reason: 'opt_out', note: '=1+1' })
    await post({ phones: [ZOE], channel: 'sms', reason: 'invalid' })
    const { text } = await api.call('GET', '/suppressions.csv')
    expect(text).toStartWith(
      'phone,channel,reason,note,source,sender,code,created_at\r\n+447911123456,sms,invalid,,api,',
    )
    const before = (await list()).data
    await emptyTables(db())
    expect((await send('text/csv', text)).json).toMatchObject({ rows: 2, added: 2, refused: 0 })
    const facts = (rows: { phone: string; channel: string; reason: string; note: string | null }[]) =>
      rows.map(({ phone, channel, reason, note }) => [phone, channel, reason, note]).toSorted()
    expect(facts((await list()).data)).toEqual(facts(before))
  })

  test.each([
    ['no phones', { phones: [] }, 'phones'],
    ['a phone that is none', { phones: [AMINA, '12'] }, 'phones[1]'],
    ['an unknown channel', { phones: [AMINA], channel: 'fax' }, 'channel'],
    ['an erased person', { phones: [AMINA], reason: 'erased' }, 'reason'],
    ['an unknown field', { phones: [AMINA], why: 'x' }, 'why'],
  ])('refuses %s, and suppresses nobody', async (_, body, path) => {
    const { status, json } = await post(body)
    expect([status, json.error.code, json.error.details[0].path]).toEqual([400, 'INVALID_REQUEST', path])
    expect((await list()).data).toEqual([])
  })
})
