import { afterEach, beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, openDispatch, outcome, outcomes, range, startCampaign } from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'

eachDatabase((database) => {
  const db = () => database().db
  let api: Api
  beforeEach(async () => {
    await emptyTables(db())
    api = openApi(db())
  })
  afterEach(() => expectInvariant(db()))
  const post = (path: string, body?: unknown) => api.call('POST', `/campaigns/${path}`, body)

  test('pause, resume and cancel, each where it makes sense', async () => {
    await startCampaign(db(), 1200)
    expect(await post('1/resume')).toMatchObject({ status: 409 })
    expect((await post('1/pause')).json).toEqual({ campaign_id: 1, status: 'paused' })
    expect((await post('1/pause')).json.error).toEqual({
      code: 'CAMPAIGN_STATUS_CONFLICT',
      message: 'Cannot pause campaign 1: it is "paused", and must be "sending"',
      details: { status: 'paused', allowed: ['sending'] },
    })
    expect((await api.call('GET', '/campaigns?status=paused')).json.pagination.total_count).toBe(1)
    expect((await post('1/resume')).json).toEqual({ campaign_id: 1, status: 'sending' })
    expect(api.notified.at(-1)).toBe('ready')
    expect((await post('1/cancel')).json).toEqual({ campaign_id: 1, status: 'cancelled' })
    const { json } = await api.call('GET', '/campaigns/1')
    expect(json).toMatchObject({ status: 'cancelled', stats: { total: 1200, skipped: 1200, pending: 0 } })
    const { json: messages } = await api.call('GET', '/campaigns/1/messages?limit=1&status=skipped')
    expect(messages.data[0]).toMatchObject({ last_error: 'cancelled', attempts: 0, history: [] })
    expect((await post('1/cancel')).status).toBe(409)
    expect((await post('9/cancel')).json.error.code).toBe('CAMPAIGN_NOT_FOUND')
    expect((await post('1/send', { customer_ids: [1] })).json.error.code).toBe('INVALID_CAMPAIGN_STATUS')
  })

  test('a scheduled campaign is rescheduled, or cancelled', async () => {
    const id = await addCampaign(db(), 3600)
    const patched = await api.call('PATCH', `/campaigns/${id}`, { scheduled_at: '2099-01-01T00:00:00Z' })
    expect(patched.json).toMatchObject({ status: 'scheduled', scheduled_at: '2099-01-01T00:00:00.000Z' })
    expect((await post(`${id}/cancel`)).json.status).toBe('cancelled')
    expect((await api.call('PATCH', `/campaigns/${id}`, { scheduled_at: null })).status).toBe(409)
  })

  /** 1-3 failed for their number, 4 for the provider, 5 is in doubt, 6-10 were sent. */
  async function over() {
    const { take, report, complete, campaignId } = await startCampaign(db(), 10)
    const results = [
      ...outcomes(range(1, 3), 'failed', { code: 'provider.rejected' }),
      outcome(4, 'failed', { code: 'provider.unavailable' }),
      outcome(5, 'unknown', { code: 'timeout' }),
      ...outcomes(range(6, 10), 'sent'),
    ]
    await report(await take(), { results, startedUpto: '10', next: 'done' })
    await complete(campaignId)
  }

  test('failures are counted by reason', async () => {
    await over()
    expect((await api.call('GET', '/campaigns/1/failures')).json).toEqual({
      campaign_id: 1,
      status: 'sent',
      failures: [
        { status: 'failed', code: 'provider.rejected', count: 3 },
        { status: 'failed', code: 'provider.unavailable', count: 1 },
        { status: 'unknown', code: 'timeout', count: 1 },
      ],
    })
    expect((await api.call('GET', '/campaigns/2/failures')).status).toBe(404)
  })

  test('failures of chunks that an earlier version counted are read from their messages', async () => {
    await over()
    const { json } = await api.call('GET', '/campaigns/1/failures')
    const { reasons } = await database().db.selectFrom('dispatch_chunks').select('reasons').executeTakeFirstOrThrow()
    await database().db.updateTable('dispatch_chunks').set({ reasons: null }).execute()
    expect((await api.call('GET', '/campaigns/1/failures')).json).toEqual(json)
    await database().db.updateTable('dispatch_chunks').set({ reasons }).execute()
  })

  test('retry-failed tries all again, or those of a reason, and never what is in doubt', async () => {
    await over()
    const some = await post('1/retry-failed', { codes: ['provider.unavailable'] })
    expect(some.json).toEqual({ campaign_id: 1, messages_queued: 1, status: 'sending' })
    expect((await post('1/retry-failed')).json).toEqual({ campaign_id: 1, messages_queued: 3, status: 'sending' })
    expect((await post('1/retry-failed', {})).json.messages_queued).toBe(0)
    const { stats } = (await api.call('GET', '/campaigns/1')).json
    expect(stats).toMatchObject({ total: 10, pending: 4, sending: 0, sent: 5, failed: 0, skipped: 0, unknown: 1 })
    const { json } = await api.call('GET', '/campaigns/1/messages?limit=1')
    expect(json.data[0]).toMatchObject({ status: 'pending', attempts: 0, history: [{ code: 'provider.rejected' }] })
    expect((await post('1/retry-failed', { code: 'x' })).status).toBe(400)
  })

  test.each([
    ['sent', { sent: 6, failed: 4, unknown: 0 }, 'sent'],
    ['failed', { sent: 5, failed: 5, unknown: 0 }, 'sent'],
    ['resend', { sent: 5, failed: 4, unknown: 0, pending: 1 }, 'sending'],
  ] as const)('resolve-unknown as %s', async (as, stats, status) => {
    await over()
    const { json } = await post('1/resolve-unknown', { as })
    expect(json).toEqual({ campaign_id: 1, messages_resolved: 1, status })
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ stats, status })
    expect((await post('1/resolve-unknown', { as: 'maybe' })).json.error.details[0].path).toBe('as')
  })

  test('expires_at: after the start, shown in UTC, and a claim knows how long it has', async () => {
    const base = { name: 'a', channel: 'sms', base_template: 'Hi' }
    const create = (body: object) => api.call('POST', '/campaigns', { ...base, ...body })
    expect((await create({ expires_at: '2020-01-01T00:00:00Z' })).json.error.details[0].path).toBe('expires_at')
    const times = { scheduled_at: '2099-01-01T00:00:00Z', expires_at: '2099-01-01T00:00:00Z' }
    expect((await create(times)).json.error.message).toBe('expires_at must be after scheduled_at, or absent')
    const { json } = await create({ expires_at: '2099-01-01T03:00:00+03:00' })
    expect(json).toMatchObject({ status: 'draft', expires_at: '2099-01-01T00:00:00.000Z' })
    const patch = (body: object) => api.call('PATCH', `/campaigns/${json.id}`, body)
    expect((await patch({ scheduled_at: '2099-01-02T00:00:00Z' })).status).toBe(400)
    expect((await api.call('GET', `/campaigns/${json.id}`)).json.scheduled_at).toBeNull()
    expect((await patch({ expires_at: null })).json.expires_at).toBeNull()
    await db().insertInto('customers').values({ phone: '+254712345678' }).execute()
    await post(`${json.id}/send`, { customer_ids: [1] })
    await db().updateTable('campaigns').set({ expires_at: sql<Date>`now() + interval '1 minute'` }).execute()
    const lease = await openDispatch(db()).take()
    expect(lease.expires_in_ms).toBeGreaterThan(50_000)
    expect(lease.expires_in_ms).toBeLessThan(60_001)
  })
})
