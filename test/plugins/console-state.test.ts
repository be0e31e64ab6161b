import { describe, expect, test } from 'bun:test'
import type { Campaign, Customer, Snapshot } from '../../plugins/console/web/api/types.ts'
import { addFigures, emptySeries } from '../../plugins/console/web/pages/campaign/series.ts'
import { withLive } from '../../plugins/console/web/pages/campaigns/with-live.ts'
import {
  bodyOf,
  changesOf,
  copyOf,
  draftOf,
  emptyDraft,
  lacks,
  rebase,
  sizeOf,
} from '../../plugins/console/web/pages/compose/draft.ts'
import { pickSamples } from '../../plugins/console/web/pages/compose/pick-samples.ts'
import { choiceOf, isoOf, momentOf } from '../../plugins/console/web/text/chosen-time.ts'
import { duration, percent } from '../../plugins/console/web/text/format.ts'

const noReceipts = { delivered: 0, undelivered: 0, read: 0 }
const stats = { total: 10, pending: 10, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0, ...noReceipts }
const campaign: Campaign = {
  id: 1,
  name: 'a',
  channel: 'sms',
  status: 'sending',
  base_template: 'Hi',
  scheduled_at: null,
  expires_at: null,
  created_at: '2030-01-01T00:00:00.000Z',
  receipts: false,
  audience_open: false,
  queueing: false,
  paused_reason: null,
  sender: null,
  max_rate: null,
  priority: 'normal',
  purpose: 'marketing',
  transliteration: 'none',
  deferred: 0,
  deferred_until: null,
  texts: null,
  template: null,
  stats,
  waiting: null,
}

describe('addFigures()', () => {
  test('makes a point of the results since the last one, at most one per second', () => {
    let series = addFigures(emptySeries, 1000, 0)
    expect(series.points).toEqual([])
    series = addFigures(series, 1500, 40)
    expect(series.points).toEqual([])
    series = addFigures(series, 3000, 100)
    expect(series.points).toEqual([{ at: 3, rate: 50 }])
    // Failed ones that are tried again take outcomes back.
    series = addFigures(series, 4000, 90)
    expect(series.points.at(-1)).toEqual({ at: 4, rate: 0 })
  })

  test('keeps ten minutes', () => {
    let series = emptySeries
    for (let second = 0; second < 700; second++) series = addFigures(series, second * 1000, second)
    expect(series.points).toHaveLength(600)
  })
})

test('withLive() puts the newest figures over those of the list', () => {
  const now = { ...stats, pending: 4, sent: 6 }
  const waiting = { reason: 'paused' as const, since: null, until: null, detail: 'This campaign is paused' }
  const live = { id: 1, name: 'a', channel: 'sms', status: 'paused', stats: now, waiting, rate: 2, eta_seconds: null }
  const other = { ...campaign, id: 2 }
  const merged = withLive([campaign, other], { campaigns: [live] } as unknown as Snapshot)
  expect(merged).toEqual([{ ...campaign, status: 'paused', stats: now, waiting, rate: 2, eta_seconds: null }, other])
  expect(withLive([campaign], undefined)).toEqual([campaign])
})

test('pickSamples() finds the customers that are trouble, each once', () => {
  const person = (id: number, values: Partial<Customer>): Customer => {
    const known = { first_name: 'Ann', last_name: 'Bee', location: 'Nyeri', prefered_product: 'Tea' }
    return { id, phone: `+25471234567${id}`, ...known, ...values }
  }
  const people = [
    person(1, { location: null }),
    person(2, {}),
    person(3, { first_name: null, last_name: null, location: ' ' }),
    person(4, { first_name: 'x'.repeat(150) }),
    person(5, { location: 'نيروبي' }),
  ]
  expect(pickSamples(people).map(({ customer, why }) => [customer.id, why])).toEqual([
    [2, 'Typical'],
    [4, 'Longest details'],
    [3, 'Details missing'],
    [5, 'Another script'],
  ])
  expect(pickSamples([])).toEqual([])
  expect(pickSamples([person(1, {})])).toHaveLength(1)
})

describe('a draft', () => {
  test('becomes what the API takes, and comes back', () => {
    const scheduled_at = '2031-01-01T06:00:00.000Z'
    const sending = {
      sender: 'main',
      max_rate: 2.5,
      priority: 'high',
      purpose: 'service',
      transliteration: 'punctuation',
    } as const
    const body = { name: 'a', channel: 'sms' as const, base_template: 'Hi', scheduled_at, expires_at: null, ...sending }
    expect(bodyOf(draftOf({ ...campaign, ...sending, scheduled_at }))).toEqual({
      ...body,
      template: null,
      texts: null,
    })
    const template = { name: 'spring_sale', language: 'en_US', parameters: ['{first_name}'] }
    const approved = draftOf({ ...campaign, channel: 'whatsapp', template })
    expect(bodyOf(approved)).toMatchObject({ channel: 'whatsapp', template })
    expect(bodyOf({ ...approved, channel: 'sms' }).template).toBeNull()
    expect(changesOf(approved, draftOf({ ...campaign, channel: 'whatsapp', template: { ...template } }))).toEqual({})
    expect(lacks({ ...approved, approved: { ...template, parameters: [' '] } })).toBe(
      'Fill in every placeholder of the template',
    )
    const empty = {
      name: 'b',
      scheduled_at: null,
      sender: null,
      max_rate: null,
      priority: 'normal' as const,
      purpose: 'marketing' as const,
      template: null,
    }
    expect(bodyOf({ ...emptyDraft, name: ' b ' })).toMatchObject(empty)
  })

  test('is not saved with a rate that the API would refuse', () => {
    const draft = { ...emptyDraft, name: 'a', template: 'Hi' }
    for (const maxRate of ['', ' ', '0.01', '20', '100000']) expect(lacks({ ...draft, maxRate })).toBeUndefined()
    for (const maxRate of ['0', 'x', '-1', '1e9', '2,5']) expect(lacks({ ...draft, maxRate })).toContain('maximum rate')
  })

  test('tells how many it goes to', () => {
    expect(sizeOf({ by: 'none' })).toBe(0)
    expect(sizeOf({ by: 'picking', ids: [1, 2] })).toBe(2)
    expect(sizeOf({ by: 'filter', filter: { q: '', location: '', prefered_product: '' }, count: undefined })).toBe(
      undefined,
    )
  })
})

/** A moment with seconds and milliseconds in each zone, in the hour that clocks show twice where they do. */
const times: readonly (readonly [zone: string, iso: string])[] = [
  ['Europe/Berlin', '2030-10-27T00:30:15.250Z'],
  ['Europe/Berlin', '2030-10-27T01:30:15.250Z'],
  ['America/New_York', '2030-11-03T05:30:45.000Z'],
  ['America/New_York', '2030-11-03T06:30:45.000Z'],
  ['Australia/Lord_Howe', '2030-04-06T14:45:00.001Z'],
  ['Australia/Lord_Howe', '2030-04-06T15:15:00.001Z'],
  ['Africa/Nairobi', '2030-10-27T01:30:15.250Z'],
]

describe('a time of a form', () => {
  const offsetIn = (zone: string) => (ms: number) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).offsetNanoseconds / 60e9

  test.each(times)('in %s, %s comes back to the millisecond', (zone, iso) => {
    expect(isoOf(choiceOf(iso, offsetIn(zone)), offsetIn(zone))).toBe(iso)
  })

  test('keeps its offset when it is changed within the hour that clocks show twice, and else takes that of the day', () => {
    const berlin = offsetIn('Europe/Berlin')
    const { offset } = choiceOf('2030-10-27T01:30:00Z', berlin)
    expect(momentOf({ wallTime: '2030-10-27T02:45', offset }, berlin)?.time.toISOString()).toBe(
      '2030-10-27T01:45:00.000Z',
    )
    expect(momentOf({ wallTime: '2030-07-01T09:00', offset }, berlin)?.offset).toBe('+02:00')
    expect([isoOf(choiceOf(null)), isoOf({ wallTime: 'soon' })]).toEqual([null, null])
  })
})

describe('changes of a draft', () => {
  const written = { ...campaign, scheduled_at: '2030-10-27T01:30:15.250Z', expires_at: '2030-10-28T00:00:30.000Z' }

  test('are only what somebody touched', () => {
    const draft = draftOf(written)
    expect(changesOf(draft, { ...draft, name: 'b' })).toEqual({ name: 'b' })
    expect(changesOf(draft, draftOf(written))).toEqual({})
    expect(changesOf(draft, { ...draft, scheduledAt: { wallTime: '' } })).toEqual({ scheduled_at: null })
  })

  test('are put upon what somebody else changed meanwhile', () => {
    const before = draftOf(written)
    const fresh = { ...before, template: 'Theirs', name: 'Theirs' }
    expect(rebase(before, { ...before, name: 'Mine' }, fresh)).toEqual({ ...fresh, name: 'Mine' })
  })

  test('a copy has another name and no times', () => {
    expect(bodyOf(copyOf(written))).toEqual({ ...bodyOf(draftOf(campaign)), name: 'Copy of a' })
    expect(copyOf({ ...written, name: 'x'.repeat(200) }).name).toHaveLength(200)
  })
})

test('figures are rounded so that none and all stay true', () => {
  expect([percent(0, 5), percent(1, 1000), percent(999, 1000), percent(5, 5), percent(0, 0), percent(1, 2)]).toEqual([
    '0%',
    '< 1%',
    '> 99%',
    '100%',
    '0%',
    '50%',
  ])
  expect([duration(5), duration(65), duration(3700), duration(200_000)]).toEqual([
    '5 s',
    '1 min 5 s',
    '1 h 1 min',
    '2 d 7 h',
  ])
})
