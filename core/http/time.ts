/** Times as the API takes them: RFC 3339 with an offset, to the millisecond. Always answered in UTC. */

export type ParsedTime = { readonly ok: true; readonly time: Date } | { readonly ok: false; readonly reason: string }

const shape = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const lacksOffset = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?$/
const example = 'such as "2030-01-31T09:00:00+03:00"'

const refuse = (reason: string): ParsedTime => ({ ok: false, reason })

/**
 * Reads a time strictly: no date that the calendar lacks, no missing offset, no leap second (a clock that counts them
 * is rare, and one second less is what is meant). Digits after the millisecond are dropped. Never throws.
 */
export function parseTime(text: string): ParsedTime {
  const match = shape.exec(text)
  if (!match) {
    return refuse(
      lacksOffset.test(text)
        ? `must end with its offset from UTC, "Z" or "+03:00": ${example}`
        : `must be a time with date and offset, ${example}`,
    )
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  if (hour > 23 || minute > 59 || second > 59) return refuse('must have a time of day from 00:00:00 to 23:59:59')
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return refuse('must be a day of the calendar')
  const offset = offsetMinutes(match[8], Number(match[9] ?? 0), Number(match[10] ?? 0))
  if (offset === undefined) return refuse('must have an offset from UTC between -23:59 and +23:59')
  const ms = Math.trunc(Number(match[7] ?? 0) * 1000)
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute - offset, second, ms))
  return inRange(time, year) ? { ok: true, time } : refuse('must lie in the years 1970 to 9999')
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

function offsetMinutes(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (hours > 23 || minutes > 59) return undefined
  return (hours * 60 + minutes) * (sign === '-' ? -1 : 1)
}

/** Date.UTC takes the years 0 to 99 as 1900 to 1999, so the year as written counts too. */
function inRange(time: Date, written: number): boolean {
  return written >= 1970 && time.getUTCFullYear() >= 1970 && time.getUTCFullYear() <= 9999
}

/** A time as the API answers it. */
export function isoTime(time: Date): string
export function isoTime(time: Date | null): string | null
export function isoTime(time: Date | null): string | null {
  return time ? time.toISOString() : null
}
