/** Attributes in the texts of campaigns: previewed, tested, warned of, and refused before they are sent. */
import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
    await api.call('POST', '/attributes', { name: 'points', type: 'number' })
    await api.call('POST', '/attributes', { name: 'due', type: 'date' })
    const customer = { phone: '+254712345678', language: 'de', attributes: { points: 1234.5, due: '2030-01-31' } }
    await api.call('POST', '/customers', customer)
    await api.call('POST', '/customers', { phone: '+254712345679' })
  })

  const campaign = async (base_template: string, more: object = {}) =>
    (await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template, ...more })).json
  const text = '{points:number|0} until {due:date|soon} ({attributes.points})'

  test('a preview fills them in by the customer’s language', async () => {
    await campaign(text)
    const preview = async (body: object) => (await api.call('POST', '/campaigns/1/personalized-preview', body)).json
    expect(await preview({ customer_id: 1 })).toMatchObject({
      rendered_message: '1.234,5 until 31. Januar 2030 (1234.5)',
      customer: { language: 'de', attributes: { points: 1234.5, due: '2030-01-31' } },
    })
    expect(await preview({ customer_id: 2 })).toMatchObject({
      rendered_message: '0 until soon ()',
      customer: { language: null, attributes: {} },
    })
    expect(await preview({ customer_id: 1, override_template: '{poits} {points}' })).toMatchObject({
      rendered_message: '{poits} 1234.5',
      warnings: ['Unknown placeholder "{poits}": did you mean "{points}"?'],
    })
  })

  test('a test message has them, and so has an approved template', async () => {
    const sent: OutboundMessage[] = []
    api.state.sender = async (message) => {
      sent.push(message)
      return { kind: 'accepted', id: 'x' }
    }
    const template = { name: 'x', language: 'en', parameters: ['{points:number|0}', '{due:date|soon}'] }
    await campaign(text, { channel: 'whatsapp', template })
    const { json } = await api.call('POST', '/campaigns/1/test', { to: '0712345678', customer_id: 1 })
    expect(json.rendered_message).toBe('1.234,5 until 31. Januar 2030 (1234.5)')
    expect(sent[0]?.template?.parameters).toEqual(['1.234,5', '31. Januar 2030'])
    const { json: shown } = await api.call('POST', '/campaigns/1/personalized-preview', { customer_id: 2 })
    expect(shown.template.parameters).toEqual(['0', 'soon'])
  })

  test('a campaign warns of what is no attribute, and of spoilt ones, wherever it is shown', async () => {
    expect((await campaign(text)).warnings).toBeUndefined()
    const unknown = await campaign('{poits} {{points}} {due:number}')
    expect(unknown.warnings).toEqual([
      'Unknown placeholder "{poits}": did you mean "{points}"?',
      'Unknown placeholder "{due:number}": did you mean "{due:date}"?',
      '"{{points}}" is not a placeholder and is sent as it is: write {points}',
    ])
    const { json } = await api.call('GET', '/campaigns')
    expect(json.data.map(({ warnings }: { warnings?: string[] }) => warnings)).toEqual([unknown.warnings, undefined])
    expect((await api.call('GET', '/campaigns/2')).json.warnings).toEqual(unknown.warnings)
    const changed = await api.call('PATCH', '/campaigns/2', { base_template: '{points}' })
    expect(changed.json.warnings).toBeUndefined()
    await api.call('PATCH', '/campaigns/1', { base_template: 'Hi' })
    await api.call('PATCH', '/campaigns/2', { base_template: 'Hi {points}' })
    await api.call('POST', '/campaigns/2/cancel')
    await api.call('DELETE', '/attributes/points')
    const [warning] = (await api.call('GET', '/campaigns/2')).json.warnings
    expect(warning).toStartWith('Unknown placeholder "{points}"')
  })

  test('a campaign is sent with attributes that are declared, and with no others', async () => {
    await campaign(text)
    await campaign('{poits}')
    const send = (id: number) => api.call('POST', `/campaigns/${id}/send`, { customer_ids: [1, 2] })
    expect((await send(1)).json).toMatchObject({ messages_queued: 2 })
    const refused = await send(2)
    expect([refused.status, refused.json.error.code, refused.json.error.details]).toEqual([
      400,
      'TEMPLATE_UNKNOWN_PLACEHOLDER',
      [{ path: 'base_template', message: 'Unknown placeholder "{poits}": did you mean "{points}"?' }],
    ])
  })

  test('failed messages are not retried with an attribute that was removed when the campaign was over', async () => {
    const { db } = database()
    await campaign(text)
    await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 2] })
    // As a worker leaves them that was refused.
    await sql`update outbound_messages set status = 'failed', turn = 1, last_error = 'provider.rejected'`.execute(db)
    await sql`update dispatch_chunks set state = 'done', failed = size`.execute(db)
    await sql`update campaigns set status = 'failed', completed_at = now(), total = 2, failed = 2`.execute(db)
    expect((await api.call('DELETE', '/attributes/points')).status).toBe(204)
    const retry = () => api.call('POST', '/campaigns/1/retry-failed', {})
    const refused = await retry()
    expect([refused.status, refused.json.error.code]).toEqual([400, 'TEMPLATE_UNKNOWN_PLACEHOLDER'])
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ status: 'failed', stats: { failed: 2 } })
    await api.call('POST', '/attributes', { name: 'points', type: 'number' })
    expect((await retry()).json).toMatchObject({ messages_queued: 2, status: 'sending' })
  })
})
