/** Policies over the API. */
import { beforeEach, expect, test } from 'bun:test'
import { manualClock } from '../../core/host/manual-clock.ts'
import { openPolicyReader } from '../../core/messaging/policy/policies.ts'
import { policiesExample, presets } from '../../core/messaging/policy/service.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })
  const put = (body: object) => api.call('PUT', '/policies', body)
  const none = { quiet_hours: [], caps: [], min_gap_hours: null }
  const kenya = { country: 'KE', from: '20:00', to: '08:00' }

  test('are none at first, and are replaced as a whole', async () => {
    expect((await api.call('GET', '/policies')).json).toEqual(none)
    const set = await put(policiesExample)
    expect([set.status, set.json]).toEqual([200, policiesExample])
    expect((await api.call('GET', '/policies')).json).toEqual(policiesExample)
    const days = { ...kenya, days: ['sat', 'sun'] }
    expect((await put({ quiet_hours: [days] })).json).toEqual({ ...none, quiet_hours: [days] })
    const gap = { caps: [{ messages: 2, days: 7, channel: 'sms' }], min_gap_hours: 5 }
    expect((await put(gap)).json).toEqual({ ...none, ...gap })
    expect((await put({ min_gap_hours: null })).json).toEqual(none)
    const { version } = await database().db.selectFrom('policies').select('version').executeTakeFirstOrThrow()
    expect(version).toBe(4)
  })

  test.each([
    ['a country that there is not', { ...kenya, country: 'ZZ' }, 'quiet_hours[0].country'],
    ['a time without minutes', { ...kenya, from: '20' }, 'quiet_hours[0].from'],
    ['the end of a day', { ...kenya, to: '24:00' }, 'quiet_hours[0].to'],
    ['no end', { country: 'KE', from: '20:00' }, 'quiet_hours[0].to'],
    ['a day that there is not', { ...kenya, days: ['sol'] }, 'quiet_hours[0].days[0]'],
    ['no days', { ...kenya, days: [] }, 'quiet_hours[0].days'],
    ['a purpose', { ...kenya, purpose: 'service' }, 'quiet_hours[0].purpose'],
    ['all hours', { ...kenya, from: '08:00' }, 'quiet_hours[0]'],
  ])('%s is refused with its place, and changes nothing', async (_, hours, path) => {
    await put({ quiet_hours: [kenya] })
    const refused = await put({ quiet_hours: [hours] })
    expect([refused.status, refused.json.error.details[0]?.path]).toEqual([400, path])
    expect((await api.call('GET', '/policies')).json).toEqual({ ...none, quiet_hours: [kenya] })
  })

  test.each([
    ['a cap of no message', { caps: [{ messages: 0, days: 1 }] }, 'caps[0].messages'],
    ['a cap of half a day', { caps: [{ messages: 1, days: 0.5 }] }, 'caps[0].days'],
    ['a cap without days', { caps: [{ messages: 1 }] }, 'caps[0].days'],
    ['a channel that there is not', { caps: [{ messages: 1, days: 1, channel: 'fax' }] }, 'caps[0].channel'],
    ['a cap for hours', { caps: [{ messages: 1, days: 1, hours: 2 }] }, 'caps[0].hours'],
    ['too many caps', { caps: Array.from({ length: 11 }, () => ({ messages: 1, days: 1 })) }, 'caps'],
    ['a gap of nothing', { min_gap_hours: 0 }, 'min_gap_hours'],
    ['a gap as text', { min_gap_hours: '20' }, 'min_gap_hours'],
  ])('%s is refused with its place', async (_, body, path) => {
    const refused = await put(body)
    expect([refused.status, refused.json.error.details[0]?.path]).toEqual([400, path])
    expect((await api.call('GET', '/policies')).json).toEqual(none)
  })

  test('hours that the zones of a country never share are refused, with the fix', async () => {
    const refused = await put({ quiet_hours: [kenya, { country: '*', from: '17:00', to: '09:00' }] })
    expect(refused.status).toBe(400)
    expect(refused.json.error.message).toBe(
      'quiet_hours[1] leaves no time at which messages to Russia may start: give it shorter hours, or add an entry for RU. A country of several time zones needs hours that are open in all of them at once',
    )
  })

  test('hours that leave a country of one time zone no time are refused without a word of others', async () => {
    const refused = await put({ quiet_hours: [{ country: 'KE', from: '00:00', to: '00:00' }] })
    expect(refused.json.error.message).toBe(
      'quiet_hours[0] leaves no time at which messages to Kenya may start: give it shorter hours',
    )
  })

  test('a worker finds other policies within a second, and asks for them no more often', async () => {
    const clock = manualClock()
    const reader = openPolicyReader(database().db, clock)
    const none = await reader.at(null)
    expect(await reader.isOutdated(none)).toBe(false)
    await put({ quiet_hours: [kenya] })
    expect(await reader.isOutdated(none)).toBe(false)
    await clock.turn(1000)
    // Chunks that ask together share the answer.
    expect(await Promise.all([reader.isOutdated(none), reader.isOutdated(none)])).toEqual([true, true])
    const first = await reader.at(1)
    const night = Date.parse('2030-01-31T20:00:00Z')
    expect(first.hoursOf?.({ phone: '+254712345678', timeZone: null }, night)).toMatchObject({ open: false })
    await put({})
    // Claimed with a version that is later than the answer that is kept.
    const second = await reader.at(2)
    expect([second.hoursOf, await reader.isOutdated(second)]).toEqual([undefined, false])
    await clock.turn(1000)
    expect([await reader.isOutdated(first), await reader.isOutdated(second)]).toEqual([true, false])
  })

  test('parts that are not built yet are refused', async () => {
    for (const part of [{ footers: [] }, { keywords: {} }]) expect((await put(part)).status).toBe(400)
  })

  test('every preset may be put as it is, and all of them together', async () => {
    const listed = (await api.call('GET', '/policies/presets')).json.data
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(['KE', 'US', 'GB', 'NG', 'ZA', 'EU'])
    for (const { quiet_hours } of listed) expect((await put({ quiet_hours })).json).toEqual({ ...none, quiet_hours })
    const all = presets.flatMap(({ quiet_hours }) => quiet_hours)
    expect((await put({ quiet_hours: all })).status).toBe(200)
  })

  test('a campaign has a purpose, which may change until it is sent', async () => {
    const draft = { name: 'Receipts', channel: 'sms', base_template: 'Hi' }
    expect((await api.call('POST', '/campaigns', draft)).json).toMatchObject({ id: 1, purpose: 'marketing' })
    const service = await api.call('POST', '/campaigns', { ...draft, purpose: 'service' })
    expect(service.json).toMatchObject({ id: 2, purpose: 'service' })
    const changed = await api.call('PATCH', '/campaigns/1', { purpose: 'service' })
    expect(changed.json).toMatchObject({ purpose: 'service', deferred: 0, deferred_until: null })
    expect((await api.call('PATCH', '/campaigns/1', { purpose: 'spam' })).status).toBe(400)
    await database().db.updateTable('campaigns').set({ status: 'sending' }).where('id', '=', 1).execute()
    expect((await api.call('PATCH', '/campaigns/1', { purpose: 'marketing' })).status).toBe(409)
  })
})
