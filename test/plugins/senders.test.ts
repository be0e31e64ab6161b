/** Routes about senders: what they show, what they change, and what they refuse. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { openBreaker } from '../../core/messaging/senders/breaker.ts'
import { registerSenders } from '../../core/messaging/senders/register.ts'
import { sendersOf } from '../../core/messaging/senders/registry.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { openSender } from '../support/senders.ts'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })
  const change = (body: unknown, name = 'sms') => api.call('PATCH', `/senders/${name}`, body)

  const sms = {
    name: 'sms',
    kind: 'test',
    channels: ['sms', 'whatsapp'],
    unit: 'message',
    rate: null,
    rate_now: null,
    concurrency: null,
    in_flight: 0,
    processes: 0,
    paused: null,
    held_until: null,
    circuit: null,
  }

  describe('GET /senders', () => {
    test('lists them by name, with limits, pause and circuit', async () => {
      expect((await api.call('GET', '/senders')).json).toEqual({ senders: [sms, { ...sms, name: 'whatsapp' }] })
      await openBreaker(database().db, 'sms', 'timeout', 5)
      expect((await api.call('GET', '/senders/sms')).json).toEqual({
        ...sms,
        circuit: { reason: 'timeout', opened_at: expect.any(String), probe_at: expect.any(String) },
      })
    })

    test('and PATCH answer the one that is named, where a process has several', async () => {
      await database()
        .db.insertInto('processes')
        .values({ id: 'a', host: 'here', pid: 1, plugins: ['worker'], sender_names: ['sms', 'whatsapp'] } as never)
        .execute()
      const named = { name: 'whatsapp', processes: 1 }
      expect((await api.call('GET', '/senders/whatsapp')).json).toMatchObject(named)
      expect((await api.call('PATCH', '/senders/whatsapp', { rate: 5 })).json).toMatchObject({ ...named, rate: 5 })
      expect((await api.call('PATCH', '/senders/nobody', { rate: 5 })).status).toBe(404)
    })

    test('says which one may be meant', async () => {
      const { status, json } = await api.call('GET', '/senders/whatsap')
      expect([status, json.error.code, json.error.message]).toEqual([
        404,
        'SENDER_NOT_FOUND',
        'Sender "whatsap" not found: did you mean "whatsapp"?',
      ])
    })
  })

  describe('PATCH /senders/{name}', () => {
    test('changes what is named, wakes the workers, and null is as the settings say', async () => {
      expect((await change({ rate: 50, concurrency: 20 })).json).toMatchObject({
        rate: 50,
        rate_now: 50,
        concurrency: 20,
      })
      expect(api.notified).toContain('ready')
      expect((await change({ rate: null })).json).toMatchObject({ rate: null, concurrency: 20 })
    })

    test('a second pause keeps the first one’s time and person', async () => {
      const first = (await change({ paused: true })).json.paused
      expect(first).toEqual({ at: expect.any(String), by: expect.any(String) })
      expect((await change({ paused: true })).json.paused).toEqual(first)
      expect((await change({ paused: false })).json.paused).toBeNull()
    })

    test.each([
      [{ rate: 0 }, 'rate', 'rate must be a number from 0.01 to 100000'],
      [{ rate: '50' }, 'rate', 'rate must be a number, not text'],
      [{ concurrency: 1.5 }, 'concurrency', 'concurrency must be a whole number from 1 to 10000'],
      [{ paused: 'yes' }, 'paused', expect.any(String)],
      [{ speed: 1 }, 'speed', expect.any(String)],
    ])('refuses %j by the name of the field', async (body, path, message) => {
      const { status, json } = await change(body)
      expect(status).toBe(400)
      expect(json.error.details).toEqual([{ path, message }])
    })
  })

  describe('GET /senders/{name}/check', () => {
    test('says that a kind has no way to ask', async () => {
      const { status, json } = await api.call('GET', '/senders/sms/check')
      expect([status, json.error.code]).toEqual([409, 'SENDER_UNCHECKABLE'])
    })
  })

  test('GET /senders/{name}/templates says that a kind has no list', async () => {
    const { status, json } = await api.call('GET', '/senders/sms/templates')
    expect([status, json.error.code]).toEqual([409, 'SENDER_WITHOUT_TEMPLATES'])
    expect((await api.call('GET', '/senders/smss/templates')).json.error.code).toBe('SENDER_NOT_FOUND')
  })

  describe('routes', () => {
    const put = (senders: unknown, countries?: unknown) => api.call('PUT', '/routes/sms', { senders, countries })

    test('are shown, set, and put back to what the settings say', async () => {
      expect((await api.call('GET', '/routes')).json).toEqual({
        routes: [
          { channel: 'sms', senders: ['sms'], countries: {}, set_at: null },
          { channel: 'whatsapp', senders: ['whatsapp'], countries: {}, set_at: null },
        ],
      })
      expect((await put(['whatsapp', 'sms'])).json).toEqual({
        channel: 'sms',
        senders: ['whatsapp', 'sms'],
        countries: {},
        set_at: expect.any(String),
      })
      expect((await put(null)).json).toMatchObject({ set_at: null })
    })

    test('have senders for countries, which stay until a change names them, and wake the workers', async () => {
      const countries = { KE: ['whatsapp', 'sms'], UG: [] }
      expect((await put(['sms'], countries)).json).toMatchObject({ senders: ['sms'], countries })
      expect(api.notified).toEqual(['ready'])
      expect((await put(['whatsapp'])).json).toMatchObject({ senders: ['whatsapp'], countries })
      expect((await api.call('GET', '/routes')).json.routes).toMatchObject([{ countries }, { countries: {} }])
      expect((await put(['sms'], { KE: ['sms'] })).json.countries).toEqual({ KE: ['sms'] })
      expect((await put(['sms'], {})).json.countries).toEqual({})
    })

    test('of the API are kept at a start, and those of the settings come back after null', async () => {
      const settings = async () => {
        await registerSenders(
          database().db,
          sendersOf([openSender('sms')], { sms: ['sms'], whatsapp: [] }, { sms: { CA: ['sms'] }, whatsapp: {} }),
        )
        return (await api.call('GET', '/routes')).json.routes[0].countries
      }
      expect(await settings()).toEqual({ CA: ['sms'] })
      await put(['sms'], { KE: ['sms'] })
      expect(await settings()).toEqual({ KE: ['sms'] })
      expect((await put(null)).json).toMatchObject({ set_at: null, countries: { KE: ['sms'] } })
      expect(await settings()).toEqual({ CA: ['sms'] })
    })

    test.each([
      [['sms'], { KE: ['smss'] }, 'countries.KE.0', 'There is no sender "smss": did you mean "sms"?'],
      [['sms'], { KE: ['sms', 'sms'] }, 'countries.KE.1', '"sms" is there twice'],
      [['sms'], { UK: ['sms'] }, 'countries.UK', 'There is no country "UK": use a code of ISO 3166, such as "KE"'],
      [['sms'], { ke: ['sms'] }, 'countries.ke', 'There is no country "ke": write "KE"'],
      [null, { KE: ['sms'] }, 'countries', 'countries cannot be set while senders is null'],
      [['sms'], { KE: 'sms' }, 'countries.KE', expect.any(String)],
      [['sms'], { KE: null }, 'countries.KE', expect.any(String)],
      [['sms'], { KE: [1] }, 'countries.KE[0]', expect.any(String)],
      [['sms'], ['KE'], 'countries', expect.any(String)],
      [['sms'], null, 'countries', expect.any(String)],
      [undefined, { KE: ['sms'] }, 'senders', expect.any(String)],
    ])(
      'refuse %j with %j by the name of the field, and nothing is half written',
      async (senders, countries, path, message) => {
        const { status, json } = await put(senders, countries)
        expect([status, json.error.details]).toEqual([400, [{ path, message }]])
        expect((await api.call('GET', '/routes')).json.routes[0]).toMatchObject({ senders: ['sms'], countries: {} })
      },
    )

    test('refuse a sender that does not carry the channel, for a country too', async () => {
      await database()
        .db.updateTable('senders')
        .set({ channels: ['whatsapp'] })
        .where('name', '=', 'whatsapp')
        .execute()
      const { json } = await put(['sms'], { KE: ['sms', 'whatsapp'] })
      expect(json.error.details).toEqual([{ path: 'countries.KE.1', message: '"whatsapp" does not carry sms' }])
    })

    test('refuse a sender that there is not, or is there twice', async () => {
      const { status, json } = await put(['sms', 'smss', 'sms'])
      expect([status, json.error.code]).toEqual([400, 'INVALID_ROUTE'])
      expect(json.error.details).toEqual([
        { path: 'senders.1', message: 'There is no sender "smss": did you mean "sms"?' },
        { path: 'senders.2', message: '"sms" is there twice' },
      ])
    })
  })

  describe('a campaign', () => {
    const draft = { name: 'a', channel: 'sms', base_template: 'Hi' }

    test('takes a sender, a rate and a priority of its own, and refuses a sender that cannot carry it', async () => {
      const own = { sender: 'sms', max_rate: 2.5, priority: 'high' }
      expect((await api.call('POST', '/campaigns', { ...draft, ...own })).json).toMatchObject(own)
      const changed = { sender: null, max_rate: null, priority: 'low' }
      expect((await api.call('PATCH', '/campaigns/1', changed)).json).toMatchObject(changed)
      const refused = await api.call('POST', '/campaigns', { ...draft, sender: 'smss' })
      expect(refused.status).toBe(400)
      expect(refused.json.error.details).toEqual([
        { path: 'sender', message: 'sender "smss" is not there: use one of sms, whatsapp, or null' },
      ])
      expect((await api.call('PATCH', '/campaigns/1', { sender: 'nobody' })).status).toBe(400)
      expect((await api.call('GET', '/campaigns/1')).json.sender).toBeNull()
      for (const bad of [{ max_rate: 0 }, { max_rate: '1' }, { priority: 'urgent' }, { sender: '' }])
        expect((await api.call('POST', '/campaigns', { ...draft, ...bad })).status).toBe(400)
    })
  })
})
