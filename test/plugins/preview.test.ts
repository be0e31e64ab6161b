import { beforeEach, expect, test } from 'bun:test'
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
      customer: {
        id: 1,
        first_name: '{last_name}',
        last_name: 'Otieno',
        phone: '+254712345678',
        location: null,
        prefered_product: null,
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
})
