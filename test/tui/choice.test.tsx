/** Recipients by segments, and everyone, in the form of the terminal. */
import { describe, expect, test } from 'bun:test'
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
import { campaignOf, countsOf, snapshotOf } from '../support/snapshots.ts'
import { show } from '../support/view.tsx'

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
      visibleFields(mode).filter(
        (field) => !['name', 'channel', 'template', 'when', 'mode', 'purpose', 'send'].includes(field),
      )
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
    const sentence = (form: Form) =>
      boxOf(show({ overlay: reduce(press(form), { type: 'ask.tried', tried: undefined }).overlay }))
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
    // The row under the cursor is one of the earlier search.
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
