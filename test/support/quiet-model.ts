/** Quiet hours by a plain model, which looks at one quarter of an hour after another, by another part of the platform. */
import type { QuietHours } from '../../core/messaging/policy/quiet-hours.ts'
import { type Weekday, weekdays } from '../../core/messaging/policy/week.ts'

/** Changes of all zones, and times of day in tests, lie on quarters of an hour. */
export const STEP_MS = 15 * 60_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** Weekday and minute that the clocks of a zone show. */
function shownAt(zone: string, at: number): { readonly day: number; readonly minute: number } {
  const made = () =>
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  const format = formats.get(zone) ?? made()
  formats.set(zone, format)
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return {
    day: weekdays.indexOf(parts.weekday?.toLowerCase() as Weekday),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  }
}

const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** Is any entry quiet at what any of the clocks shows? */
export function isQuiet(entries: readonly QuietHours[], zones: readonly string[], at: number): boolean {
  return zones.some((zone) => {
    const { day, minute } = shownAt(zone, at)
    return entries.some(({ from, to, days = weekdays }) => {
      const [start, end] = [minuteOf(from), minuteOf(to)]
      const today = days.some((name) => weekdays.indexOf(name) === day)
      const yesterday = days.some((name) => weekdays.indexOf(name) === (day + 6) % 7)
      if (start < end) return today && minute >= start && minute < end
      return (today && minute >= start) || (yesterday && minute < end)
    })
  })
}

/** The first moment from `at` on that is not quiet; undefined where there is none before `end`. */
export function opensAt(
  entries: readonly QuietHours[],
  zones: readonly string[],
  at: number,
  end: number,
): number | undefined {
  for (let opens = at; opens < end; opens = Math.floor(opens / STEP_MS) * STEP_MS + STEP_MS)
    if (!isQuiet(entries, zones, opens)) return opens
  return undefined
}
