/** Recipients by segments, and everyone, in the form of the terminal. */
import { afterEach, describe, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { actionsOf } from '../../tui/keys/keys.ts'
import { pressesOf } from '../../tui/keys/press.ts'
import { openDetail } from '../../tui/state/campaign.ts'
import { type Choice, MOST_CHOSEN, ruleOf, specOf, toggleChosen } from '../../tui/state/choice.ts'
import {
  audienceSpec,
  type Form,
  isSameAudience,
  openForm,
  problemOf,
  reduceForm,
  visibleFields,
} from '../../tui/state/form.ts'
import { inputOf } from '../../tui/state/input.ts'
import { openPick } from '../../tui/state/pick.ts'
import { reduce } from '../../tui/state/reduce.ts'
import { initialState, type State } from '../../tui/state/state.ts'
import { widthOf } from '../../tui/text.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'
import type { Watched } from '../support/server-process-watch.ts'
import { campaignOf, countsOf, snapshotOf } from '../support/snapshots.ts'
import { inProject, keys, openTerminal, releaseTerminals, type Screen } from '../support/terminal.ts'
import { show } from '../support/view.tsx'

const LONG = 120_000

afterEach(async () => {
  releaseTerminals()
  await releaseServers()
  await releaseFolders()
})

const [vip, staff, other] = [
  { id: 1, name: 'VIP' },
  { id: 2, name: 'Staff' },
  { id: 3, name: 'Other' },
]
const choice: Choice = { include: [vip], exclude: [staff] }
const filled: Form = {
  ...openForm(),
  texts: { ...openForm().texts, name: inputOf('Sale'), template: inputOf('Hi') },
  mode: 'segments',
  choice,
}
const counted = (form: Form, count: number) =>
  reduceForm(form, { type: 'form.audience', audience: { count, sample: undefined } })

const state: State = { ...initialState('http://localhost:8080', false, 100, 30, 1000), screen: 'form', form: filled }
const typed = (before: State, ...pressed: readonly string[]) =>
  pressed.flatMap((key) => pressesOf(key, {})).reduce((now, press) => actionsOf(now, press).reduce(reduce, now), before)

describe('a choice', () => {
  test('has a segment in one of its lists at most, and no list grows without end', () => {
    expect(toggleChosen(choice, 'include', other)).toEqual({ include: [vip, other], exclude: [staff] })
    expect(toggleChosen(choice, 'include', vip)).toEqual({ include: [], exclude: [staff] })
    expect(toggleChosen(choice, 'exclude', vip)).toEqual({ include: [], exclude: [staff, vip] })
    const full = {
      include: Array.from({ length: MOST_CHOSEN }, (_, nth) => ({ id: 10 + nth, name: 'x' })),
      exclude: [vip],
    }
    expect(toggleChosen(full, 'include', vip)).toBe(full)
  })

  test('is an audience as the API has it, and a rule that the same customers fit', () => {
    const included = specOf(choice, false)
    expect(included).toEqual({ segment_ids: [1], exclude: { segment_ids: [2] } })
    expect(ruleOf(included)).toEqual({ all: [{ any: [{ segment: 1 }] }, { not: { any: [{ segment: 2 }] } }] })
    const everyone = specOf(choice, true)
    expect(everyone).toEqual({ everyone: true, exclude: { segment_ids: [2] } })
    expect(ruleOf(everyone)).toEqual({ all: [{ not: { any: [{ segment: 2 }] } }] })
    expect(ruleOf(specOf({ include: [], exclude: [] }, true))).toBeUndefined()
    expect([audienceSpec(filled)?.segment_ids, audienceSpec({ ...filled, mode: 'filter' })]).toEqual([[1], undefined])
  })
})

/** Text of an overlay. */
const boxOf = (lines: readonly string[]) =>
  lines
    .flatMap((line) => /│ (.*?) *│/.exec(line)?.[1] ?? [])
    .join(' ')
    .replace(/ +/g, ' ')

describe('the form', () => {
  test('has the fields of the chosen way alone', () => {
    const own = (mode: Form['mode']) =>
      visibleFields(mode).filter((field) => !['name', 'channel', 'template', 'when', 'mode', 'send'].includes(field))
    expect(own('everyone')).toEqual(['exclude'])
    expect(own('segments')).toEqual(['include', 'exclude'])
    expect(own('filter')).toEqual(['q', 'location', 'product', 'tag', 'attribute'])
    expect([own('ids'), own('none')]).toEqual([['ids'], []])
    const at: State = { ...state, form: { ...filled, focus: 'mode' } }
    expect([typed(at, ' ').form?.mode, typed(at, 'h').form?.mode]).toEqual(['filter', 'everyone'])
  })

  test('asks for a segment, and waits until its recipients are counted', () => {
    expect(problemOf({ ...filled, choice: { include: [], exclude: [staff] } })).toBe('Choose a segment')
    expect(problemOf(filled)).toBe('The recipients are still being counted: try again in a moment')
    expect(problemOf(counted(filled, 4))).toBeUndefined()
    const failed = (form: Form) => reduceForm(form, { type: 'form.audienceProblem', message: 'It takes too long' })
    expect([problemOf(failed(filled)), problemOf(failed({ ...filled, mode: 'filter' }))]).toEqual([
      undefined,
      'It takes too long',
    ])
  })

  test('forgets a count with the audience that it is for, and no sooner', () => {
    const form = counted(filled, 4)
    const edited = (focus: Form['focus']) =>
      reduceForm({ ...form, focus }, { type: 'form.edit', change: { edit: 'insert', text: 'x' } })
    expect([edited('template').audience?.count, edited('q').audience]).toEqual([4, undefined])
    expect([isSameAudience(form, edited('template')), isSameAudience(form, edited('tag'))]).toEqual([true, false])
    expect(reduceForm(form, { type: 'form.choice', choice: { ...choice } }).audience).toBeUndefined()
    expect(reduceForm({ ...form, focus: 'mode' }, { type: 'form.toggle' }).audience).toBeUndefined()
    const dropped = reduceForm({ ...form, focus: 'include' }, { type: 'form.drop' })
    expect([dropped.choice.include, dropped.audience]).toEqual([[], undefined])
  })

  test.each([
    [80, 24],
    [200, 60],
  ])('shows what is chosen, and to how many it goes, at %p by %p', (columns, rows) => {
    const text = show({ screen: 'form', form: counted(filled, 1737) }, columns, rows).join('\n')
    expect(text).toMatch(/\[segments\]/)
    expect(text).toMatch(/in any of +“VIP”/)
    expect(text).toMatch(/not in +“Staff”/)
    expect(text).toContain('Create and send to 1,737 recipients')
    const empty = show({ screen: 'form', form: counted(filled, 0) }, columns, rows).join('\n')
    expect(empty).toContain('Create as a draft')
  })

  test('keeps the field that is typed in sight where there is little room', () => {
    for (const mode of ['everyone', 'segments', 'filter', 'ids', 'none'] as const)
      for (const focus of visibleFields(mode)) {
        const lines = show({ screen: 'form', form: { ...filled, mode, focus, problem: 'Enter a name' } }, 60, 16)
        expect([mode, focus, lines.length, lines.filter((line) => line.includes('▸')).length]).toEqual([
          mode,
          focus,
          16,
          1,
        ])
      }
    const chosen = show({ screen: 'form', form: { ...filled, mode: 'none', focus: 'mode' } }, 60, 16).join('\n')
    expect(chosen).toContain('[later]')
  })

  test('shows what is chosen, at 80 by 24, with the preview of the longest form', () => {
    const preview = { text: 'Hi Amina', warnings: [] }
    const lines = show({ screen: 'form', form: { ...counted({ ...filled, mode: 'filter' }, 5), preview } }, 80, 24)
    for (const words of ['Name', 'attribute', 'Create and send to 5 recipients', '5 customers', '│ Hi Amina'])
      expect([words, lines.join('\n').includes(words)]).toEqual([words, true])
  })

  test('asks whether to send, and says of a later start who gets it', () => {
    const press = (form: Form) =>
      pressesOf('s', { ctrl: true })
        .flatMap((one) => actionsOf({ ...state, form }, one))
        .reduce(reduce, { ...state, form })
    const sentence = (form: Form) => boxOf(show({ overlay: press(form).overlay }))
    expect(sentence(counted(filled, 4))).toContain('It is sent to 4 recipients immediately.')
    const later = { ...counted(filled, 4), texts: { ...filled.texts, when: inputOf('2030-01-31T09:00Z') } }
    expect(sentence(later)).toMatch(
      /It is sent at 2030-01-31 .* to those who are in its audience then: 4 customers now\./,
    )
    const failed = reduceForm(filled, { type: 'form.audienceProblem', message: 'It takes too long' })
    expect(sentence(failed)).toContain('It is sent to recipients who could not be counted immediately.')
  })
})

describe('picking segments', () => {
  const open = typed({ ...state, form: { ...filled, focus: 'include' } }, ' ')
  const loaded = reduce(open, { type: 'pick.loaded', q: '', rows: [vip, staff, other], count: 60 })

  test('space chooses, enter is done, backspace in the field removes the last one', () => {
    expect(open.overlay).toEqual({ kind: 'pick', ...openPick('include') })
    const down = pressesOf('', { downArrow: true })
    const move = (before: State) => down.flatMap((press) => actionsOf(before, press)).reduce(reduce, before)
    const third = typed(move(move(loaded)), ' ')
    expect(third.form?.choice.include).toEqual([vip, other])
    const done = typed(third, '\r')
    expect([done.overlay, done.screen, done.form?.choice.include]).toEqual([undefined, 'form', [vip, other]])
    expect(typed(done, '\x7f').form?.choice.include).toEqual([vip])
  })

  test('what is typed is searched, and an earlier answer is not shown', () => {
    const searched = typed(loaded, 'st')
    expect(searched.overlay).toMatchObject({ input: inputOf('st'), selected: 0 })
    expect(reduce(searched, { type: 'pick.loaded', q: '', rows: [], count: 0 })).toMatchObject({
      overlay: { rows: [vip, staff, other] },
    })
    // What is under the cursor then is not what was meant.
    expect(typed(searched, ' ').form?.choice).toEqual(choice)
    expect(reduce(searched, { type: 'pick.loaded', q: 'st', rows: [staff], count: 1 })).toMatchObject({
      overlay: { rows: [staff] },
    })
  })

  test('shows what is chosen in either list', () => {
    for (const [columns, rows] of [
      [60, 16],
      [80, 24],
      [200, 60],
    ] as const) {
      const lines = show({ ...loaded, columns, rows }, columns, rows)
      const text = lines.join('\n')
      expect(text).toContain('▸ [×] VIP')
      expect(text).toMatch(/\[-\] Staff {2}left out/)
      expect(text).toContain('60 segments: type to find others')
      for (const line of lines) expect([line, widthOf(line.trimEnd()) <= columns]).toEqual([line, true])
    }
    expect(show({ ...open }).join('\n')).toContain('Loading…')
    const none = reduce(open, { type: 'pick.loaded', q: '', rows: [], count: 0 })
    expect(show({ ...none }).join('\n')).toContain('No segments yet')
  })
})

test('a campaign says that the server is still adding recipients', () => {
  const screen = (waiting: Parameters<typeof campaignOf>[1]) => {
    const campaign = campaignOf(1, { audience_open: true, queueing: true, stats: countsOf({ sent: 5 }), ...waiting })
    return show({
      snapshot: snapshotOf({ campaigns: [campaign] }),
      screen: 'campaign',
      detail: openDetail(1, 10),
    }).join('\n')
  }
  const waiting = { reason: 'queueing', since: null, until: null, detail: 'Recipients are being selected' } as const
  for (const changes of [{}, { waiting }]) {
    const text = screen(changes)
    expect(text.match(/Recipients are/g)).toHaveLength(1)
    expect(text).toContain('▲ Recipients are still being added.')
    expect(text).not.toContain('no more recipients')
  }
})

const PEOPLE = 60

/** A dashboard whose server has 60 customers: 5 of them are important, and one of these is staff. */
async function setup() {
  const folder = await freshFolder()
  const ids = await inFolder(folder, (db) => insertPeople(db, makePeople(PEOPLE, 5)))
  const server = await startServer({ DATA_DIR: folder, SAMPLE_DATA: 'off', LOG_LEVEL: 'error', MOCK_SUCCESS_RATE: '1' })
  const api = openApi(server.url)
  for (const [nth, id] of ids.slice(0, 5).entries())
    await api.patch(`/customers/${id}`, { tags: nth === 0 ? ['vip', 'staff'] : ['vip'] })
  await api.post('/segments', { name: 'Very important', rule: { tag: 'vip' } })
  await api.post('/segments', { name: 'Our staff', rule: { tag: 'staff' } })
  const screen = openTerminal([inProject('tui/main.ts'), '--url', server.url])
  await screen.sees('it is live', (text) => text.includes('● live'))
  return { screen, api }
}

/** Opens the form, and fills it up to the choice of recipients. */
async function begin(screen: Screen, name: string, when = '') {
  screen.press('n')
  await screen.sees('the form is open', (text) => text.includes('Create and send'))
  for (const text of [name, '', 'Hi there', when]) {
    if (text) screen.press(text)
    screen.press(keys.tab)
  }
  await screen.sees('it is filled', (text) => new RegExp(`Name +${name}`).test(text) && /▸ Recipients/.test(text))
}

async function pick(screen: Screen, words: string, name: string) {
  screen.press(' ')
  await screen.sees('segments are there', (text) => text.includes(name))
  screen.press(words)
  await screen.sees('it is found', (text) => {
    return text.includes(`/ ${words}`) && text.includes(`▸ [ ] ${name}`) && !text.includes('Loading…')
  })
  screen.press(' ')
  await screen.sees('it is chosen', (text) => text.includes(`▸ [×] ${name}`))
  screen.press(keys.enter)
  await screen.sees('it is in the form', (text) => text.includes(`“${name}”`) && !text.includes('▸ ['))
}

async function send(screen: Screen, id: number) {
  screen.press('\x13')
  await screen.sees('it asks', (text) => text.includes('Send this campaign?'))
  screen.press('y')
  await screen.sees('it is made', (text) => text.includes(`#${id} `))
}

test(
  'on a real server: segments are chosen and left out, everyone is, and the server adds them',
  async () => {
    const { screen, api } = await setup()
    await begin(screen, 'Sale')
    screen.press(keys.left)
    await screen.sees('by segments', (text) => text.includes('[segments]'))
    screen.press(keys.tab)
    await pick(screen, 'important', 'Very important')
    await screen.sees('five are counted', (text) => text.includes('Create and send to 5 recipients'))
    screen.press(keys.tab)
    await pick(screen, 'staff', 'Our staff')
    await screen.sees('four are counted', (text) => text.includes('Create and send to 4 recipients'))
    await send(screen, 1)
    await screen.sees('they are being added', (text) => text.includes('#1 Sale: recipients are still being added'))
    await until('it is sent', async () => (await api.get<Watched>('/campaigns/1')).status === 'sent')
    expect((await api.get<Watched>('/campaigns/1')).stats).toMatchObject({ total: 4, sent: 4 })

    await begin(screen, 'News')
    for (const key of [keys.left, keys.left]) screen.press(key)
    await screen.sees('everyone', (text) => text.includes('[everyone]') && text.includes('Create and send to 60 recip'))
    screen.press(keys.tab)
    await pick(screen, 'staff', 'Our staff')
    await screen.sees('all others are counted', (text) => text.includes('Create and send to 59 recipients'))
    await send(screen, 2)
    await until('it is sent', async () => (await api.get<Watched>('/campaigns/2')).status === 'sent')
    expect((await api.get<Watched>('/campaigns/2')).stats).toMatchObject({ total: 59, sent: 59 })
    const { data } = await api.get<{ data: { audience: unknown }[] }>('/campaigns/2/audiences')
    expect(data.map(({ audience }) => audience)).toEqual([{ everyone: true, exclude: { segment_ids: [2] } }])

    await begin(screen, 'Later', '+2h')
    screen.press(keys.left)
    screen.press(keys.tab)
    await pick(screen, 'important', 'Very important')
    await screen.sees('five are counted', (text) => text.includes('Create and send to 5 recipients'))
    await send(screen, 3)
    await screen.sees('it waits', (text) => text.includes('#3 Later: recipients are selected when it starts'))
    expect(await api.get<Watched>('/campaigns/3')).toMatchObject({ status: 'scheduled', stats: { total: 0 } })

    await begin(screen, 'Tagged')
    for (const key of [keys.tab, keys.tab, keys.tab, keys.tab]) screen.press(key)
    await screen.sees('the tag', (text) => /▸ +tag/.test(text))
    screen.press('staff')
    await screen.sees('one is counted', (text) => text.includes('Create and send to 1 recipient'))
    await send(screen, 4)
    await until('it is sent', async () => (await api.get<Watched>('/campaigns/4')).status === 'sent')
    expect((await api.get<Watched>('/campaigns/4')).stats).toMatchObject({ total: 1, sent: 1 })
  },
  LONG,
)
