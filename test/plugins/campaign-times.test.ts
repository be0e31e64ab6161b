import { beforeEach, expect, test } from 'bun:test'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const draft = { name: 'Welcome', channel: 'sms', base_template: 'Hi {first_name}' }
const future = '2090-06-01T12:00:00+03:00'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  test('warns of a time in the past when it is created, changed and shown, until it is sent', async () => {
    await api.call('POST', '/customers', { phone: '+254710000001' })
    const id = (await api.call('GET', '/customers')).json.data[0].id
    const past = '2020-01-01T03:00:00+03:00'
    const warnings = [
      'scheduled_at 2020-01-01T00:00:00.000Z is in the past: the campaign is sent at once when /send is called',
    ]
    expect((await api.call('POST', '/campaigns', { ...draft, scheduled_at: past })).json).toMatchObject({ warnings })
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ warnings })
    const change = async (scheduled_at: string | null) =>
      (await api.call('PATCH', '/campaigns/1', { scheduled_at })).json.warnings
    expect([await change(null), await change(future), await change(past)]).toEqual([undefined, undefined, warnings])
    await api.call('POST', '/campaigns/1/send', { customer_ids: [id] })
    expect((await api.call('GET', '/campaigns/1')).json.warnings).toBeUndefined()
  })
})
