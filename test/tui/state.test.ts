import { describe, expect, test } from 'bun:test'
import { actionsOf } from '../../tui/keys/keys.ts'
import { pressesOf } from '../../tui/keys/press.ts'
import { openForm, parseIds, parseWhen, problemOf, reduceForm } from '../../tui/state/form.ts'
import { editInput, inputOf } from '../../tui/state/input.ts'
import { MOST_LINES, matchingLines } from '../../tui/state/log.ts'
import { reduce } from '../../tui/state/reduce.ts'
import { type Action, initialState, isStale, type State } from '../../tui/state/state.ts'
import { questionOf, targetOf } from '../../tui/state/target.ts'
import { campaignOf, countsOf, snapshotOf } from '../support/snapshots.ts'

const start = (): State => initialState('http://localhost:8080', false, 100, 30, 1000)
const after = (...actions: readonly Action[]): State => actions.reduce(reduce, start())

/** The state after these keys, as a terminal sends them. */
function typed(state: State, ...keys: readonly string[]): State {
  let now = state
  for (const press of keys.flatMap((key) => pressesOf(key, {}))) now = actionsOf(now, press).reduce(reduce, now)
  return now
}

const live = (campaigns = [campaignOf(2), campaignOf(1)]) =>
  after({ type: 'snapshot', snapshot: snapshotOf({ campaigns }), now: 2000 })

describe('connection', () => {
  const failure = { kind: 'lost', message: 'gone' } as const

  test('figures are stale while it is lost, and since when is kept over all tries', () => {
    const lost = [
      { type: 'lost', failure, retryInMs: 500, now: 5000 },
      { type: 'lost', failure, retryInMs: 1000, now: 6000 },
    ] as const
    const state = lost.reduce(reduce, live())
    expect(state.connection).toEqual({ status: 'lost', failure, since: 5000, retryAt: 7000 })
    expect([isStale(live()), isStale(state), isStale(reduce(state, { type: 'live' }))]).toEqual([false, true, false])
  })

  test('a server that cannot read its database makes them stale too', () => {
    const { health } = snapshotOf()
    const state = reduce(live(), { type: 'health', health })
    expect(isStale(state)).toBe(true)
    expect(isStale(reduce(state, { type: 'snapshot', snapshot: snapshotOf(), now: 3000 }))).toBe(false)
  })

  test('401 asks for a key, and says when the one that was given is wrong', () => {
    const refused = { kind: 'unauthorized', message: 'An API key is missing' } as const
    const asked = reduce(start(), { type: 'lost', failure: refused, retryInMs: undefined, now: 1 })
    expect(asked.overlay).toEqual({ kind: 'key', input: inputOf(), refused: false })
    const again = reduce(asked, {
      type: 'lost',
      failure: { ...refused, message: 'The API key is not valid' },
      retryInMs: undefined,
      now: 2,
    })
    expect(again.overlay).toMatchObject({ refused: true })
  })
})

describe('keys', () => {
  test('go to screens, open and go back', () => {
    expect(typed(live(), '2').screen).toBe('campaigns')
    expect(typed(live(), '\t\t').screen).toBe('queue')
    const opened = typed(live(), 'j', '\r')
    expect([opened.screen, opened.detail?.id]).toEqual(['campaign', 1])
    expect(typed(opened, '\x1b').screen).toBe('overview')
  })

  test('that come at once are as many keys', () => {
    expect(typed(live(), 'jkj').chosen).toBe(1)
    expect(typed(live(), 'j\r').detail?.id).toBe(1)
  })

  test('p, r, c and f ask first, and name how many it concerns', () => {
    const paused = campaignOf(3, { status: 'paused', stats: countsOf({ sent: 5, failed: 7, pending: 1234 }) })
    const state = live([paused])
    expect(typed(state, 'p').overlay).toBeUndefined()
    expect(typed(state, 'p').notice?.text).toBe('Cannot pause campaign 3: it is "paused", and must be "sending"')
    const asked = (['r', 'c', 'f'] as const).map((key) => {
      const { overlay } = typed(state, key)
      return overlay?.kind === 'confirm' && questionOf(overlay.control, overlay.target).effect
    })
    expect(asked).toEqual([
      'Sending to 1,234 recipients continues immediately.',
      '1,234 recipients will be skipped and get no message.',
      'The text is sent to 7 recipients again.',
    ])
  })

  test('a question is answered by y or enter; nothing else does it', () => {
    const asked = typed(live(), 'c')
    const doing = (key: string) => pressesOf(key, {}).flatMap((press) => actionsOf(asked, press))
    expect([doing('y'), doing('\r')]).toEqual(
      Array(2).fill([{ type: 'do', control: 'cancel', target: targetOf(live()) }]),
    )
    expect([doing('c'), doing('q'), doing('x')].flat().filter(({ type }) => type === 'do')).toEqual([])
    expect(typed(asked, 'n').overlay).toBeUndefined()
  })

  test('/ searches what the screen lists', () => {
    const state = typed(live(), '/', 'été', '\r')
    expect([state.screen, state.list.query.q, state.overlay]).toEqual(['campaigns', 'été', undefined])
    expect(typed(state, '\x1b').list.query.q).toBe('')
    expect(typed(live(), '4', '/', 'x', '\r').log.q).toBe('x')
  })

  test('a search begins empty, and an empty one shows everything', () => {
    const once = typed(live(), '/', 'one', '\r')
    expect(typed(once, '/', 'two', '\r').list.query.q).toBe('two')
    expect(typed(once, '/', '\r').list.query.q).toBe('')
    expect(typed(typed(live(), '4', '/', 'x', '\r'), '/', 'y', '\r').log.q).toBe('y')
  })

  test.each(['q', '\x03'])('leaving (%j) asks first where it would stop a server that is sending', (key) => {
    const press = key === 'q' ? pressesOf('q', {}) : pressesOf('c', { ctrl: true })
    const actions = (state: State) => press.flatMap((one) => actionsOf(state, one))
    const ask: Action[] = [{ type: 'overlay', overlay: { kind: 'confirmQuit' } }]
    const here: State = { ...live(), local: true }
    expect(actions(here)).toEqual([...ask])
    expect(actions(live())).toEqual([{ type: 'quit' }])
    const over = countsOf({ sent: 9, failed: 1 })
    for (const change of [{ status: 'paused' }, { status: 'sent' }, { stats: over }] as const)
      expect(actions({ ...live([campaignOf(1, change)]), local: true })).toEqual([{ type: 'quit' }])
    const asked = ask.reduce<State>(reduce, here)
    const answer = (text: string) => actionsOf(asked, { name: text, text })
    expect(answer('y')).toEqual([{ type: 'quit' }])
    expect(answer('n').reduce(reduce, asked).overlay).toBeUndefined()
    expect(actionsOf(asked, { name: 'ctrl+c', text: '' })).toEqual([{ type: 'quit' }])
  })

  test('letters are text while text is typed', () => {
    const state = typed(live(), 'n', 'quick p')
    expect([state.screen, state.form?.texts.name.text]).toEqual(['form', 'quick p'])
  })
})

describe('lists', () => {
  const row = (id: number) => ({
    ...campaignOf(id),
    base_template: 'x',
    sender: null,
    max_rate: null,
    priority: 'normal' as const,
    purpose: 'marketing' as const,
    transliteration: 'none' as const,
    deferred: 0,
    deferred_until: null,
    texts: null,
    template: null,
    scheduled_at: null,
    expires_at: null,
    created_at: '2030-01-01T08:00:00.000Z',
    receipts: false,
  })
  const page = (ids: readonly number[]) => ({
    data: ids.map(row),
    pagination: { page: 1, page_size: 21, total_count: 40, total_pages: 2 },
  })

  test('drop an answer to what is no longer asked, and go to the next page past the last line', () => {
    const asked = typed(start(), '2')
    const loaded = reduce(asked, { type: 'list.loaded', query: asked.list.query, page: page([3, 2, 1]) })
    const filtered = typed(loaded, 's')
    expect(reduce(filtered, { type: 'list.loaded', query: asked.list.query, page: page([9]) }).list.rows).toEqual(
      loaded.list.rows,
    )
    const next = typed(loaded, 'jjj')
    expect([next.list.query.page, next.list.selected]).toEqual([2, 0])
    expect(typed(next, 'k').list.query.page).toBe(1)
  })

  test('the log forgets old lines, keeps the place of who reads further up, and filters', () => {
    const line = (nth: number) => ({
      at: nth,
      level: nth % 2 ? ('warn' as const) : ('info' as const),
      text: `line ${nth}`,
    })
    const lines = Array.from({ length: 600 }, (_, nth) => line(nth))
    const full = after({ type: 'go', screen: 'log' }, { type: 'log.add', lines })
    expect([full.log.lines.length, full.log.lines.at(-1)?.text]).toEqual([MOST_LINES, 'line 599'])
    const back = typed(full, 'kkk')
    expect(reduce(back, { type: 'log.add', lines: [line(600), line(601)] }).log.back).toBe(5)
    expect(typed(back, 'G').log.back).toBe(0)
    expect(matchingLines(typed(full, 'ss').log).every(({ level }) => level === 'warn')).toBe(true)
  })
})

describe('form', () => {
  test('parseIds() reads ids and ranges, each once', () => {
    expect(parseIds('5, 1-3 2;7')).toEqual({ ids: [1, 2, 3, 5, 7] })
    expect(parseIds('')).toEqual({ ids: [] })
    for (const wrong of ['x', '3-1', '0', '1-', '-5', '1.5'])
      expect(parseIds(wrong)).toEqual({ problem: expect.stringContaining(`"${wrong}"`) })
    expect(parseIds('1-2000000')).toEqual({ problem: expect.stringContaining('1,000,000') })
  })

  test('parseWhen() reads times as people write them', () => {
    const now = Date.UTC(2030, 0, 1)
    expect([parseWhen('', now), parseWhen('+90m', now), parseWhen('2030-01-31T09:00:00+03:00', now)]).toEqual([
      { at: null },
      { at: '2030-01-01T01:30:00.000Z' },
      { at: '2030-01-31T06:00:00.000Z' },
    ])
    expect(parseWhen('2030-01-31 09:00', now)).toEqual({ at: new Date('2030-01-31T09:00').toISOString() })
    for (const wrong of ['tomorrow', '2030-13-01 09:00', '+2', '2030-01-31'])
      expect(parseWhen(wrong, now)).toHaveProperty('problem')
  })

  test('says what it lacks, and shows only the fields that count', () => {
    const form = openForm()
    expect(problemOf(form)).toBe('Enter a name')
    const filled = [...'Sale'].reduce(
      (now, text) => reduceForm(now, { type: 'form.edit', change: { edit: 'insert', text } }),
      form,
    )
    expect([filled.texts.name.text, problemOf(filled)]).toEqual(['Sale', 'Enter a text'])
    expect(reduceForm({ ...form, focus: 'mode' }, { type: 'form.toggle' }).mode).toBe('ids')
  })

  test('text is edited by whole graphemes', () => {
    const family = inputOf('a👩‍👩‍👧b')
    const left = editInput(editInput(family, { edit: 'left' }), { edit: 'erase' })
    expect(left).toEqual({ text: 'ab', cursor: 1 })
    expect(editInput(inputOf('one two '), { edit: 'eraseWord' }).text).toBe('one ')
    expect(editInput({ text: 'ab', cursor: 0 }, { edit: 'delete' })).toEqual({ text: 'b', cursor: 0 })
  })
})
