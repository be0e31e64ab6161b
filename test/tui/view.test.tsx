import { describe, expect, test } from 'bun:test'
import { shares, stackedBar } from '../../tui/components/bar.tsx'
import { typedLines } from '../../tui/components/field.tsx'
import { resample, sparkline } from '../../tui/components/sparkline.ts'
import { type Column, layColumns } from '../../tui/components/table.tsx'
import { openDetail } from '../../tui/state/campaign.ts'
import { type Form, type FormAction, openForm, reduceForm } from '../../tui/state/form.ts'
import { inputOf } from '../../tui/state/input.ts'
import { initialState, type State } from '../../tui/state/state.ts'
import { widthOf } from '../../tui/text.ts'
import { busySnapshot, campaignOf, countsOf, snapshotOf } from '../support/snapshots.ts'
import { show } from '../support/view.tsx'

/** A form whose text takes several lines, and is being typed. */
function longForm(): Form {
  const text = `Hello {first_name|there}, ${'a long text about an offer in 東京. '.repeat(8)}\n\nThe last line`
  const actions: readonly FormAction[] = [
    { type: 'form.focus', by: 1 },
    { type: 'form.focus', by: 1 },
    { type: 'form.edit', change: { edit: 'insert', text } },
    { type: 'form.preview', text: text.repeat(3), warnings: [] },
  ]
  return actions.reduce(reduceForm, openForm())
}

describe('the question before a campaign is sent', () => {
  const asked = (at: string | null) =>
    show({
      now: Date.parse('2030-01-01T00:00:00Z'),
      overlay: { kind: 'confirmSend', count: 12, at, selects: false, tried: undefined },
    }).join('\n')
  test.each([
    ['2029-12-31T23:59:00Z', true],
    ['2030-01-01T00:00:00Z', true],
    ['2030-01-01T00:01:00Z', false],
    [null, false],
  ])('warns of a time that has passed: %p, %p', (at, warns) => {
    expect(asked(at)).toContain('Send this campaign?')
    expect(asked(at).includes('The sending time')).toBe(warns)
  })
})

describe('parts', () => {
  test('shares() fills the width exactly, and shows what is not nothing', () => {
    expect(shares([1, 0, 1_000_000], 10)).toEqual([1, 0, 9])
    expect(shares([1, 1, 1], 10).reduce((a, b) => a + b)).toBe(10)
    expect(shares([0, 0], 10)).toEqual([0, 0])
    expect(shares([1, 1, 1, 1, 1, 1_000_000], 6)).toEqual([1, 1, 1, 1, 1, 1])
  })

  test('a stacked bar can be read without colour: each part has its own sign', () => {
    const counts = countsOf({ sent: 40, sending: 10, failed: 20, unknown: 10, skipped: 10, pending: 10 })
    expect(
      stackedBar(counts, 10)
        .map(({ text }) => text)
        .join(''),
    ).toBe('▇▇▇▇▓▞▞?-░')
  })

  test('a sparkline keeps its peaks, and shows a little that is not nothing', () => {
    expect([resample([1, 9, 2, 2], 2), resample([1, 9], 4), resample([], 3)]).toEqual([[9, 2], [1, 1, 9, 9], []])
    expect(sparkline([0, 1, 4, 8], 4, 1)).toEqual([' ▁▄█'])
    expect(sparkline([0, 1, 1000], 3, 2)).toEqual(['  █', ' ▁█'])
  })

  test('typedLines() shows text on several lines, around the cursor', () => {
    const lines = (...given: Parameters<typeof typedLines>) =>
      typedLines(...given).map((pieces) => pieces.map(({ text, inverse }) => (inverse ? `[${text}]` : text)).join(''))
    expect(lines('one two three', undefined, 9, 5)).toEqual(['one two ', 'three'])
    expect(lines('one\ntwo\n', 8, 9, 5)).toEqual(['one', 'two', '[ ]'])
    expect(lines('one\ntwo\nthree', 5, 9, 5)).toEqual(['one', 't[w]o', 'three'])
    expect(lines('one\ntwo', 3, 9, 5)).toEqual(['one[ ]', 'two'])
    expect(lines('abcdefghijk', undefined, 5, 9)).toEqual(['abcd', 'efgh', 'ijk'])
    expect(lines('東京東京', undefined, 5, 9)).toEqual(['東京', '東京'])
    expect(lines('1\n2\n3\n4', 7, 9, 2)).toEqual(['3', '4[ ]'])
    expect(lines('1\n2\n3\n4', 0, 9, 2)).toEqual(['[1]', '2'])
    expect(lines('', 0, 9, 2)).toEqual(['[ ]'])
  })

  test('a table that is too narrow loses the columns that say least', () => {
    const column = (title: string, rank: number, width = 10): Column<unknown> => ({
      title,
      rank,
      width,
      cell: () => '',
    })
    const all = [column('name', 0), column('channel', 3), column('share', 0), column('rate', 1)]
    const titles = (width: number) => layColumns(all, width).map((one) => one.column.title)
    expect([titles(60), titles(40), titles(25)]).toEqual([
      ['name', 'channel', 'share', 'rate'],
      ['name', 'share', 'rate'],
      ['name', 'share'],
    ])
  })
})

describe('every screen', () => {
  const campaign = {
    ...campaignOf(7, { name: '新商品のお知らせ 🎉 e\u0301te\u0301' }),
    base_template: 'Hi {first_name}',
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
  }
  const recipient = {
    customer: { id: 1, first_name: 'Vĩnh Thụy', last_name: 'Trần', phone: '+254712345678' },
    status: 'failed' as const,
    attempts: 3,
    provider_message_id: null,
    last_error: 'provider.rejected',
    history: [],
    rendered_content: 'Hi',
    delivery: null,
    delivery_code: null,
    created_at: '2030-01-01T08:00:00.000Z',
    updated_at: '2030-01-01T08:00:01.000Z',
  }
  const detail = {
    ...openDetail(7, 10, campaign),
    recipients: [recipient],
    recipientsLoaded: true,
    failures: [{ status: 'failed' as const, code: 'provider.rejected', count: 12 }],
  }
  const base = initialState('http://localhost:8080', false, 100, 30, 1000)
  const list = {
    ...base.list,
    rows: [campaign, { ...campaign, id: 6, name: 'Plain' }],
    count: 2,
    pages: 1,
    loaded: true,
  }
  const screens: readonly (readonly [string, Partial<State>])[] = [
    ['overview', {}],
    ['campaigns', { screen: 'campaigns', list }],
    ['recipients', { screen: 'campaign', detail }],
    ['failures', { screen: 'campaign', detail: { ...detail, tab: 'failures' } }],
    ['template', { screen: 'campaign', detail: { ...detail, tab: 'template' } }],
    ['queue', { screen: 'queue' }],
    ['log', { screen: 'log', log: { ...base.log, lines: [{ at: 0, level: 'warn', text: 'x'.repeat(300) }] } }],
    ['form', { screen: 'form', form: openForm() }],
    ['form with a long text', { screen: 'form', form: longForm() }],
    ['quit', { local: true, overlay: { kind: 'confirmQuit' } }],
    ['help', { overlay: { kind: 'help' } }],
    ['search', { overlay: { kind: 'search', input: inputOf('x') } }],
    ['key', { overlay: { kind: 'key', input: inputOf('secret'), refused: true } }],
    ['confirm', { overlay: { kind: 'confirm', control: 'cancel', target: campaign } }],
    ['nothing yet', { snapshot: undefined, connection: { status: 'connecting' } }],
  ]

  test.each(screens)('%s fills the terminal and no more, at every size', (_, changes) => {
    for (const [columns, rows] of [
      [60, 16],
      [80, 24],
      [120, 40],
      [200, 60],
    ] as const) {
      const lines = show(changes, columns, rows)
      expect([columns, lines.length]).toEqual([columns, rows])
      for (const line of lines) expect([line, widthOf(line.trimEnd()) <= columns]).toEqual([line, true])
    }
  })

  test('an overlay cuts none of its lines, and keeps its frame', () => {
    for (const [name, changes] of screens.filter(([, { overlay }]) => overlay)) {
      const lines = show({ snapshot: undefined, ...changes }, 80, 24)
      const top = lines.findIndex((line) => line.includes('╭'))
      const bottom = lines.findIndex((line) => line.includes('╰'))
      const inside = lines.slice(top + 1, bottom)
      expect([name, inside.length > 0]).toEqual([name, true])
      for (const line of inside) expect([name, line]).toEqual([name, expect.stringMatching(/^ *│ [^…]* │ *$/)])
    }
  })

  test('keeps columns aligned whatever the names are made of', () => {
    const lines = show({ screen: 'campaigns', list }, 100, 24)
    const at = (name: string) => {
      const line = lines.find((one) => one.includes(name)) ?? ''
      return widthOf(line.slice(0, line.indexOf('▶')))
    }
    expect(at('新商品')).toBe(at('Plain'))
    expect(at('Plain')).toBeGreaterThan(20)
  })

  test('hides a key that is typed', () => {
    expect(show({ overlay: { kind: 'key', input: inputOf('secret'), refused: false } }).join('\n')).not.toContain(
      'secret',
    )
  })
})

test('the form keeps every field in sight, however long its text is', () => {
  for (const [columns, rows] of [
    [80, 24],
    [200, 60],
  ] as const) {
    const screen = show({ screen: 'form', form: longForm() }, columns, rows).join('\n')
    for (const label of [
      'Name',
      'Channel',
      'Text',
      'The last line',
      'When',
      'Recipients',
      'Create and send',
      'Preview',
    ])
      expect([columns, screen.includes(label)]).toEqual([columns, true])
  }
})

describe('the overview', () => {
  test.each([
    ['one campaign', snapshotOf({ campaigns: [campaignOf(1)], messages: countsOf({ sent: 1 }) })],
    ['nothing', snapshotOf()],
  ])('leaves no half of a large terminal empty: %s', (_, snapshot) => {
    const base = initialState('http://localhost:8080', false, 200, 60, 1000)
    const held = { purpose: 'marketing', transliteration: 'none', deferred: 0, deferred_until: null } as const
    const own = { sender: null, max_rate: null, priority: 'normal', template: null, texts: null, ...held } as const
    const times = { scheduled_at: null, expires_at: null, created_at: '2030-01-01T08:00:00.000Z', receipts: false }
    const row = { base_template: '', ...times, ...own }
    const rows = Array.from({ length: 40 }, (_, nth) => ({ ...campaignOf(90 - nth), ...row }))
    const list = { ...base.list, rows, count: 40, loaded: true }
    const lines = show({ snapshot, list }, 200, 60)
    expect(lines.filter((line) => line.trim() === '').length).toBeLessThan(12)
    expect(lines.filter((line) => line.includes('Campaign ')).length).toBeGreaterThan(20)
  })

  test('shows one rate for one campaign', () => {
    const campaigns = [campaignOf(1, { rate: 321 })]
    const workers = busySnapshot(1, 999).workers.slice(0, 1)
    const snapshot = snapshotOf({ campaigns, workers, throughput: { ...snapshotOf().throughput, now: 321 } })
    const rates = show({ snapshot }, 200, 60)
      .join('\n')
      .match(/[\d,.]+\/s(?! in 10 min)/g)
    expect(new Set(rates)).toEqual(new Set(['321/s']))
  })

  test('calls nothing healthy while it is disconnected', () => {
    const failure = { kind: 'lost', message: 'connection refused' } as const
    const lost = show({ connection: { status: 'lost', failure, since: 2000, retryAt: 64_000 } })
    expect(lost.join('\n')).toMatch(/Health {2}unknown/)
    expect([show().join('\n').includes('● database'), lost.join('\n').includes('●')]).toEqual([true, false])
  })

  test('says what needs attention', () => {
    const pausedChannels = [
      {
        channel: 'sms' as const,
        country: null,
        reason: 'provider.account',
        detail: 'SMS sending is paused because the provider rejects our account',
        since: '2030-01-01T08:00:00.000Z',
        probe_at: '2030-01-01T08:00:00.000Z',
      },
    ]
    const screen = show({ snapshot: snapshotOf({ resting_channels: pausedChannels }) }).join('\n')
    expect(screen).toContain('live, needs attention')
    expect(screen).toContain('▲ SMS sending is paused')
  })

  test('marks figures that are old, and why', () => {
    const failure = { kind: 'lost', message: 'connection refused' } as const
    const screen = show({ now: 61_000, connection: { status: 'lost', failure, since: 2000, retryAt: 64_000 } }).join(
      '\n',
    )
    expect(screen).toContain('✗ disconnected, reconnecting in 3 s')
    expect(screen).toMatch(/▲ Figures from \d\d:\d\d:\d\d, 1:00 old: connection refused/)
  })

  test('shows as many campaigns as there is room for, around the one that is chosen', () => {
    const campaigns = Array.from({ length: 50 }, (_, nth) => campaignOf(50 - nth))
    const screen = show({ snapshot: snapshotOf({ campaigns }), chosen: 30 }, 100, 30).join('\n')
    expect(screen).toMatch(/▸ +20 +Campaign 20/)
    expect(screen).toMatch(/\d+–\d+ of 50/)
  })
})
