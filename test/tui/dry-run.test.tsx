/** Dry run of a campaign in the terminal: before the question whether to send it. */
import { afterEach, describe, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { actionsOf } from '../../tui/keys/keys.ts'
import { pressesOf } from '../../tui/keys/press.ts'
import { dryRunRows } from '../../tui/screens/dry-run.ts'
import type { DryRun } from '../../tui/state/dry-run.ts'
import { type Form, openForm } from '../../tui/state/form.ts'
import { inputOf } from '../../tui/state/input.ts'
import { reduce } from '../../tui/state/reduce.ts'
import { initialState, type State } from '../../tui/state/state.ts'
import { widthOf } from '../../tui/text.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import type { Watched } from '../support/server-process-watch.ts'
import { inProject, keys, openTerminal, releaseTerminals } from '../support/terminal.ts'
import { show } from '../support/view.tsx'

const LONG = 120_000

afterEach(async () => {
  releaseTerminals()
  await releaseServers()
  await releaseFolders()
})

const kenya = {
  country: 'KE',
  messages: 119_000,
  parts: 148_750,
  price: '0.80',
  per: 'part' as const,
  currency: 'KES',
  amount: '119000.00',
}
const full: DryRun = {
  campaign_id: 1,
  recipients: 120_000,
  already_recipients: 37,
  messages: 119_870,
  skips: [
    { code: 'message.empty', recipients: 100 },
    { code: 'policy.refused', recipients: 20 },
  ],
  deferred: 10,
  deferred_until: null,
  missing_values: [
    { field: 'first_name', recipients: 480 },
    { field: 'attributes.points', recipients: 60 },
  ],
  parts: { least: 1, mean: 1.25, most: 3, total: 149_850, ucs2_share: 0.02, ucs2_characters: ['’', 'ë'], offers: [] },
  cost: {
    total: [
      { currency: 'KES', amount: '1119000.50' },
      { currency: 'USD', amount: '12.123456' },
    ],
    by_country: [kenya],
    unpriced: ['UG', null],
  },
  pace: 'limited',
  seconds: 1499,
  sample: { size: 10_000, of: 120_000, error: 0.0095 },
}
const plain: DryRun = {
  ...full,
  recipients: 4,
  already_recipients: 0,
  messages: 4,
  skips: [],
  deferred: 0,
  missing_values: [],
  parts: { least: 1, mean: 1, most: 1, total: 4, ucs2_share: 0, ucs2_characters: [], offers: [] },
  cost: { total: [], by_country: [], unpriced: [] },
  pace: 'unlimited',
  seconds: null,
  sample: { size: 4, of: 4, error: 0 },
}
const text = (dryRun: DryRun, isPart = false) =>
  dryRunRows({ dryRun, isPart }, 120, 99).map((pieces) =>
    pieces
      .map((one) => one.text)
      .join('')
      .replace(/ +/g, ' ')
      .trim(),
  )

describe('the figures', () => {
  test('say what would happen, and what it costs', () => {
    expect(text(full)).toEqual([
      'Messages 119,870 to 120,000 recipients; 37 others are recipients already',
      'Skipped 100: The text was empty for this customer',
      '20: A sending policy does not allow messages to this person',
      'Put off 10 by a sending policy',
      'No value first name 480, points 60',
      'Cost 1,119,000.50 KES + 12.123456 USD; no price for Uganda, phones of no country',
      'Time 24:59 at the limits of the senders',
      'Parts 149,850: 1 to 3, 1.25 a message',
      '70 characters a part in 2.0% of messages, because of ’ ë',
      'Estimated from 10,000 recipients, to within 1.0%',
    ])
  })

  test('leave out what there is none of', () => {
    expect(text(plain)).toEqual([
      'Messages 4 to 4 recipients',
      'Cost unknown: no prices are set',
      'Time no limit is set',
      'Parts 4: 1 a message',
    ])
    expect(text({ ...plain, parts: null }).join()).not.toContain('Parts')
  })

  test('say what they are not about', () => {
    expect(text({ ...plain, pace: 'blocked' })).toContain('Time some messages wait: no sender can send them now')
    expect(text({ ...plain, cost: { ...plain.cost, unpriced: ['UG'] } })).toContain('Cost unknown: no price for Uganda')
    expect(text(plain, true)).toContain('Only the first 4 recipients were tried')
  })
})

const form: Form = {
  ...openForm(),
  texts: { ...openForm().texts, name: inputOf('Sale'), template: inputOf('Hi') },
  mode: 'everyone',
  audience: { count: 120_000, sample: undefined },
}
const state: State = { ...initialState('http://localhost:8080', false, 80, 24, 1000), screen: 'form', form }
const submit = (before: State) =>
  pressesOf('s', { ctrl: true })
    .flatMap((press) => actionsOf(before, press))
    .reduce(reduce, before)
const press = (before: State, key: string) =>
  pressesOf(key, {})
    .flatMap((one) => actionsOf(before, one))
    .reduce(reduce, before)

describe('the question', () => {
  const tried = reduce(submit(state), { type: 'ask.tried', tried: { dryRun: full, isPart: false } })

  test('comes after the dry run, and not before', () => {
    const busy = submit(state)
    expect([busy.overlay, busy.form?.busy]).toEqual([undefined, 'Trying it without sending'])
    expect(press(busy, '\x1b').screen).toBe('form')
    expect([tried.overlay?.kind, tried.form?.busy]).toEqual(['confirmSend', undefined])
    const empty = submit({ ...state, form: { ...form, audience: { count: 0, sample: undefined } } })
    expect(empty.overlay).toMatchObject({ kind: 'confirmSend', count: 0 })
    const without = reduce(submit(state), { type: 'ask.tried', tried: undefined })
    expect(show({ overlay: without.overlay }).join('\n')).toContain('Send this campaign?')
  })

  test('shows the figures, and at every size the answers', () => {
    for (const [columns, rows] of [
      [60, 16],
      [80, 24],
      [200, 60],
    ] as const) {
      const lines = show({ ...tried, columns, rows }, columns, rows)
      const shown = lines.join('\n')
      expect(lines.length).toBe(rows)
      for (const words of ['Send this campaign?', '119,870 to 120,000 recipients', 'y yes', 'n no', '╰'])
        expect([columns, words, shown.includes(words)]).toEqual([columns, words, true])
      for (const line of lines) expect([line, widthOf(line.trimEnd()) <= columns]).toEqual([line, true])
    }
    expect(show({ ...tried }, 80, 24).join('\n')).toContain('1,119,000.50 KES')
    const failed = reduce(submit(state), { type: 'ask.tried', tried: { problem: 'Counting took too long' } })
    expect(show({ ...failed }, 80, 24).join('\n')).toContain('failed: Counting took too long')
  })

  test('no goes back to the form, and leaving it says that a draft is kept', () => {
    const kept = reduce(tried, { type: 'form.draft', id: 7 })
    const back = press(kept, 'n')
    expect([back.screen, back.overlay, back.form?.texts.name.text]).toEqual(['form', undefined, 'Sale'])
    expect(press(back, '\x1b').notice?.text).toBe('#7 Sale is kept as a draft')
    expect(press(press(tried, 'n'), '\x1b').notice).toBeUndefined()
  })
})

test(
  'on a real server: the figures are those of the audience, and one campaign is made of it all',
  async () => {
    const folder = await freshFolder()
    const ids = await inFolder(folder, (db) => insertPeople(db, makePeople(60, 5)))
    const server = await startServer({
      DATA_DIR: folder,
      SAMPLE_DATA: 'off',
      LOG_LEVEL: 'error',
      MOCK_SUCCESS_RATE: '1',
    })
    const api = openApi(server.url)
    await api.post('/attributes', { name: 'points', type: 'number' })
    for (const [nth, id] of ids.slice(0, 4).entries())
      await api.patch(`/customers/${id}`, { tags: ['vip'], ...(nth === 0 && { attributes: { points: 5 } }) })
    await api.post('/segments', { name: 'Very important', rule: { tag: 'vip' } })
    const prices = [{ channel: 'sms', country: '*', price: '0.80', per: 'part', currency: 'KES' }]
    await api.put('/prices', { prices })
    const screen = openTerminal([inProject('tui/main.ts'), '--url', server.url])
    await screen.sees('it is live', (shown) => shown.includes('● live'))
    screen.press('n')
    await screen.sees('the form is open', (shown) => shown.includes('Create and send'))
    for (const typed of ['Sale', '', 'You have {points} points', '']) {
      if (typed) screen.press(typed)
      screen.press(keys.tab)
    }
    await screen.sees('it is filled', (shown) => /Name +Sale/.test(shown) && /▸ Recipients/.test(shown))
    screen.press(keys.left)
    screen.press(keys.tab)
    screen.press(' ')
    await screen.sees('the segment is there', (shown) => shown.includes('▸ [ ] Very important'))
    screen.press(' ')
    await screen.sees('it is chosen', (shown) => shown.includes('▸ [×] Very important'))
    screen.press(keys.enter)
    await screen.sees('four are counted', (shown) => shown.includes('Create and send to 4 recipients'))
    screen.press('\x13')
    const asked = await screen.sees('it asks', (shown) => shown.includes('Send this campaign?') && shown)
    expect(asked).toMatch(/Messages +4 to 4 recipients/)
    expect(asked).toMatch(/No value +points 3/)
    expect(asked).toMatch(/Cost +3\.20 KES/)
    expect(await api.get<Watched>('/campaigns/1')).toMatchObject({ status: 'draft', stats: { total: 0 } })

    screen.press('n')
    await screen.sees('the form is back', (shown) => shown.includes('Create and send to 4') && !shown.includes('y yes'))
    screen.press('\x13')
    await screen.sees('it asks again', (shown) => shown.includes('Send this campaign?'))
    screen.press('y')
    await until('it is sent', async () => (await api.get<Watched>('/campaigns/1')).status === 'sent')
    expect((await api.get<Watched>('/campaigns/1')).stats).toMatchObject({ total: 4, sent: 4 })
    expect(await api.get<{ data: unknown[] }>('/campaigns')).toMatchObject({ data: [{ id: 1 }] })
    await screen.sees('the campaign is shown', (shown) => /#1 Sale +✓ sent/.test(shown))
  },
  LONG,
)
