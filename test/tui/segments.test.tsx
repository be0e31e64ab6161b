/** Segments in the terminal: the list, a segment with its rule in words, and the people in it. */
import { afterEach, describe, expect, test } from 'bun:test'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { actionsOf } from '../../tui/keys/keys.ts'
import { pressesOf } from '../../tui/keys/press.ts'
import { reduce } from '../../tui/state/reduce.ts'
import { emptySegments, type Person, type Segment, type SegmentList } from '../../tui/state/segments.ts'
import { initialState, type State } from '../../tui/state/state.ts'
import { widthOf } from '../../tui/text.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../support/server-process-folder.ts'
import { inProject, keys, openTerminal, releaseTerminals } from '../support/terminal.ts'
import { show } from '../support/view.tsx'

const LONG = 120_000

afterEach(async () => {
  releaseTerminals()
  await releaseServers()
  await releaseFolders()
})

const times = { created_at: '2030-01-01T08:00:00.000Z', updated_at: '2030-01-01T08:00:00.000Z' }
const staff: Segment = { id: 3, name: 'Staff', rule: { tag: 'staff' }, ...times, used_by: [] }
const nairobi: Segment = {
  id: 4,
  name: 'Nairobi, no staff',
  rule: { all: [{ field: 'location', is: 'Nairobi' }, { not: { segment: 3 } }, { campaign: 5, outcome: ['read'] }] },
  ...times,
  used_by: [
    { kind: 'segment', id: 9, name: 'Both towns' },
    { kind: 'campaign', id: 7, name: 'New Year' },
  ],
}
const person: Person = {
  id: 1,
  first_name: 'Amina',
  last_name: 'Otieno',
  phone: '+254712345678',
  location: 'Nairobi',
  prefered_product: null,
  language: 'sw',
  time_zone: 'Africa/Nairobi',
  tags: ['vip', 'newsletter'],
  attributes: { loyalty_points: 1250, member: true, renews: '2030-01-31' },
  suppressed: [],
}
const base = emptySegments(10)
const list: SegmentList = {
  ...base,
  rows: [nairobi, staff],
  count: 2,
  loaded: true,
  people: new Map([[4, { count: 1737, sample: [person] }]]),
  names: { segments: new Map([[3, 'Staff']]), campaigns: new Map([[5, 'Spring sale']]) },
}
const many = { all: Array.from({ length: 100 }, (_, nth) => ({ tag: `tag ${nth}` })) }

const state: State = {
  ...initialState('http://localhost:8080', false, 100, 30, 1000),
  screen: 'segments',
  segments: list,
}
const typed = (before: State, ...pressed: readonly string[]) =>
  pressed.flatMap((key) => pressesOf(key, {})).reduce((now, press) => actionsOf(now, press).reduce(reduce, now), before)

describe('the list', () => {
  test('names the segments, the number of their customers where it is known, and what uses them', () => {
    const lines = show({ screen: 'segments', segments: list }, 110)
    expect(lines.find((line) => line.includes('Nairobi, no staff'))).toMatch(
      /▸ +4 {2}Nairobi, no staff +1,737 {2}“Both towns”, campaign #7 New Year/,
    )
    expect(lines.find((line) => /3 {2}Staff/.test(line))).toMatch(/Staff +– /)
    const narrow = show({ screen: 'segments', segments: list }, 60, 16).join('\n')
    expect(narrow).toMatch(/Nairobi, no staff +1,737/)
  })

  test('shows the rule of the chosen one in words, as far as there is room', () => {
    const shown = show({ screen: 'segments', segments: list }, 110).join('\n')
    for (const words of [
      'all of these:',
      'location is “Nairobi”',
      'is not in the segment “Staff”',
      'is a recipient of “Spring sale” with the result read',
    ])
      expect(shown).toContain(words)
    const long = { ...list, rows: [{ ...staff, rule: many }] }
    expect(show({ screen: 'segments', segments: long }, 80, 24).join('\n')).toMatch(/… \d+ more lines, press enter/)
  })

  test('says why it is empty', () => {
    const text = (segments: SegmentList) => show({ screen: 'segments', segments }).join('\n')
    expect(text(base)).toContain('Loading…')
    expect(text({ ...base, loaded: true })).toContain('No segments yet')
    expect(text({ ...base, loaded: true, query: { ...base.query, q: 'x' } })).toContain('No matching segments')
    expect(text({ ...base, problem: 'gone' })).toContain('▲ gone')
  })

  test('is searched, and turned page by page', () => {
    const found = typed(state, '/', 'nai', '\r')
    expect([found.screen, found.segments.query.q]).toEqual(['segments', 'nai'])
    expect(typed(found, '\x1b').segments.query.q).toBe('')
    const pages: State = { ...state, segments: { ...list, pages: 3 } }
    expect(typed(pages, 'j', 'j').segments).toMatchObject({ query: { page: 2 }, selected: 0 })
    expect(typed(pages, ']', '[').segments.query.page).toBe(1)
    expect(typed(pages, 'h').segments.query.page).toBe(1)
  })
})

describe('a segment', () => {
  test('opens with enter and closes with esc', () => {
    const opened = typed(state, 'j', '\r')
    expect([opened.screen, opened.segments.open?.name]).toEqual(['segment', 'Staff'])
    expect(typed(opened, '\x1b').screen).toBe('segments')
    expect(typed({ ...state, segments: base }, '\r').screen).toBe('segments')
  })

  test('shows everything of its people, at every width', () => {
    for (const [columns, rows] of [
      [60, 40],
      [80, 30],
      [110, 30],
      [200, 60],
    ] as const) {
      const lines = show({ screen: 'segment', segments: { ...list, open: nairobi } }, columns, rows)
      const flat = lines.join(' ').replace(/\s+/g, ' ')
      for (const fact of [
        '1,737 customers, the first 1',
        'Used by “Both towns”, campaign #7 New Year',
        'Amina Otieno',
        '+254712345678',
        'Nairobi · sw · Africa/Nairobi · tags vip, newsletter · loyalty points 1250 · member true · renews 2030-01-31',
      ])
        expect([columns, flat.includes(fact)]).toEqual([columns, true])
      for (const line of lines) expect([line, widthOf(line.trimEnd()) <= columns]).toEqual([line, true])
    }
  })

  test('scrolls to its end, and no further', () => {
    const open = { ...staff, rule: many }
    const people = new Map([[3, { count: 1, sample: [person] }]])
    const at = (scrolled: number) =>
      show({ screen: 'segment', segments: { ...list, people, open, scrolled } }, 80, 24).join('\n')
    expect([at(0).includes('“tag 0”'), at(0).includes('Amina')]).toEqual([true, false])
    expect([at(1e9).includes('“tag 0”'), at(1e9).includes('Amina')]).toEqual([false, true])
    const opened = typed({ ...state, segments: { ...list, rows: [open] } }, '\r')
    expect(typed(opened, 'j', 'j', 'k').segments.scrolled).toBe(1)
  })

  test('says why its people are not counted', () => {
    const people = new Map([[3, { problem: 'The rule takes too long' }]])
    const shown = (list_: SegmentList) => show({ screen: 'segment', segments: { ...list_, open: staff } }).join('\n')
    expect(shown({ ...list, people })).toContain('▲ The rule takes too long')
    expect(shown({ ...list, people: new Map() })).toContain('Counting…')
  })
})

test(
  'on a real server: segments are listed, counted, opened and found, and a change is seen',
  async () => {
    const folder = await freshFolder()
    const [first = 0] = await inFolder(folder, (db) => insertPeople(db, makePeople(60, 5)))
    const server = await startServer({ DATA_DIR: folder, SAMPLE_DATA: 'off', LOG_LEVEL: 'error' })
    const api = openApi(server.url)
    await api.post('/attributes', { name: 'points', type: 'number' })
    await api.patch(`/customers/${first}`, {
      tags: ['vip'],
      attributes: { points: 120 },
      language: 'sw',
      time_zone: 'Africa/Nairobi',
    })
    const vip = await api.post<{ id: number }>('/segments', { name: 'Very important', rule: { tag: 'vip' } })
    await api.post('/segments', { name: 'All others', rule: { not: { segment: vip.id } } })
    const screen = openTerminal([inProject('tui/main.ts'), '--url', server.url])
    await screen.sees('it is live', (text) => text.includes('● live'))

    screen.press('6')
    await screen.sees('the first one is counted', (text) => /▸ +All others +59/.test(text))
    await screen.sees('its rule has a name', (text) => text.includes('is not in the segment “Very important”'))
    screen.press('j')
    await screen.sees('the second one is counted', (text) => /▸ +Very important +1 +“All others”/.test(text))
    screen.press(keys.enter)
    const opened = await screen.sees('the person is there', (text) => text.includes('points 120') && text)
    expect(opened).toMatch(/has the tag “vip”[\s\S]+1 customer[\s\S]+sw · Africa\/Nairobi · tags vip · points 120/)

    await api.patch(`/segments/${vip.id}`, { rule: { field: 'attributes.points', at_least: 500 } })
    await screen.sees(
      'the change is seen',
      (text) => text.includes('points is at least 500') && text.includes('0 customers'),
    )
    screen.press(keys.esc)
    await screen.sees('the list is back', (text) => text.includes('2 in total'))
    screen.press('/')
    await screen.sees('it asks', (text) => text.includes('Search segments by name'))
    screen.press('others')
    screen.press(keys.enter)
    await screen.sees('one is found', (text) => text.includes('1 found') && /▸ +All others +60/.test(text))
  },
  LONG,
)
