import { beforeEach, expect, test } from 'bun:test'
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  let api: Api
  const preview = (body: unknown, id: number | string = 1) =>
    api.call('POST', `/campaigns/${id}/personalized-preview`, body)

  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
    await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'Hi {first_name|there}' })
    await api.call('POST', '/customers', { phone: '+254712345678', first_name: '{last_name}', last_name: 'Otieno' })
  })

  test('renders the campaign’s template in one pass and shows the customer', async () => {
    const { status, json } = await preview({ customer_id: 1 })
    expect(status).toBe(200)
    expect(json).toEqual({
      rendered_message: 'Hi {last_name}',
      used_template: 'Hi {first_name|there}',
      used_text: 'base_template',
      language: 'en',
      template: null,
      customer: {
        id: 1,
        first_name: '{last_name}',
        last_name: 'Otieno',
        phone: '+254712345678',
        location: null,
        prefered_product: null,
        language: null,
        attributes: {},
      },
    })
  })

  test('takes another template, and warns of its unknown fields', async () => {
    const other = await preview({ customer_id: 1, override_template: '{preferred_product|lamp} for {lastname}' })
    expect(other.json).toMatchObject({
      rendered_message: 'lamp for {lastname}',
      used_template: '{preferred_product|lamp} for {lastname}',
      warnings: [expect.stringContaining('{last_name}')],
    })
    expect((await preview({ customer_id: 1, override_template: null })).json.used_template).toBe(
      'Hi {first_name|there}',
    )
    expect((await preview({ customer_id: 1, override_template: ' ' })).status).toBe(400)
  })

  test('answers 404 for an unknown campaign or customer', async () => {
    expect((await preview({ customer_id: 1 }, 9)).json.error.code).toBe('CAMPAIGN_NOT_FOUND')
    expect((await preview({ customer_id: 9 })).json.error.code).toBe('CUSTOMER_NOT_FOUND')
  })

  test('shows an approved template filled in, and a test sends it', async () => {
    const template = { name: 'spring_sale', language: 'en_US', parameters: ['{last_name}', '{location}'] }
    const body = { name: 'b', channel: 'whatsapp', base_template: 'Hi {last_name}', template }
    const { id } = (await api.call('POST', '/campaigns', body)).json
    expect((await preview({ customer_id: 1 }, id)).json.template).toEqual({ ...template, parameters: ['Otieno', ''] })
    const refused = await sendTest({ to: '0712345678', customer_id: 1 }, id)
    expect([refused.status, refused.json.error.details]).toEqual([
      400,
      [{ path: 'customer_id', message: expect.stringContaining('Parameter 2 of the template is empty') }],
    ])
    const sent: OutboundMessage[] = []
    api.state.sender = async (message) => {
      sent.push(message)
      return { kind: 'accepted', id: 'p-1' }
    }
    await api.call('PATCH', '/customers/1', { location: 'Nairobi' })
    expect((await sendTest({ to: '0712345678', customer_id: 1 }, id)).status).toBe(200)
    expect(sent).toMatchObject([{ text: 'Hi Otieno', template: { ...template, parameters: ['Otieno', 'Nairobi'] } }])
  })

  const sendTest = (body: unknown, id = 1) => api.call('POST', `/campaigns/${id}/test`, body)

  test('sends the text to one phone, once, and outside of the campaign’s figures', async () => {
    const sent: OutboundMessage[] = []
    api.state.sender = async (message) => {
      sent.push(message)
      return { kind: 'accepted', id: 'p-1' }
    }
    const { status, json } = await sendTest({ to: '0722 000 111', customer_id: 1 })
    expect(status).toBe(200)
    expect(json).toEqual({
      to: '+254722000111',
      rendered_message: 'Hi {last_name}',
      used_text: 'base_template',
      outcome: 'accepted',
      provider_message_id: 'p-1',
      error: null,
    })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ to: '+254722000111', text: 'Hi {last_name}', channel: 'sms', campaignId: 1 })
    expect(sent[0]?.idempotencyKey).toMatch(/^msg:test-/)
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ status: 'draft', stats: { total: 0 } })
    expect(JSON.stringify(api.logged)).not.toContain('254722000111')
  })

  test('goes by the senders of the phone’s country, and by the sender of the campaign before them', async () => {
    const { db } = database()
    api.state.sender = async () => ({ kind: 'accepted', id: 'p-1' })
    // A sender that this process does not have.
    await db
      .insertInto('senders')
      .values({ name: 'far', kind: 'test', channels: ['sms'] })
      .execute()
    await db
      .insertInto('country_routes')
      .values({ channel: 'sms', country: 'KE', senders: ['far'] })
      .execute()
    const answerTo = async (to: string) => (await sendTest({ to, customer_id: 1 })).status
    expect([await answerTo('+254722000111'), await answerTo('+14165550123')]).toEqual([409, 200])
    await db.updateTable('campaigns').set({ sender: 'sms' }).execute()
    expect(await answerTo('+254722000111')).toBe(200)
    await db.updateTable('campaigns').set({ sender: 'far' }).execute()
    expect(await answerTo('+14165550123')).toBe(409)
  })

  test.each([
    [{ kind: 'rejected', code: 'provider.rejected', permanent: true }, 'provider.rejected'],
    [{ kind: 'throttled', retryAfterMs: 1000 }, 'provider.throttled'],
    [{ kind: 'unknown', code: 'timeout' }, 'timeout'],
  ] as const)('says what the provider answered: %p', async (outcome, error) => {
    api.state.sender = async () => outcome
    const { json } = await sendTest({ to: '+254722000111', customer_id: 1 })
    expect(json).toMatchObject({ outcome: outcome.kind, provider_message_id: null, error })
  })

  test('a sender that throws has not answered', async () => {
    api.state.sender = async () => {
      throw new Error('secret')
    }
    const { status, text } = await sendTest({ to: '+254722000111', customer_id: 1 })
    expect([status, text.includes('secret')]).toEqual([200, false])
    expect(JSON.parse(text)).toMatchObject({ outcome: 'unknown', error: 'sender.error' })
  })

  test('refuses what is no phone, and what is not there', async () => {
    expect((await sendTest({ to: 'nobody', customer_id: 1 })).json.error).toMatchObject({
      code: 'INVALID_REQUEST',
      details: [{ path: 'to' }],
    })
    expect((await sendTest({ to: '+254722000111', customer_id: 9 })).json.error.code).toBe('CUSTOMER_NOT_FOUND')
    expect((await sendTest({ to: '+254722000111', customer_id: 1 }, 9)).json.error.code).toBe('CAMPAIGN_NOT_FOUND')
  })
})
