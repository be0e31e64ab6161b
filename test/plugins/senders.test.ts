/** Routes about senders: what they show, what they change, and what they refuse. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { openBreaker } from '../../core/messaging/senders/breaker.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

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

  describe('routes', () => {
    const put = (senders: unknown) => api.call('PUT', '/routes/sms', { senders })

    test('are shown, set, and put back to what the settings say', async () => {
      expect((await api.call('GET', '/routes')).json).toEqual({
        routes: [
          { channel: 'sms', senders: ['sms'], set_at: null },
          { channel: 'whatsapp', senders: ['whatsapp'], set_at: null },
        ],
      })
      expect((await put(['whatsapp', 'sms'])).json).toEqual({
        channel: 'sms',
        senders: ['whatsapp', 'sms'],
        set_at: expect.any(String),
      })
      expect((await put(null)).json).toMatchObject({ set_at: null })
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
