import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { CAMPAIGNS_LOOKED_AT } from '../../core/messaging/recipients/of-customer.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

interface Row {
  readonly campaign: { readonly id: number }
  readonly status: string
}

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    const { db } = database()
    await emptyTables(db)
    api = openApi(db)
    await sql`insert into customers (phone) select '+2547' || (10000000 + i) from generate_series(1, 3) i`.execute(db)
  })

  const addCampaigns = (count: number) =>
    sql`insert into campaigns (name, channel, status, base_template)
      select 'c' || i, 'sms', 'sent', 'Hi' from generate_series(1, ${count}::int) i`.execute(database().db)
  /** @returns every message, and how many answers they came in */
  async function listAll(path: string) {
    const rows: Row[] = []
    let answers = 0
    for (let cursor: string | null = ''; cursor !== null; answers++) {
      const { json } = await api.call('GET', `${path}${cursor ? `&cursor=${cursor}` : ''}`)
      rows.push(...json.data)
      cursor = json.next_cursor
    }
    return { rows, answers }
  }

  test('GET /customers/{id}/messages shows what the customer was sent, the newest campaign first', async () => {
    const { db } = database()
    await addCampaigns(3)
    await sql`insert into outbound_messages (campaign_id, customer_id, status, attempts, last_error, history, rendered_content)
      values (1, 1, 'sent', 2, null, '[{"code": "timeout", "at": "2030-01-01T08:00:00Z"}]', 'Hi Amina'),
        (2, 1, 'failed', 1, 'provider.rejected', null, null), (2, 2, 'sent', 1, null, null, 'Hi you')`.execute(db)
    const { status, json } = await api.call('GET', '/customers/1/messages')
    expect(status).toBe(200)
    expect(json.next_cursor).toBeNull()
    expect(json.data).toMatchObject([
      {
        campaign: { id: 2, name: 'c2', channel: 'sms', status: 'sent' },
        status: 'failed',
        last_error: 'provider.rejected',
      },
      {
        campaign: { id: 1 },
        status: 'sent',
        attempts: 2,
        rendered_content: 'Hi Amina',
        history: [{ code: 'timeout', at: '2030-01-01T08:00:00.000Z' }],
      },
    ])
    expect((await api.call('GET', '/customers/3/messages')).json).toEqual({ data: [], next_cursor: null })
    expect((await api.call('GET', '/customers/4/messages')).json.error.code).toBe('CUSTOMER_NOT_FOUND')
    expect((await api.call('GET', '/customers/1/messages?cursor=x')).json.error.code).toBe('INVALID_REQUEST')
    expect((await api.call('GET', '/customers/x/messages')).json.error.code).toBe('INVALID_REQUEST')
  })

  test('a message that a worker has started is sending, as in the list of recipients', async () => {
    await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'Hi' })
    await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 2] })
    await sql`update dispatch_chunks set state = 'leased', started_upto = first_id`.execute(database().db)
    const statusOf = async (id: number) => (await api.call('GET', `/customers/${id}/messages`)).json.data[0].status
    expect([await statusOf(1), await statusOf(2)]).toEqual(['sending', 'pending'])
  })

  test('pages meet every message once, also among more campaigns than one answer looks at', async () => {
    const count = CAMPAIGNS_LOOKED_AT * 2 + 5
    await addCampaigns(count)
    const ids = [1, 2, 7, CAMPAIGNS_LOOKED_AT, CAMPAIGNS_LOOKED_AT + 6, count - 1, count]
    await sql`insert into outbound_messages (campaign_id, customer_id, status)
      select unnest(${ids}::int[]), 1, 'sent'`.execute(database().db)
    for (const limit of [1, 2, 3, 100]) {
      const { rows, answers } = await listAll(`/customers/1/messages?limit=${limit}`)
      expect([limit, rows.map(({ campaign }) => campaign.id)]).toEqual([limit, ids.toReversed()])
      expect(answers).toBeLessThanOrEqual(ids.length + 3)
    }
    expect((await listAll('/customers/1/messages?limit=100')).answers).toBe(3)
    const exact = await api.call('GET', '/customers/2/messages')
    expect(exact.json.data).toEqual([])
  })
})
