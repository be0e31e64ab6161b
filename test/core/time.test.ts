import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseTime } from '../../core/http/time.ts'

const read = (text: string) => {
  const parsed = parseTime(text)
  return parsed.ok ? parsed.time.toISOString() : parsed.reason
}

describe('parseTime()', () => {
  test.each([
    ['2030-01-31T09:00:00Z', '2030-01-31T09:00:00.000Z'],
    ['2030-01-31t09:00:00z', '2030-01-31T09:00:00.000Z'],
    ['2030-01-31T09:00:00+03:00', '2030-01-31T06:00:00.000Z'],
    ['2030-01-01T01:00:00+05:45', '2029-12-31T19:15:00.000Z'],
    ['2030-12-31T23:00:00-11:30', '2031-01-01T10:30:00.000Z'],
    ['2028-02-29T00:00:00-00:00', '2028-02-29T00:00:00.000Z'],
    ['2030-01-31T09:00:00.5Z', '2030-01-31T09:00:00.500Z'],
    ['2030-01-31T09:00:00.123456789Z', '2030-01-31T09:00:00.123Z'],
    ['2030-01-31T09:00:00.007Z', '2030-01-31T09:00:00.007Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (text, utc) => {
    expect(read(text)).toBe(utc)
  })

  test.each([
    ['2030-02-30T00:00:00Z', 'a day of the calendar'],
    ['2030-02-29T00:00:00Z', 'a day of the calendar'],
    ['2030-13-01T00:00:00Z', 'a day of the calendar'],
    ['2030-00-10T00:00:00Z', 'a day of the calendar'],
    ['2030-01-00T00:00:00Z', 'a day of the calendar'],
    ['2030-01-01T24:00:00Z', 'time of day'],
    ['2030-01-01T00:60:00Z', 'time of day'],
    ['2016-12-31T23:59:60Z', 'time of day'],
    ['2030-01-31T09:00:00', 'offset'],
    ['2030-01-31T09:00', 'offset'],
    ['2030-01-31T09:00:00+24:00', 'offset'],
    ['2030-01-31T09:00:00+03:60', 'offset'],
    ['2030-01-31T09:00:00+0300', 'date and offset'],
    ['2030-01-31 09:00:00Z', 'date and offset'],
    ['2030-01-31', 'date and offset'],
    ['tomorrow', 'date and offset'],
    ['', 'date and offset'],
    ['10000-01-01T00:00:00Z', 'date and offset'],
    ['+010000-01-01T00:00:00Z', 'date and offset'],
    ['9999-12-31T23:59:59-01:00', 'years'],
    ['1969-12-31T23:59:59Z', 'years'],
    ['0050-01-01T00:00:00Z', 'years'],
  ])('refuses %s', (text, reason) => {
    expect(read(text)).toContain(reason)
    expect(parseTime(text).ok).toBe(false)
  })

  test('agrees with Date on every time that Date writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
        expect(parseTime(new Date(ms).toISOString())).toEqual({ ok: true, time: new Date(ms) })
      }),
    )
  })
})
