import { describe, expect, test } from 'bun:test'
import type { Campaign, Customer, Snapshot } from '../../plugins/console/web/api/types.ts'
import { addFigures, emptySeries } from '../../plugins/console/web/pages/campaign/series.ts'
import { withLive } from '../../plugins/console/web/pages/campaigns/with-live.ts'
import { bodyOf, draftOf, emptyDraft, sizeOf } from '../../plugins/console/web/pages/compose/draft.ts'
import { pickSamples } from '../../plugins/console/web/pages/compose/pick-samples.ts'
import { duration, percent } from '../../plugins/console/web/text/format.ts'
import { toIso, toLocal } from '../../plugins/console/web/text/local-time.ts'

const stats = { total: 10, pending: 10, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0 }
const campaign: Campaign = {
  id: 1,
  name: 'a',
  channel: 'sms',
  status: 'sending',
  base_template: 'Hi',
  scheduled_at: null,
  expires_at: null,
  created_at: '2030-01-01T00:00:00.000Z',
  stats,
  waiting: null,
}

describe('addFigures()', () => {
  test('makes a point of what was settled since the last one, at most one a second', () => {
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
  const waiting = { reason: 'paused', since: null, until: null, detail: 'This campaign is paused' }
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
    [2, 'An ordinary one'],
    [4, 'The longest values'],
    [3, 'Values are missing'],
    [5, 'Another script'],
  ])
  expect(pickSamples([])).toEqual([])
  expect(pickSamples([person(1, {})])).toHaveLength(1)
})

describe('a draft', () => {
  test('becomes what the API takes, and comes back', () => {
    const scheduled_at = '2031-01-01T06:00:00.000Z'
    const draft = draftOf({ ...campaign, scheduled_at })
    expect(bodyOf(draft)).toEqual({ name: 'a', channel: 'sms', base_template: 'Hi', scheduled_at })
    expect(bodyOf({ ...emptyDraft, name: ' b ' })).toMatchObject({ name: 'b', scheduled_at: null })
  })

  test('tells how many it goes to', () => {
    expect(sizeOf({ by: 'none' })).toBe(0)
    expect(sizeOf({ by: 'picking', ids: [1, 2] })).toBe(2)
    expect(sizeOf({ by: 'filter', filter: { q: '', location: '', prefered_product: '' }, count: undefined })).toBe(
      undefined,
    )
  })
})

test('times go between the browser’s zone and UTC', () => {
  const iso = toIso('2030-01-31T09:30')
  expect(toLocal(iso ?? null)).toBe('2030-01-31T09:30')
  expect([toIso(''), toIso('soon'), toLocal(null)]).toEqual([undefined, undefined, ''])
})

test('figures are rounded so that none and all stay true', () => {
  expect([percent(0, 5), percent(1, 1000), percent(999, 1000), percent(5, 5), percent(0, 0), percent(1, 2)]).toEqual([
    '0 %',
    '< 1 %',
    '> 99 %',
    '100 %',
    '0 %',
    '50 %',
  ])
  expect([duration(5), duration(65), duration(3700), duration(200_000)]).toEqual([
    '5 s',
    '1 min 5 s',
    '1 h 1 min',
    '2 d 7 h',
  ])
})
