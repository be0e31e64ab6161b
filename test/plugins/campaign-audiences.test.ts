/** /send with an audience of segments and rules in place of ids. */
import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
    await api.call('POST', '/campaigns', { name: 'Welcome', channel: 'sms', base_template: 'Hi {first_name}' })
    await sql`insert into customers (phone) select '+2547' || (10000000 + i) from generate_series(1, 3) i`.execute(
      database().db,
    )
  })

  test('takes an audience in place of ids, answers at once, and wakes the scheduler', async () => {
    const audience = { rules: { field: 'phone', starts_with: '+25471' }, exclude: { campaign_ids: [1] } }
    const { status, json } = await api.call('POST', '/campaigns/1/send', { audience })
    const waiting = { messages_queued: 0, status: 'sending', audience_open: true, queueing: true }
    expect([status, json]).toEqual([202, { campaign_id: 1, ...waiting }])
    expect(api.notified).toEqual(['audience'])
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({
      audience_open: true,
      queueing: true,
      waiting: { reason: 'no_scheduler' },
    })
    expect((await api.call('GET', '/campaigns/1/audiences')).json).toEqual({
      data: [{ audience, status: 'queueing', queued: 0, created_at: expect.any(String), done_at: null }],
    })
    // It is the scheduler that closes this audience.
    const closing = await api.call('POST', '/campaigns/1/close-audience')
    expect(closing.json).toEqual({ campaign_id: 1, status: 'sending', audience_open: true })
  })

  test.each([
    ['neither ids nor an audience', {}, 'customer_ids', 'customer_ids is missing'],
    ['both', { customer_ids: [1], audience: { everyone: true } }, 'customer_ids', 'must be absent'],
    ['evaluate without an audience', { customer_ids: [1], evaluate: 'now' }, 'evaluate', 'goes with an audience'],
    ['another word', { audience: { everyone: true }, evaluate: 'later' }, 'evaluate', 'at_start'],
    ['an unknown field', { audience: { everybody: true } }, 'audience.everybody', ''],
    [
      'an unknown field of exclude',
      { audience: { everyone: true, exclude: { tag: 'x' } } },
      'audience.exclude.tag',
      '',
    ],
    ['an empty list', { audience: { segment_ids: [] } }, 'audience.segment_ids', ''],
    [
      'too many segments',
      { audience: { segment_ids: Array.from({ length: 21 }, (_, i) => i + 1) } },
      'audience.segment_ids',
      '20',
    ],
    ['a rule that is none', { audience: { rules: [] } }, 'audience.rules', ''],
    ['a bad rule', { audience: { rules: { field: 'loaction', is: 'x' } } }, 'audience.rules.field', 'location'],
  ])('refuses %s, and names the place', async (_, body, path, words) => {
    const { status, json } = await api.call('POST', '/campaigns/1/send', body)
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST'])
    expect(json.error.details[0].path).toBe(path)
    expect(json.error.message).toContain(words)
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ status: 'draft', audience_open: false })
  })

  test('lists no audiences of a campaign that has none, and refuses one that is not there', async () => {
    expect((await api.call('GET', '/campaigns/1/audiences')).json).toEqual({ data: [] })
    const { status, json } = await api.call('GET', '/campaigns/9/audiences')
    expect([status, json.error.code]).toEqual([404, 'CAMPAIGN_NOT_FOUND'])
  })

  test('goes with its campaign when that is deleted', async () => {
    await api.call('PATCH', '/campaigns/1', { scheduled_at: '2090-06-01T12:00:00Z' })
    await api.call('POST', '/campaigns/1/send', { audience: { everyone: true } })
    expect((await api.call('DELETE', '/campaigns/1')).status).toBe(204)
    expect(await database().db.selectFrom('selections').select('id').execute()).toEqual([])
  })
})
