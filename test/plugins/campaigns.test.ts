import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import type { CampaignStatus } from '../../core/messaging/campaign/status.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const unset = { texts: null, template: null, paused_reason: null, sender: null, max_rate: null }
const atRest = { ...unset, audience_open: false, priority: 'normal', purpose: 'marketing', transliteration: 'none' }
const draft = { name: 'Welcome', channel: 'sms', base_template: 'Hi {first_name}' }
const future = '2090-06-01T12:00:00+03:00'
const noReceipts = { delivered: 0, undelivered: 0, read: 0 }
const noStats = { total: 0, pending: 0, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0, ...noReceipts }

eachDatabase((database, kind) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const setStatus = (status: CampaignStatus, id = 1) =>
    database().db.updateTable('campaigns').set({ status }).where('id', '=', id).execute()

  async function addCustomers(count: number): Promise<void> {
    await sql`insert into customers (phone) select '+2547' || (10000000 + i) from generate_series(1, ${count}) i`.execute(
      database().db,
    )
  }

  describe('POST /campaigns', () => {
    test('answers exactly the promised fields', async () => {
      const { status, json } = await api.call('POST', '/campaigns', draft)
      expect(status).toBe(201)
      expect(json).toEqual({
        id: 1,
        ...draft,
        status: 'draft',
        scheduled_at: null,
        expires_at: null,
        created_at: expect.any(String),
        ...atRest,
      })
      expect(new Date(json.created_at).toISOString()).toBe(json.created_at)
    })

    test('is scheduled for a future time in any offset, a draft for a past one', async () => {
      const ahead = await api.call('POST', '/campaigns', { ...draft, scheduled_at: future })
      expect(ahead.json).toMatchObject({ status: 'scheduled', scheduled_at: '2090-06-01T09:00:00.000Z' })
      const past = await api.call('POST', '/campaigns', { ...draft, scheduled_at: '2020-01-01T00:00:00Z' })
      expect(past.json).toMatchObject({ status: 'draft', scheduled_at: '2020-01-01T00:00:00.000Z' })
      const none = await api.call('POST', '/campaigns', { ...draft, scheduled_at: null })
      expect(none.json).toMatchObject({ status: 'draft', scheduled_at: null })
    })

    test('warns of unknown fields in the template and says the nearest', async () => {
      const { status, json } = await api.call('POST', '/campaigns', { ...draft, base_template: 'Hi {frist_name}' })
      expect(status).toBe(201)
      expect(json.warnings).toEqual([expect.stringContaining('{first_name}')])
      expect((await api.call('GET', '/campaigns/1')).json.warnings).toEqual(json.warnings)
    })

    test('names every field that is wrong', async () => {
      const body = { nme: 'x', channel: 'email', base_template: '', scheduled_at: '2030-02-30T00:00:00Z' }
      const { status, json } = await api.call('POST', '/campaigns', body)
      expect(status).toBe(400)
      expect(json.error.code).toBe('INVALID_REQUEST')
      expect(json.error.details).toEqual(
        expect.arrayContaining([
          { path: 'name', message: 'name is required' },
          { path: 'nme', message: 'nme is not a known field: did you mean "name"?' },
          { path: 'channel', message: 'channel must be one of "sms", "whatsapp"' },
          { path: 'base_template', message: 'base_template must not be empty' },
          { path: 'scheduled_at', message: 'scheduled_at must be a day of the calendar' },
        ]),
      )
      expect(json.error.details).toHaveLength(5)
    })
  })

  describe('GET /campaigns', () => {
    test('pages newest first, filters, and gives each its stats', async () => {
      for (let i = 1; i <= 5; i++)
        await api.call('POST', '/campaigns', { ...draft, name: `n${i}`, channel: i % 2 ? 'sms' : 'whatsapp' })
      await setStatus('failed', 3)
      const { json } = await api.call('GET', '/campaigns?page=1&page_size=2')
      expect(json.data.map((row: { id: number }) => row.id)).toEqual([5, 4])
      expect(json.data[0].stats).toEqual(noStats)
      expect(json.pagination).toEqual({ page: 1, page_size: 2, total_count: 5, total_pages: 3 })
      const sms = await api.call('GET', '/campaigns?channel=sms&status=failed')
      expect(sms.json.data.map((row: { id: number }) => row.id)).toEqual([3])
      expect(sms.json.pagination.total_count).toBe(1)
    })

    test('searches names on all pages, word by word, whatever their case, and takes wildcards as they are', async () => {
      for (const name of ['Black Friday 50%', 'BLACK tea', 'Friday_prayer', 'Weekend'])
        await api.call('POST', '/campaigns', { ...draft, name })
      const idsFor = async (q: string) => {
        const { json } = await api.call('GET', `/campaigns?page_size=1&q=${encodeURIComponent(q)}`)
        expect(json.pagination.total_pages).toBe(json.pagination.total_count)
        const all = await api.call('GET', `/campaigns?q=${encodeURIComponent(q)}`)
        return all.json.data.map((row: { id: number }) => row.id)
      }
      expect(await idsFor('black')).toEqual([2, 1])
      expect(await idsFor(' friday  BLACK ')).toEqual([1])
      expect(await idsFor('%')).toEqual([1])
      expect(await idsFor('_')).toEqual([3])
      expect(await idsFor('\\')).toEqual([])
      expect(await idsFor(' ')).toEqual([4, 3, 2, 1])
      const one = await api.call('GET', '/campaigns?q=black&channel=whatsapp')
      expect(one.json.pagination.total_count).toBe(0)
    })

    test('orders by creation, name or time, either way, those without a time last', async () => {
      const later = '2098-01-01T00:00:00Z'
      for (const [name, scheduled_at] of [
        ['b', null],
        ['C', later],
        ['a', future],
        ['B', null],
      ] as const)
        await api.call('POST', '/campaigns', { ...draft, name, scheduled_at })
      const sorted = async (sort: string) => {
        const { json } = await api.call('GET', `/campaigns?sort=${sort}`)
        return json.data.map((row: { name: string }) => row.name).join('')
      }
      expect(await sorted('created_at')).toBe('bCaB')
      expect(await sorted('-created_at')).toBe('BaCb')
      expect(await sorted('name')).toBe('aBbC')
      expect(await sorted('-name')).toBe('CBba')
      expect(await sorted('scheduled_at')).toBe(future < later ? 'aCBb' : 'CaBb')
      expect(await sorted('-scheduled_at')).toBe(future < later ? 'CaBb' : 'aCBb')
      expect((await api.call('GET', '/campaigns?sort=id')).json.error.details[0].path).toBe('query.sort')
    })

    test('refuses parameters that it does not know, values that are wrong, and any given twice', async () => {
      const paths = async (query: string) =>
        (await api.call('GET', `/campaigns?${query}`)).json.error.details.map((at: { path: string }) => at.path)
      expect(await paths('page=0&page_size=-1&status=sentt')).toEqual(['query.page', 'query.page_size', 'query.status'])
      expect(await paths('pagesize=3')).toEqual(['query.pagesize'])
      expect(await paths('page=1&page=2')).toEqual(['query.page'])
      expect(await paths('page=1e1')).toEqual(['query.page'])
    })
  })

  describe('PATCH /campaigns/{id}', () => {
    beforeEach(() => api.call('POST', '/campaigns', draft))

    test('changes what is named; a time schedules, null makes a draft again', async () => {
      const renamed = await api.call('PATCH', '/campaigns/1', { name: 'Other', channel: 'whatsapp' })
      expect(renamed.json).toMatchObject({ name: 'Other', channel: 'whatsapp', status: 'draft', stats: noStats })
      const timed = await api.call('PATCH', '/campaigns/1', { scheduled_at: future })
      expect(timed.json).toMatchObject({ name: 'Other', status: 'scheduled' })
      expect(api.notified).toEqual(['scheduled'])
      expect((await api.call('PATCH', '/campaigns/1', { name: 'Again' })).json.status).toBe('scheduled')
      const untimed = await api.call('PATCH', '/campaigns/1', { scheduled_at: null })
      expect(untimed.json).toMatchObject({ name: 'Again', status: 'draft', scheduled_at: null })
    })

    test.each(['sending', 'sent', 'failed'] as const)('is refused while %s, and so is DELETE', async (status) => {
      await setStatus(status)
      for (const [method, body] of [['PATCH', { name: 'x' }], ['DELETE']] as const) {
        const refused = await api.call(method, '/campaigns/1', body)
        expect(refused.status).toBe(409)
        expect(refused.json.error.code).toBe('CAMPAIGN_STATUS_CONFLICT')
        expect(refused.json.error.message).toContain(`"${status}"`)
      }
      expect((await api.call('GET', '/campaigns/1')).json.name).toBe('Welcome')
    })

    test('answers 404 for one that is not there', async () => {
      const { status, json } = await api.call('PATCH', '/campaigns/999', { name: 'x' })
      expect([status, json.error]).toEqual([
        404,
        { code: 'CAMPAIGN_NOT_FOUND', message: 'Campaign with ID 999 not found' },
      ])
    })

    test.skipIf(kind === 'pglite')('waits for whoever starts the campaign, and then refuses', async () => {
      const other = openPostgres(database().url ?? '', 1)
      const started = Promise.withResolvers<void>()
      const commit = Promise.withResolvers<void>()
      const starting = other.db.transaction().execute(async (trx) => {
        await trx.updateTable('campaigns').set({ status: 'sending' }).where('id', '=', 1).execute()
        started.resolve()
        await commit.promise
      })
      await started.promise
      const change = api.call('PATCH', '/campaigns/1', { base_template: 'changed too late' })
      const removal = api.call('DELETE', '/campaigns/1')
      await waiting(2)
      commit.resolve()
      await starting
      expect((await change).json.error.code).toBe('CAMPAIGN_STATUS_CONFLICT')
      expect((await removal).json.error.code).toBe('CAMPAIGN_STATUS_CONFLICT')
      await other.close()
    })

    /** Resolves when so many sessions wait for a lock. */
    async function waiting(count: number): Promise<void> {
      for (;;) {
        const { rows } = await sql<{ n: number }>`
          select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        `.execute(database().db)
        if ((rows[0]?.n ?? 0) >= count) return
        await Bun.sleep(5)
      }
    }
  })

  describe('DELETE /campaigns/{id}', () => {
    test('takes its recipients along', async () => {
      await addCustomers(3)
      await api.call('POST', '/campaigns', { ...draft, scheduled_at: future })
      await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 2, 3] })
      const { status, text } = await api.call('DELETE', '/campaigns/1')
      expect([status, text]).toEqual([204, ''])
      expect(await database().db.selectFrom('outbound_messages').select('id').execute()).toEqual([])
      expect(await database().db.selectFrom('dispatch_chunks').select('id').execute()).toEqual([])
      expect((await api.call('GET', '/campaigns/1')).status).toBe(404)
    })
  })

  describe('POST /campaigns/{id}/send', () => {
    beforeEach(() => api.call('POST', '/campaigns', draft))

    test('queues each customer once and wakes the workers', async () => {
      await addCustomers(3)
      const first = await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 2, 2] })
      expect([first.status, first.json]).toEqual([
        200,
        { campaign_id: 1, messages_queued: 2, status: 'sending', audience_open: false },
      ])
      const again = await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 2, 3] })
      expect(again.json).toEqual({ campaign_id: 1, messages_queued: 1, status: 'sending', audience_open: false })
      expect(api.notified).toEqual(['ready', 'ready'])
      expect((await api.call('GET', '/campaigns/1')).json.stats).toEqual({ ...noStats, total: 3, pending: 3 })
    })

    test('only schedules while the time is ahead', async () => {
      await addCustomers(1)
      await api.call('PATCH', '/campaigns/1', { scheduled_at: future })
      const { json } = await api.call('POST', '/campaigns/1/send', { customer_ids: [1] })
      expect(json).toEqual({ campaign_id: 1, messages_queued: 1, status: 'scheduled', audience_open: false })
      expect(api.notified).toEqual(['scheduled', 'scheduled'])
    })

    test('names the customers that are missing and queues nothing', async () => {
      await addCustomers(1)
      const { status, json } = await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 7, 8] })
      expect([status, json.error.code]).toEqual([404, 'CUSTOMER_NOT_FOUND'])
      expect(JSON.stringify(json.error.details)).toContain('7')
      expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ status: 'draft', stats: noStats })
    })

    test('refuses no ids, too many ids, ids that are none, and a template with unknown fields', async () => {
      const code = async (customer_ids: unknown) =>
        (await api.call('POST', '/campaigns/1/send', { customer_ids })).json.error.code
      expect(await code([])).toBe('EMPTY_CUSTOMER_IDS')
      expect(await code(Array.from({ length: 100_001 }, (_, i) => i + 1))).toBe('TOO_MANY_CUSTOMER_IDS')
      expect(await code('1')).toBe('INVALID_REQUEST')
      await addCustomers(1)
      await api.call('PATCH', '/campaigns/1', { base_template: 'Hi {nmae_first}' })
      expect(await code([1])).toBe('TEMPLATE_UNKNOWN_PLACEHOLDER')
      const { json } = await api.call('PATCH', '/campaigns/1', { base_template: 'Hi {{first_name}}' })
      const warnings = ['"{{first_name}}" is not a placeholder and is sent as it is: write {first_name}']
      expect(json.warnings).toEqual(warnings)
      const preview = { customer_id: 1, override_template: 'Hi {{first_name}}' }
      expect((await api.call('POST', '/campaigns/1/personalized-preview', preview)).json.warnings).toEqual(warnings)
      const refused = (await api.call('POST', '/campaigns/1/send', { customer_ids: [1] })).json.error
      expect([refused.code, refused.details]).toEqual([
        'TEMPLATE_UNKNOWN_PLACEHOLDER',
        warnings.map((message) => ({ path: 'base_template', message })),
      ])
      expect((await api.call('POST', '/campaigns/9/send', { customer_ids: [1] })).json.error.code).toBe(
        'CAMPAIGN_NOT_FOUND',
      )
    })

    test('names the places of wrong ids, twenty at most', async () => {
      const customer_ids = [1, '2', 3.5, 0, ...Array.from({ length: 90_000 }, () => null)]
      const { status, json } = await api.call('POST', '/campaigns/1/send', { customer_ids })
      expect(status).toBe(400)
      expect(json.error.details).toHaveLength(20)
      expect(json.error.details[0]).toEqual({
        path: 'customer_ids[1]',
        message: 'customer_ids[1] must be a whole number, not text',
      })
      expect(json.error.message).toContain('20')
    })

    test('takes 100,000 ids in one call', async () => {
      await addCustomers(100_000)
      const customer_ids = Array.from({ length: 100_000 }, (_, i) => i + 1)
      const { json } = await api.call('POST', '/campaigns/1/send', { customer_ids })
      expect(json.messages_queued).toBe(100_000)
      expect((await api.call('GET', '/campaigns/1')).json.stats).toMatchObject({ total: 100_000, pending: 100_000 })
    }, 60_000)
  })
})
