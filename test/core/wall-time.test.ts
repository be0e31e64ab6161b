import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { momentsOf, type OffsetAt, wallTimeOf } from '../../core/messaging/text/wall-time.ts'
import { parseWhen } from '../../tui/state/form.ts'

const offsetIn =
  (zone: string): OffsetAt =>
  (ms) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).offsetNanoseconds / 60e9

/** One row a case: zone, wall time, and the moments it names in UTC, as the zone's rules have them. */
const cases: readonly (readonly [zone: string, wallTime: string, moments: readonly string[]])[] = [
  ['Europe/Berlin', '2030-01-31T09:00', ['2030-01-31T08:00:00.000Z +01:00']],
  ['Europe/Berlin', '2030-03-31T02:30', []],
  ['Europe/Berlin', '2030-03-31T03:00', ['2030-03-31T01:00:00.000Z +02:00']],
  ['Europe/Berlin', '2030-10-27T02:30', ['2030-10-27T00:30:00.000Z +02:00', '2030-10-27T01:30:00.000Z +01:00']],
  ['Europe/Berlin', '2030-10-27T03:00', ['2030-10-27T02:00:00.000Z +01:00']],
  ['America/New_York', '2030-03-10T02:15', []],
  ['America/New_York', '2030-11-03T01:59:59', ['2030-11-03T05:59:59.000Z -04:00', '2030-11-03T06:59:59.000Z -05:00']],
  ['America/New_York', '2030-11-03T02:00', ['2030-11-03T07:00:00.000Z -05:00']],
  ['Australia/Lord_Howe', '2030-10-06T02:15', []],
  ['Australia/Lord_Howe', '2030-10-06T02:30', ['2030-10-05T15:30:00.000Z +11:00']],
  ['Australia/Lord_Howe', '2030-04-07T01:45', ['2030-04-06T14:45:00.000Z +11:00', '2030-04-06T15:15:00.000Z +10:30']],
  ['Africa/Nairobi', '2030-10-27T02:30:15', ['2030-10-26T23:30:15.000Z +03:00']],
  ['Pacific/Apia', '2011-12-30T12:00', []],
  ['Asia/Kathmandu', '2030-01-01T00:00', ['2029-12-31T18:15:00.000Z +05:45']],
]

describe('momentsOf()', () => {
  test.each(cases)('%s: %s', (zone, wallTime, expected) => {
    const moments = momentsOf(wallTime, offsetIn(zone))
    expect(moments?.map(({ time, offset }) => `${time.toISOString()} ${offset}`)).toEqual([...expected])
  })

  test('refuses what is no time of the calendar', () => {
    for (const wrong of ['', 'soon', '2030-02-30T09:00', '2030-13-01T09:00', '2030-01-01T25:00', '2030-01-01'])
      expect([wrong, momentsOf(wrong)]).toEqual([wrong, undefined])
  })

  test('finds every moment again from what the clocks show at it, to the millisecond', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Nairobi', 'America/St_Johns']
    const year = { min: new Date('2024-01-01T00:00:00Z'), max: new Date('2037-12-31T00:00:00Z'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.date(year), (zone, time) => {
        const offsetAt = offsetIn(zone)
        const moments = momentsOf(wallTimeOf(time, offsetAt), offsetAt)
        expect(moments?.map((moment) => moment.time.getTime())).toContain(time.getTime())
      }),
      { numRuns: 500 },
    )
  })
})

test('parseWhen() of the terminal names a time that clocks skip, and asks which one where they show it twice', () => {
  const berlin = offsetIn('Europe/Berlin')
  const read = (text: string) => parseWhen(text, Date.UTC(2030, 0, 1), berlin)
  expect(read('2030-10-27 03:00')).toEqual({ at: '2030-10-27T02:00:00.000Z' })
  expect(read('2030-03-31 02:30')).toEqual({
    problem: 'Clocks skip 2030-03-31 02:30 on that day: choose another time',
  })
  const twice = read('2030-10-27 02:30')
  expect(twice).toEqual({
    problem: 'Clocks show 2030-10-27 02:30 twice on that day: write 2030-10-27 02:30+02:00 or 2030-10-27 02:30+01:00',
  })
  expect(read('2030-10-27 02:30+02:00')).toEqual({ at: '2030-10-27T00:30:00.000Z' })
  expect(read('2030-10-27 02:30+01:00')).toEqual({ at: '2030-10-27T01:30:00.000Z' })
  expect(read('2030-10-27 02:30:07 Z')).toEqual({ at: '2030-10-27T02:30:07.000Z' })
})
