/** Texts of campaigns by language: kept, changed, checked, previewed and tested. */
import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const draft = { name: 'Welcome', channel: 'sms', base_template: 'Hi {first_name|there}' }
const texts = { sw: 'Habari {first_name|rafiki}', fr: 'Bonjour {first_name|à vous}' }

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const make = async (more: object) => (await api.call('POST', '/campaigns', { ...draft, ...more })).json
  const change = (body: object) => api.call('PATCH', '/campaigns/1', body)
  const detailsOf = ({ status, json }: { status: number; json: { error: { details: unknown } } }) => [
    status,
    json.error.details,
  ]

  test('are shown under their tags, replaced together, and removed', async () => {
    expect((await make({ texts: { sw: 'a', pt_br: 'b', 'zh-hant-tw': 'c' } })).texts).toEqual({
      sw: 'a',
      'pt-BR': 'b',
      'zh-Hant-TW': 'c',
    })
    expect((await api.call('GET', '/campaigns')).json.data[0].texts['pt-BR']).toBe('b')
    expect((await change({ texts })).json.texts).toEqual(texts)
    expect((await change({ name: 'Other' })).json.texts).toEqual(texts)
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ texts, base_template: draft.base_template })
    expect((await change({ texts: null })).json.texts).toBeNull()
    await change({ texts })
    expect((await change({ texts: {} })).json.texts).toBeNull()
    expect((await make({})).texts).toBeNull()
  })

  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, nth) => [`a${String.fromCharCode(97 + (nth % 26))}-${100 + nth}`, 'x']),
    )

  test.each<[string, unknown, string]>([
    ['that is a list', ['Hi'], 'texts'],
    ['that is text', 'Hi', 'texts'],
    ['under no tag', { english: 'Hi' }, 'texts.english'],
    ['under an empty tag', { '': 'Hi' }, 'texts.'],
    ['that is empty', { sw: ' ' }, 'texts.sw'],
    ['that is null', { sw: null }, 'texts.sw'],
    ['that is too long', { sw: 'x'.repeat(4097) }, 'texts.sw'],
    ['that no database stores', { sw: 'a\u0000' }, 'texts.sw'],
    ['twice', { sw: 'a', SW: 'b' }, 'texts.SW'],
    ['in too many languages', many(31), 'texts'],
  ])('names what is wrong with a text %s', async (_what, wrong, path) => {
    const { status, json } = await api.call('POST', '/campaigns', { ...draft, texts: wrong })
    expect([status, json.error.details?.map((detail: { path: string }) => detail.path)]).toEqual([400, [path]])
  })

  test('may be 30 of 4096 characters, and all problems are named at once', async () => {
    const largest = Object.fromEntries(Object.keys(many(30)).map((tag) => [tag, '🎉'.repeat(4096)]))
    expect(Object.keys((await make({ texts: largest })).texts)).toHaveLength(30)
    const { json } = await api.call('POST', '/campaigns', { ...draft, texts: { sw: '', fr: 5, english: 'a' } })
    expect(json.error.details.map(({ path }: { path: string }) => path)).toEqual([
      'texts.sw',
      'texts.fr',
      'texts.english',
    ])
  })

  test('go without an approved template, however both come about', async () => {
    const template = { name: 'spring_sale', language: 'en_US', parameters: [] }
    const refused = [{ path: 'texts', message: expect.stringContaining('leave texts out') }]
    const both = { channel: 'whatsapp', template, texts }
    expect(detailsOf(await api.call('POST', '/campaigns', { ...draft, ...both }))).toEqual([400, refused])
    await make({ channel: 'whatsapp', texts })
    expect(detailsOf(await change({ template }))).toEqual([400, refused])
    expect((await change({ template, texts: null })).json).toMatchObject({ template, texts: null })
    expect(detailsOf(await change({ texts }))).toEqual([400, refused])
    expect((await change({ template: null, texts })).json).toMatchObject({ template: null, texts })
  })

  test('are warned of and refused like the default, and cannot be changed once the campaign is sent', async () => {
    await api.call('POST', '/customers', { phone: '+254712345678', language: 'sw' })
    const wrong = { ...texts, sw: 'Habari {frist_name} {{location}}' }
    expect((await make({ texts: wrong })).warnings).toEqual([
      'sw: Unknown placeholder "{frist_name}": did you mean "{first_name}"?',
      'sw: "{{location}}" is not a placeholder and is sent as it is: write {location}',
    ])
    const send = () => api.call('POST', '/campaigns/1/send', { customer_ids: [1] })
    const refused = await send()
    expect([refused.json.error.code, ...detailsOf(refused)]).toEqual([
      'TEMPLATE_UNKNOWN_PLACEHOLDER',
      400,
      [
        { path: 'texts.sw', message: expect.stringContaining('{frist_name}') },
        { path: 'texts.sw', message: expect.stringContaining('{{location}}') },
      ],
    ])
    expect((await change({ texts })).json.warnings).toBeUndefined()
    expect((await send()).json).toMatchObject({ messages_queued: 1 })
    expect((await change({ texts: null })).json.error.code).toBe('CAMPAIGN_STATUS_CONFLICT')
  })

  test('keep the attributes that they name from being removed', async () => {
    await api.call('POST', '/attributes', { name: 'points', type: 'number' })
    await make({ texts: { sw: 'Una {points} pointi' } })
    const refused = await api.call('DELETE', '/attributes/points')
    expect([refused.status, refused.json.error.details.campaign_ids]).toEqual([409, [1]])
    await change({ texts: { sw: 'Una points' } })
    expect((await api.call('DELETE', '/attributes/points')).status).toBe(204)
  })

  test('are not retried with an attribute that was removed when the campaign was over', async () => {
    const { db } = database()
    await api.call('POST', '/customers', { phone: '+254712345678' })
    await api.call('POST', '/attributes', { name: 'points', type: 'number' })
    await make({ texts: { sw: 'Una {points}' } })
    await api.call('POST', '/campaigns/1/send', { customer_ids: [1] })
    await sql`update outbound_messages set status = 'failed', turn = 1, last_error = 'provider.rejected'`.execute(db)
    await sql`update dispatch_chunks set state = 'done', failed = size`.execute(db)
    await sql`update campaigns set status = 'failed', completed_at = now(), total = 1, failed = 1`.execute(db)
    await api.call('DELETE', '/attributes/points')
    const refused = await api.call('POST', '/campaigns/1/retry-failed', {})
    expect(refused.json.error).toMatchObject({
      code: 'TEMPLATE_UNKNOWN_PLACEHOLDER',
      details: [{ path: 'texts.sw' }],
    })
  })

  const preview = async (body: object) => (await api.call('POST', '/campaigns/1/personalized-preview', body)).json

  test('are previewed by the customer’s language, or by another one', async () => {
    await api.call('POST', '/attributes', { name: 'points', type: 'number' })
    await make({ texts: { ...texts, fr: 'Bonjour {first_name}: {points:number}' } })
    const values = { first_name: 'Asha', attributes: { points: 1234.5 } }
    await api.call('POST', '/customers', { phone: '+254712345678', language: 'sw-KE', ...values })
    await api.call('POST', '/customers', { phone: '+254712345679', ...values })
    expect(await preview({ customer_id: 1 })).toMatchObject({
      rendered_message: 'Habari Asha',
      used_template: texts.sw,
      used_text: 'texts.sw',
      language: 'sw-KE',
      customer: { id: 1, language: 'sw-KE' },
    })
    expect(await preview({ customer_id: 2 })).toMatchObject({
      rendered_message: 'Hi Asha',
      used_text: 'base_template',
      language: 'en',
      customer: { language: null },
    })
    expect(await preview({ customer_id: 1, language: 'fr_be' })).toMatchObject({
      rendered_message: 'Bonjour Asha: 1 234,5',
      used_text: 'texts.fr',
      language: 'fr-BE',
      customer: { id: 1, language: 'sw-KE' },
    })
    expect(await preview({ customer_id: 1, override_template: 'x' })).toMatchObject({
      rendered_message: 'x',
      used_text: 'override_template',
    })
  })

  test('are previewed for a reader of a language, and for a made-up one where there is none', async () => {
    await api.call('POST', '/attributes', { name: 'due', type: 'date' })
    await make({ texts: { sw: 'Habari {first_name}, {due:date}' } })
    const madeUp = await preview({ language: 'sw' })
    expect(madeUp).toMatchObject({ used_text: 'texts.sw', language: 'sw', customer: { id: null, language: 'sw' } })
    expect(madeUp.rendered_message).toBe('Habari Amina, 31 Januari 2030')
    for (const [nth, language] of ['sw-TZ', 'fr', 'sw', null].entries())
      await api.call('POST', '/customers', { phone: `+25471234567${nth}`, first_name: `Asha ${nth}`, language })
    expect((await preview({ language: 'sw' })).customer).toMatchObject({ id: 3, language: 'sw' })
    expect((await preview({ language: 'sw-TZ' })).customer).toMatchObject({ id: 1, language: 'sw-TZ' })
    expect(await preview({ language: 'swg' })).toMatchObject({ used_text: 'base_template', customer: { id: null } })
    expect((await preview({})).error.details).toEqual([
      { path: 'customer_id', message: expect.stringContaining('or a language') },
    ])
    expect((await preview({ language: 'english' })).error.details).toMatchObject([{ path: 'language' }])
    expect((await preview({ language: 'sw', customer_id: 99 })).error.code).toBe('CUSTOMER_NOT_FOUND')
  })

  test('are counted by a dry run as each customer gets theirs', async () => {
    await make({ base_template: 'Hi', texts: { sw: `Habari {first_name} ${'x'.repeat(200)}` } })
    for (const [nth, language] of ['sw-KE', 'fr', null].entries())
      await api.call('POST', '/customers', { phone: `+25471234567${nth}`, language })
    const { json } = await api.call('POST', '/campaigns/1/dry-run', { customer_ids: [1, 2, 3] })
    expect(json).toMatchObject({
      parts: { least: 1, most: 2, total: 4 },
      missing_values: [{ field: 'first_name', recipients: 1 }],
    })
  })

  test('are tested in the customer’s language, or in another one', async () => {
    const sent: OutboundMessage[] = []
    api.state.sender = async (message) => {
      sent.push(message)
      return { kind: 'accepted', id: 'x' }
    }
    await make({ texts })
    await api.call('POST', '/customers', { phone: '+254712345678', first_name: 'Asha', language: 'sw' })
    const sendTest = async (more: object) =>
      (await api.call('POST', '/campaigns/1/test', { to: '0712345678', customer_id: 1, ...more })).json
    expect(await sendTest({})).toMatchObject({ rendered_message: 'Habari Asha', used_text: 'texts.sw' })
    expect(await sendTest({ language: 'fr-CA' })).toMatchObject({ used_text: 'texts.fr' })
    expect(await sendTest({ language: 'de' })).toMatchObject({ used_text: 'base_template' })
    expect(sent.map(({ text }) => text)).toEqual(['Habari Asha', 'Bonjour Asha', 'Hi Asha'])
  })
})
