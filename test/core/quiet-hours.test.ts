import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { getCountries, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { findClosed, openQuietHours, type QuietHours } from '../../core/messaging/policy/quiet-hours.ts'
import { zonesOf } from '../../core/messaging/policy/time-zones.ts'
import { HORIZON_MS, weekdays } from '../../core/messaging/policy/week.ts'
import { countryOf } from '../../core/messaging/text/phone-country.ts'
import { isQuiet, opensAt, STEP_MS } from '../support/quiet-model.ts'

const phones = {
  KE: '+254712345678',
  US: '+12015550123',
  GB: '+447400123456',
  NP: '+9779841234567',
  AU: '+61412345678',
  BR: '+5511961234567',
  RU: '+79123456789',
  KI: '+68672001234',
  AS: '+16847331234',
  CL: '+56221234567',
} as const
const night = { from: '20:00', to: '08:00' }
const utc = (text: string) => Date.parse(`${text}Z`)

interface Asked {
  readonly quiet: readonly QuietHours[]
  readonly phone: string
  readonly zone?: string | null
  readonly at: number
}

/** The moment at which a message may start, as text; undefined where nothing is set for the person. */
function opening({ quiet, phone, zone = null, at }: Asked): string | undefined {
  const hours = openQuietHours(quiet)({ phone, timeZone: zone }, at)
  return hours && new Date(hours.open ? at : hours.until).toISOString()
}

/** One row a case: zone of the person, the quiet hours, now and the first moment at which a message may start, in UTC. */
const changes: readonly (readonly [zone: string, from: string, to: string, now: string, opens: string])[] = [
  ['Africa/Nairobi', '20:00', '08:00', '2030-01-31T18:00:00', '2030-02-01T05:00:00'],
  ['Africa/Nairobi', '20:00', '08:00', '2030-01-31T16:59:59', '2030-01-31T16:59:59'],
  ['Africa/Nairobi', '20:00', '08:00', '2030-01-31T17:00:00', '2030-02-01T05:00:00'],
  // The hour in which it would open is skipped: the first moment after it.
  ['Europe/Berlin', '20:00', '02:30', '2030-03-30T20:00:00', '2030-03-31T01:00:00'],
  // The clocks skip an hour of the night, or show one twice.
  ['Europe/Berlin', '20:00', '08:00', '2030-03-30T20:00:00', '2030-03-31T06:00:00'],
  ['Europe/Berlin', '20:00', '08:00', '2030-10-26T20:00:00', '2030-10-27T07:00:00'],
  // The first of two 02:30 opens; the second hour that shows 02:00 is quiet again, until its own 02:30.
  ['Europe/Berlin', '20:00', '02:30', '2030-10-26T23:00:00', '2030-10-27T00:30:00'],
  ['Europe/Berlin', '20:00', '02:30', '2030-10-27T01:10:00', '2030-10-27T01:30:00'],
  // Half an hour is shown twice, in the other hemisphere.
  ['Australia/Lord_Howe', '20:00', '01:45', '2030-04-06T14:00:00', '2030-04-06T14:45:00'],
  ['Australia/Lord_Howe', '20:00', '01:45', '2030-04-06T15:05:00', '2030-04-06T15:15:00'],
  ['Australia/Lord_Howe', '20:00', '02:15', '2030-10-05T15:00:00', '2030-10-05T15:30:00'],
  ['Asia/Kathmandu', '20:00', '08:00', '2030-01-31T20:00:00', '2030-02-01T02:15:00'],
  ['Pacific/Kiritimati', '20:00', '08:00', '2030-01-31T08:00:00', '2030-01-31T18:00:00'],
  ['Pacific/Pago_Pago', '20:00', '08:00', '2030-01-31T08:00:00', '2030-01-31T19:00:00'],
  ['America/St_Johns', '12:00', '13:00', '2030-07-01T14:45:00', '2030-07-01T15:30:00'],
  // Midnight is skipped here.
  ['America/Santiago', '22:00', '00:30', '2030-09-08T02:30:00', '2030-09-08T04:00:00'],
]

describe('openQuietHours()', () => {
  test.each(changes)('%s, quiet from %s to %s, at %s: opens %s', (zone, from, to, now, opens) => {
    const quiet = [{ country: '*', from, to }]
    expect(opening({ quiet, phone: phones.KE, zone, at: utc(now) })).toBe(`${opens}.000Z`)
  })

  test('the only zone of the country decides where the person has none', () => {
    const quiet = [{ country: 'KE', ...night }]
    const at = utc('2030-01-31T18:00:00')
    expect(opening({ quiet, phone: phones.KE, at })).toBe('2030-02-01T05:00:00.000Z')
    expect(opening({ quiet, phone: phones.KE, zone: 'America/New_York', at })).toBe('2030-01-31T18:00:00.000Z')
    expect(opening({ quiet, phone: phones.KE, zone: 'Mars/Olympus', at })).toBe('2030-02-01T05:00:00.000Z')
    expect(opening({ quiet, phone: phones.GB, at })).toBeUndefined()
  })

  test('a country of several zones is open while all of them are', () => {
    const quiet = [{ country: 'US', ...night }]
    // 8:00 in Honolulu, where it is the latest.
    expect(opening({ quiet, phone: phones.US, at: utc('2030-01-31T13:00:00') })).toBe('2030-01-31T18:00:00.000Z')
    expect(opening({ quiet, phone: phones.US, at: utc('2030-02-01T00:59:59') })).toBe('2030-02-01T00:59:59.000Z')
    // 20:00 in New York, where it is the earliest.
    expect(opening({ quiet, phone: phones.US, at: utc('2030-02-01T01:00:00') })).toBe('2030-02-01T18:00:00.000Z')
  })

  test('the entries of a country count in place of those for all others', () => {
    const quiet = [
      { country: '*', ...night },
      { country: 'KE', from: '12:00', to: '13:00' },
      { country: 'KE', from: '13:00', to: '14:00' },
    ]
    const at = utc('2030-01-31T20:00:00')
    expect(opening({ quiet, phone: phones.KE, at })).toBe('2030-01-31T20:00:00.000Z')
    expect(opening({ quiet, phone: phones.KE, at: utc('2030-01-31T09:30:00') })).toBe('2030-01-31T11:00:00.000Z')
    expect(opening({ quiet, phone: phones.GB, at })).toBe('2030-02-01T08:00:00.000Z')
    // Satellite phones have no country.
    expect(opening({ quiet, phone: '+870773111632', at })).toBe('2030-02-01T08:00:00.000Z')
  })

  test('days are those on which the hours begin', () => {
    const quiet = [
      { country: '*', ...night },
      { country: '*', from: '08:00', to: '20:00', days: ['sun'] as const },
      { country: '*', from: '13:00', to: '20:00', days: ['sat'] as const },
    ]
    // Saturday, 14:00 in Nairobi: the next open hour is that of Monday morning.
    expect(opening({ quiet, phone: phones.KE, at: utc('2030-02-02T11:00:00') })).toBe('2030-02-04T05:00:00.000Z')
    expect(opening({ quiet, phone: phones.KE, at: utc('2030-02-02T09:00:00') })).toBe('2030-02-02T09:00:00.000Z')
  })

  test('an answer holds until it changes, and a clock that is set back asks anew', () => {
    const hoursOf = openQuietHours([{ country: 'KE', ...night }])
    const person = { phone: phones.KE, timeZone: null }
    const [day, evening] = [utc('2030-01-31T10:00:00'), utc('2030-01-31T17:00:00')]
    expect(hoursOf(person, day)).toMatchObject({ open: true, until: evening })
    expect(hoursOf(person, evening - 1)).toMatchObject({ open: true, until: evening })
    expect(hoursOf(person, evening)).toMatchObject({ open: false, until: utc('2030-02-01T05:00:00') })
    expect(hoursOf(person, day)).toMatchObject({ open: true, until: evening })
  })
})

test('every country has a zone that the platform knows', () => {
  for (const country of getCountries()) expect(zonesOf(country).length).toBeGreaterThan(0)
  expect(zonesOf('XK')).toEqual(['Europe/Belgrade'])
  expect(zonesOf(null)).toEqual(['UTC'])
})

test('a phone is of the country that libphonenumber says, by whichever way it is found', () => {
  const hours = getCountries().map((country, nth) => {
    const time = `${String(Math.floor(nth / 60)).padStart(2, '0')}:${String(nth % 60).padStart(2, '0')}`
    return { country, from: time, to: '12:00' }
  })
  const hoursOf = openQuietHours(hours)
  const digit = fc.integer({ min: 0, max: 9 })
  const number = fc
    .tuple(fc.constantFrom(...getCountries()), fc.array(digit, { minLength: 4, maxLength: 8 }))
    .map(([country, end]) => {
      const example = getExampleNumber(country, examples)?.number ?? ''
      return example.slice(0, Math.max(7, example.length - end.length)) + end.join('').slice(0, example.length - 7)
    })
  fc.assert(
    fc.property(number, (phone) => {
      const country = countryOf(phone)
      const { from } = hours.find((one) => one.country === country) ?? { from: undefined }
      // Before noon of UTC the hours begin at a minute of each country's own.
      const at = utc('2030-06-04T11:59:00')
      const begins = hoursOf({ phone, timeZone: 'UTC' }, at)
      expect([phone, begins?.until]).toEqual([phone, from === undefined ? undefined : utc('2030-06-04T12:00:00')])
      if (from === undefined) return
      const open = utc('2030-06-04T13:00:00')
      expect([phone, hoursOf({ phone, timeZone: 'UTC' }, open)?.until]).toEqual([phone, utc(`2030-06-05T${from}:00`)])
    }),
    { numRuns: 2000 },
  )
})

test('findClosed() names the countries whose zones are never open together', () => {
  const at = utc('2030-01-31T12:00:00')
  expect(findClosed([{ country: '*', ...night }], getCountries(), at)).toEqual([])
  expect(findClosed([{ country: '*', from: '17:00', to: '09:00' }], ['KE', 'RU', 'US'], at)).toEqual(['RU'])
  const always = { country: 'KE', from: '00:00', to: '00:00' }
  expect(findClosed([always], ['KE', 'US'], at)).toEqual(['KE'])
})

const time = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), quarter: fc.integer({ min: 0, max: 3 }) })
  .map(({ hour, quarter }) => `${String(hour).padStart(2, '0')}:${String(quarter * 15).padStart(2, '0')}`)
const entry = fc.record({
  country: fc.constantFrom('*', ...Object.keys(phones)),
  from: time,
  to: time,
  days: fc.option(fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }), { nil: undefined }),
})
/** Moments near a change of the clocks, and any others. Changes of all zones lie on quarters of an hour. */
const moment = fc.oneof(
  fc.integer({ min: utc('2026-01-01T00:00:00'), max: utc('2032-01-01T00:00:00') }),
  fc
    .record({
      zone: fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
      around: fc.integer({ min: -36 * 60, max: 6 * 60 }),
    })
    .map(({ zone, around }) => {
      const from = Temporal.Instant.from('2029-01-01T00:00Z').toZonedDateTimeISO(zone)
      return (from.getTimeZoneTransition('next')?.epochMilliseconds ?? from.epochMilliseconds) + around * 60_000
    }),
)
const zone = fc.oneof(fc.constant(null), fc.constantFrom(...Intl.supportedValuesOf('timeZone')))

test('1,000 policies, zones and clocks: a message starts in the first minute in which the plain model lets it', () => {
  const run = fc.property(
    fc.array(entry, { minLength: 1, maxLength: 4 }),
    fc.constantFrom(...Object.values(phones)),
    zone,
    moment,
    (quiet, phone, timeZone, at) => {
      const hours = openQuietHours(quiet)({ phone, timeZone }, at)
      const country = countryOf(phone) ?? ''
      const own = quiet.filter((one) => one.country === country)
      const entries = own.length > 0 ? own : quiet.filter((one) => one.country === '*')
      if (entries.length === 0) return expect(hours).toBeUndefined()
      const zones = timeZone === null ? zonesOf(country) : [timeZone]
      const opens = opensAt(entries, zones, at, at + HORIZON_MS)
      if (opens === undefined) return expect(hours).toEqual(expect.objectContaining({ open: false }))
      expect({ open: hours?.open, at: new Date(hours?.open ? at : (hours?.until ?? 0)).toISOString() }).toEqual({
        open: opens === at,
        at: new Date(opens).toISOString(),
      })
      // The answer holds until then: nothing may start outside its hours before it is asked again.
      if (!hours?.open) return
      const next = Math.ceil((at + 1) / STEP_MS) * STEP_MS
      for (let later = next; later < Math.min(hours.until, at + 86_400_000); later += STEP_MS)
        expect([new Date(later).toISOString(), isQuiet(entries, zones, later)]).toEqual([expect.anything(), false])
      if (hours.until < at + HORIZON_MS) expect(isQuiet(entries, zones, hours.until)).toBe(true)
    },
  )
  fc.assert(run, { numRuns: 1000 })
})
