import { beforeEach, expect, test } from 'bun:test'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { acceptedPhones, refusedPhones } from '../support/phone-spellings.ts'

const phone = '+254712345678'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
    api.state.sender = async () => ({ kind: 'accepted', id: 'p-1' })
    await api.call('POST', '/customers', { phone, first_name: 'Amina' })
    await api.call('POST', '/customers', { phone: '+254722345678' })
    await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'b' })
    await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 2] })
  })

  const importRow = (spelling: string) =>
    api.call('POST', '/customers/import', JSON.stringify({ phone: spelling }), {
      'content-type': 'application/x-ndjson',
    })

  test('every spelling of a number is one customer to create, import, both searches and a test send', async () => {
    for (const spelling of acceptedPhones.filter(({ length }) => length <= 50)) {
      const q = encodeURIComponent(spelling)
      const created = await api.call('POST', '/customers', { phone: spelling })
      const imported = await importRow(spelling)
      const answer = await api.call('GET', `/customers?q=${q}`)
      const recipients = await api.call('GET', `/campaigns/1/messages?q=${q}`)
      const sent = await api.call('POST', '/campaigns/1/test', { customer_id: 1, to: spelling })
      expect([
        spelling,
        created.json.error.code,
        imported.json.updated,
        answer.json.data.map((customer: { id: number }) => customer.id),
        recipients.json.data?.map((message: { customer: { id: number } }) => message.customer.id),
        sent.json.to,
      ]).toEqual([spelling, 'CUSTOMER_EXISTS', 1, [1], [1], phone])
    }
  })

  test('what one of them refuses, all refuse with one reason', async () => {
    for (const [spelling, reason] of refusedPhones) {
      const created = await api.call('POST', '/customers', { phone: spelling })
      const sent = await api.call('POST', '/campaigns/1/test', { customer_id: 1, to: spelling })
      if (created.json.error.message.startsWith('phone ')) continue
      const imported = await importRow(spelling)
      const reasons = [created.json.error.message, imported.json.refusals[0]?.message, sent.json.error.message]
      expect([spelling, ...reasons]).toEqual([spelling, ...Array(3).fill(created.json.error.message)])
      expect(reasons[0]).toContain(reason)
    }
  })
})
