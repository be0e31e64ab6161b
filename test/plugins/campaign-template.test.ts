/** Approved templates of campaigns: kept, changed, and refused with the place of what is wrong. */
import { beforeEach, expect, test } from 'bun:test'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const draft = { name: 'Welcome', channel: 'sms', base_template: 'Hi {first_name}' }

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const template = { name: 'spring_sale', language: 'en_US', parameters: ['{first_name|friend}', '{frist_name}'] }
  const whatsapp = { ...draft, channel: 'whatsapp' }

  test('takes an approved template, keeps it as it is, and warns of its unknown fields', async () => {
    const { status, json } = await api.call('POST', '/campaigns', { ...whatsapp, template })
    expect([status, json.template]).toEqual([201, template])
    expect(json.warnings).toEqual([expect.stringContaining('{first_name}')])
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ template, warnings: json.warnings })
    const changed = await api.call('PATCH', '/campaigns/1', { template: { ...template, parameters: [] } })
    expect(changed.json.template).toEqual({ ...template, parameters: [] })
    expect((await api.call('PATCH', '/campaigns/1', { template: null })).json.template).toBeNull()
  })

  test('is not sent with an unknown field in a parameter, whose place is named', async () => {
    const customer = await api.call('POST', '/customers', { phone: '+254712345678' })
    await api.call('POST', '/campaigns', { ...whatsapp, template })
    const send = () => api.call('POST', '/campaigns/1/send', { customer_ids: [customer.json.id] })
    const refused = await send()
    expect([refused.status, refused.json.error.code]).toEqual([400, 'TEMPLATE_UNKNOWN_PLACEHOLDER'])
    expect(refused.json.error.details).toEqual([
      { path: 'template.parameters[1]', message: expect.stringContaining('did you mean "{first_name}"') },
    ])
    await api.call('PATCH', '/campaigns/1', { template: { ...template, parameters: ['{first_name|friend}'] } })
    expect((await send()).json).toMatchObject({ messages_queued: 1 })
  })

  test('refuses a template on SMS, however it comes about', async () => {
    const refused = [{ path: 'template', message: expect.stringContaining('set channel to whatsapp') }]
    const made = await api.call('POST', '/campaigns', { ...draft, template })
    expect([made.status, made.json.error.details]).toEqual([400, refused])
    await api.call('POST', '/campaigns', { ...whatsapp, template })
    const changed = await api.call('PATCH', '/campaigns/1', { channel: 'sms' })
    expect([changed.status, changed.json.error.details]).toEqual([400, refused])
    expect((await api.call('GET', '/campaigns/1')).json.channel).toBe('whatsapp')
  })

  test.each<[string, unknown, string]>([
    ['of another type', 'spring_sale', 'template'],
    ['without a name', { ...template, name: '' }, 'template.name'],
    ['without a language', { name: 'a', parameters: [] }, 'template.language'],
    ['with a number', { ...template, parameters: ['a', 5] }, 'template.parameters[1]'],
    ['with an empty parameter', { ...template, parameters: [' '] }, 'template.parameters[0]'],
    ['with too many parameters', { ...template, parameters: Array(51).fill('a') }, 'template.parameters'],
    ['with an unknown field', { ...template, header: 'a' }, 'template.header'],
  ])('names what is wrong in a template %s', async (_what, wrong, path) => {
    const { status, json } = await api.call('POST', '/campaigns', { ...whatsapp, template: wrong })
    expect([status, json.error.details?.map((detail: { path: string }) => detail.path)]).toEqual([400, [path]])
  })
})
