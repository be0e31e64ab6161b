/** POST /campaigns/{id}/dry-run: its answer, its cost and time, and what it refuses. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  let api: Api
  const db = () => database().db
  beforeEach(async () => {
    await emptyTables(db())
    api = openApi(db())
    await create({ base_template: 'Hi {first_name}, {points} points’' })
    await api.call('POST', '/attributes', { name: 'points', type: 'number' })
    await db()
      .insertInto('customers')
      .values([
        { phone: '+254712345001', first_name: 'Amina' },
        { phone: '+254712345002', first_name: null },
        { phone: '+254712345003', first_name: 'Zoë', attributes: sql`'{"points": 7}'::jsonb` as never },
        { phone: '+256772123004', first_name: 'Brian' },
      ])
      .execute()
  })
  const create = (fields: object) => api.call('POST', '/campaigns', { name: 'Welcome', channel: 'sms', ...fields })
  const dryRun = (body: unknown, id: number | string = 1) => api.call('POST', `/campaigns/${id}/dry-run`, body)
  const everyone = { audience: { everyone: true } }

  test('offers transliterations that save parts, what each would save, and a message before and after', async () => {
    const long = `${'a'.repeat(60)} {first_name}’s \u2013 Mũgo`
    const campaign = await create({ base_template: long })
    expect(campaign.json).toMatchObject({ transliteration: 'none' })
    const before = `${'a'.repeat(60)} Zoë’s \u2013 Mũgo`
    const offers = async () =>
      ((await dryRun({ customer_ids: [3] }, 2)).json as { parts: { offers: unknown } }).parts.offers
    const after = `${'a'.repeat(60)} Zoe's - Mugo`
    expect(await offers()).toEqual([{ transliteration: 'letters', saves: 1, before, after }])
    await api.call('PATCH', '/campaigns/2', { base_template: `${'a'.repeat(60)} {first_name|friend}’s\u00a0shop` })
    const plain = `${'a'.repeat(60)} Amina`
    const [first] = ((await dryRun(everyone, 2)).json as { parts: { offers: unknown[] } }).parts.offers
    expect(first).toEqual({
      transliteration: 'punctuation',
      saves: 3,
      before: `${plain}’s\u00a0shop`,
      after: `${plain}'s shop`,
    })
    const changed = await api.call('PATCH', '/campaigns/2', { transliteration: 'letters' })
    expect(changed.json).toMatchObject({ transliteration: 'letters' })
    expect((await dryRun(everyone, 2)).json).toMatchObject({ parts: { total: 4, ucs2_share: 0, offers: [] } })
    const { json } = await api.call('POST', '/campaigns/2/personalized-preview', { customer_id: 3 })
    expect(json).toMatchObject({ rendered_message: `${'a'.repeat(60)} Zoe's shop` })
  })

  test('a transliteration is refused on WhatsApp, which is not paid by parts', async () => {
    const details = [{ path: 'transliteration', message: expect.stringContaining('set channel to sms') }]
    const refused = await create({ channel: 'whatsapp', base_template: 'Hi', transliteration: 'letters' })
    expect(refused).toMatchObject({ status: 400, json: { error: { details } } })
    await create({ base_template: 'Hi', transliteration: 'letters' })
    expect(await api.call('PATCH', '/campaigns/2', { channel: 'whatsapp' })).toMatchObject({
      status: 400,
      json: { error: { details } },
    })
    const both = await api.call('PATCH', '/campaigns/2', { channel: 'whatsapp', transliteration: 'none' })
    expect(both.status).toBe(200)
  })

  test('says what would be sent, and sends nothing', async () => {
    await api.call('PUT', '/prices', {
      prices: [{ channel: 'sms', country: 'KE', price: '0.80', per: 'part', currency: 'KES' }],
    })
    const { status, json } = await dryRun(everyone)
    expect([status, json]).toEqual([
      200,
      {
        campaign_id: 1,
        recipients: 4,
        already_recipients: 0,
        messages: 4,
        skips: [],
        deferred: 0,
        deferred_until: null,
        missing_values: [
          { field: 'attributes.points', recipients: 3 },
          { field: 'first_name', recipients: 1 },
        ],
        parts: { least: 1, mean: 1, most: 1, total: 4, ucs2_share: 1, ucs2_characters: ['’', 'ë'], offers: [] },
        cost: {
          total: [{ currency: 'KES', amount: '2.40' }],
          by_country: [
            {
              ...{ country: 'KE', messages: 3, parts: 3 },
              ...{ price: '0.80', per: 'part', currency: 'KES', amount: '2.40' },
            },
            { country: 'UG', messages: 1, parts: 1, price: null, per: null, currency: null, amount: null },
          ],
          unpriced: ['UG'],
        },
        pace: 'unlimited',
        seconds: null,
        sample: { size: 4, of: 4, error: 0 },
      },
    ])
    expect((await api.call('GET', '/campaigns/1')).json).toMatchObject({ status: 'draft', stats: { total: 0 } })
    expect(api.notified).toEqual([])
  })

  test('leaves out those who are recipients already', async () => {
    await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 2] })
    expect((await dryRun({ customer_ids: [2, 3, 3] })).json).toMatchObject({ recipients: 1, already_recipients: 1 })
    expect((await dryRun(everyone)).json).toMatchObject({ recipients: 2, already_recipients: 2 })
  })

  test('counts recipients by the text of their language, and what that one needs', async () => {
    await create({ base_template: 'Hi', texts: { sw: 'Habari {first_name}', de: 'Hallo' } })
    await sql`update customers set language = 'sw-KE' where id < 3`.execute(db())
    await sql`update customers set language = 'fr' where id = 3`.execute(db())
    const { json } = await dryRun(everyone, 2)
    expect(json.by_language).toEqual([
      { language: null, recipients: 2 },
      { language: 'sw', recipients: 2 },
    ])
    expect(json.missing_values).toEqual([{ field: 'first_name', recipients: 1 }])
  })

  test('of nobody is empty', async () => {
    const nobody = { audience: { rules: { field: 'location', is: 'Nowhere' } } }
    expect((await dryRun(nobody)).json).toMatchObject({
      ...{ recipients: 0, messages: 0, skips: [], missing_values: [], parts: null, seconds: 0 },
      cost: { total: [], by_country: [], unpriced: [] },
      sample: { size: 0, of: 0, error: 0 },
    })
  })

  test('names empty values of an approved template, by channel without parts', async () => {
    const template = { name: 'sale', language: 'en', parameters: ['{first_name}', '{points|0}'] }
    await create({ channel: 'whatsapp', base_template: 'Hi', template })
    await api.call('PUT', '/prices', {
      prices: [{ channel: 'whatsapp', country: '*', price: '0.005', per: 'message', currency: 'USD' }],
    })
    const { json } = await dryRun(everyone, 2)
    expect(json).toMatchObject({
      messages: 3,
      skips: [{ code: 'template.empty_value', recipients: 1 }],
      missing_values: [{ field: 'first_name', recipients: 1 }],
      parts: null,
    })
    expect(json.cost).toMatchObject({ total: [{ currency: 'USD', amount: '0.015' }], unpriced: [] })
    expect(json.cost.by_country[0]).toMatchObject({ country: 'KE', messages: 2, parts: null, amount: '0.010' })
  })

  describe('the time that it takes', () => {
    const timeOf = async (id = 1) => {
      const { pace, seconds } = (await dryRun(everyone, id)).json
      return [pace, seconds]
    }
    const limit = (rate: number | null, name = 'sms') => api.call('PATCH', `/senders/${name}`, { rate })

    test('goes by the rate of the sender, in its unit', async () => {
      await limit(0.5)
      expect(await timeOf()).toEqual(['limited', 8])
      await db().updateTable('senders').set({ unit: 'segment' }).execute()
      await api.call('PATCH', '/campaigns/1', { base_template: 'a'.repeat(161) })
      expect(await timeOf()).toEqual(['limited', 16])
      await limit(null)
      expect(await timeOf()).toEqual(['unlimited', null])
    })

    test('goes by the rate of the campaign, if that is lower', async () => {
      await create({ base_template: 'Hi', max_rate: 0.1 })
      expect(await timeOf(2)).toEqual(['limited', 40])
      await limit(0.05)
      expect(await timeOf(2)).toEqual(['limited', 80])
    })

    test('is unknown while no sender can send', async () => {
      await api.call('PATCH', '/senders/sms', { paused: true })
      expect(await timeOf()).toEqual(['blocked', null])
    })

    test('goes by the slowest country, where countries have senders of their own', async () => {
      // Three messages go to Kenya, one to Uganda.
      await api.call('PUT', '/routes/sms', { senders: ['sms'], countries: { UG: ['whatsapp'] } })
      await limit(1)
      await limit(0.1, 'whatsapp')
      expect(await timeOf()).toEqual(['limited', 10])
      await api.call('PATCH', '/senders/whatsapp', { paused: true })
      expect(await timeOf()).toEqual(['blocked', null])
    })
  })

  describe('what /send refuses', () => {
    const missing = { audience: { segment_ids: [9] } }
    test.each([
      ['neither ids nor an audience', {}],
      ['both', { customer_ids: [1], ...everyone }],
      ['no ids', { customer_ids: [] }],
      ['too many ids', { customer_ids: Array.from({ length: 100_001 }, (_, nth) => nth + 1) }],
      ['ids that are none', { customer_ids: [0, '1', 1.5, null] }],
      ['a customer that there is not', { customer_ids: [1, 99] }],
      ['a segment that there is not', missing],
      ['an audience of nobody', { audience: {} }],
      ['everyone and a rule', { audience: { everyone: true, rules: { field: 'location', is: 'x' } } }],
      ['a rule that is none', { audience: { rules: { field: 'loaction', is: 'x' } } }],
      ['SQL as a field', { audience: { rules: { field: "x'; drop table customers; --", is: 'x' } } }],
      ['evaluate without an audience', { customer_ids: [1], evaluate: 'now' }],
      ['an unknown field', { customer_ids: [1], dry: true }],
      ['text', '"send"'],
      ['broken JSON', '{'],
    ])('%s: it is refused here alike', async (_, body) => {
      const [here, there] = [await dryRun(body), await api.call('POST', '/campaigns/1/send', body)]
      expect(here.status).toBeGreaterThanOrEqual(400)
      expect([here.status, here.json]).toEqual([there.status, there.json])
    })

    test('a campaign that there is not', async () => {
      const { status, json } = await dryRun(everyone, 9)
      expect([status, json.error.code]).toEqual([404, 'CAMPAIGN_NOT_FOUND'])
      expect((await dryRun(everyone, 'x')).status).toBe(400)
    })

    test('a campaign that is over', async () => {
      await api.call('POST', '/campaigns/1/cancel')
      for (const body of [everyone, { customer_ids: [1] }]) {
        const [here, there] = [await dryRun(body), await api.call('POST', '/campaigns/1/send', body)]
        expect([here.status, here.json.error.code]).toEqual([400, 'INVALID_CAMPAIGN_STATUS'])
        expect(here.json).toEqual(there.json)
      }
    })

    test('a text with an unknown placeholder', async () => {
      await create({ base_template: 'Hi {frist_name}' })
      const here = await dryRun(everyone, 2)
      expect([here.status, here.json.error.code]).toEqual([400, 'TEMPLATE_UNKNOWN_PLACEHOLDER'])
      expect(here.json).toEqual((await api.call('POST', '/campaigns/2/send', everyone)).json)
    })
  })

  test('values that look like SQL select by what they say', async () => {
    const rules = { field: 'first_name', is: "' or 1=1 --" }
    expect((await dryRun({ audience: { rules } })).json).toMatchObject({ recipients: 0 })
  })
})
