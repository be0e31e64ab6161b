/**
 * Weeks of quiet hours: for each minute of a week by the clock on the wall, whether messages may start. And the search for the
 * moment at which the clocks of zones show such a minute, right through changes of the clocks: a moment counts by what the
 * clocks show at it, so that an hour that is skipped or shown twice needs no rule of its own. Pure.
 */
import { offsetSpan } from './time-zones.ts'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/** Times of day in which no message starts, `HH:MM`. */
export interface QuietWindow {
  readonly from: string
  /** The window ends before this minute, on the next day where it is not after `from`. */
  readonly to: string
  /** Days on which it begins; absent: every day. */
  readonly days?: readonly Weekday[] | undefined
}

const MINUTE_MS = 60_000
const DAY = 1440
const WEEK = 7 * DAY
/** The epoch was a Thursday. */
const EPOCH_MINUTE = 3 * DAY

export interface Week {
  /** Minutes that are open. */
  readonly open: Uint8Array
  /** Minutes until the next minute that is not as this one; 0: all are alike. */
  readonly untilChange: Uint16Array
}

export function weekOf(windows: readonly QuietWindow[]): Week {
  const open = new Uint8Array(WEEK).fill(1)
  for (const { from, to, days = weekdays } of windows) {
    const start = minuteOf(from)
    const length = (minuteOf(to) - start + DAY) % DAY || DAY
    for (const day of days) {
      const first = weekdays.indexOf(day) * DAY + start
      for (let minute = first; minute < first + length; minute++) open[minute % WEEK] = 0
    }
  }
  const untilChange = new Uint16Array(WEEK)
  const alike = open.every((one) => one === open[0])
  // Twice around: on the first lap the minutes before the week's end do not know what follows.
  for (let at = 2 * WEEK - 1; at >= 0 && !alike; at--) {
    const minute = at % WEEK
    const next = (minute + 1) % WEEK
    untilChange[minute] = open[next] !== open[minute] ? 1 : (untilChange[next] ?? 0) + 1
  }
  return { open, untilChange }
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}

/**
 * The first moment from `at` on, and before `end`, at which the clocks of a zone show a minute that is open, or one that is
 * quiet, in milliseconds since the epoch; undefined where there is none.
 */
function nextIn(zone: string, week: Week, at: number, end: number, open: 0 | 1): number | undefined {
  for (let moment = at; moment < end; ) {
    const { offset, until } = offsetSpan(zone, moment)
    const shown = Math.floor((moment + offset) / MINUTE_MS)
    const minute = (((shown + EPOCH_MINUTE) % WEEK) + WEEK) % WEEK
    if (week.open[minute] === open) return moment
    const change = week.untilChange[minute] ?? 0
    if (change === 0) return undefined
    moment = Math.min((shown + change) * MINUTE_MS - offset, until)
  }
  return undefined
}

/** The answer to "may a message start?", and the time for which it stays true. */
export interface Hours {
  readonly open: boolean
  /** Milliseconds since the epoch: the end of the open hours, or the first moment at which a message may start. */
  readonly until: number
}

/** No answer looks further ahead: two weeks hold every minute of a week in any zone, whatever the clocks do meanwhile. */
export const HORIZON_MS = 2 * WEEK * MINUTE_MS

/** Open while all zones have an open minute. Without one before the horizon, it is asked again then. */
export function hoursAt(zones: readonly string[], week: Week, at: number): Hours {
  const end = at + HORIZON_MS
  const opening = openIn(zones, week, at, end) ?? end
  if (opening > at) return { open: false, until: opening }
  return { open: true, until: Math.min(...zones.map((zone) => nextIn(zone, week, at, end, 0) ?? end)) }
}

/** The first moment at which all zones are open: each one that is not moves it on, until none does. */
function openIn(zones: readonly string[], week: Week, at: number, end: number): number | undefined {
  for (let moment = at; ; ) {
    let latest = moment
    for (const zone of zones) {
      const next = nextIn(zone, week, latest, end, 1)
      if (next === undefined) return undefined
      latest = next
    }
    if (latest === moment) return moment
    moment = latest
  }
}
