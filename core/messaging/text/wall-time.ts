/**
 * Wall times, such as `2030-10-27T02:30`, and the moments they name in a time zone: one as a rule, two while clocks go
 * back, none while they go forward. Pure: the terminal and browsers use it too.
 */

/** Minutes east of UTC at a moment, given in milliseconds since the epoch. */
export type OffsetAt = (ms: number) => number

export interface Moment {
  readonly time: Date
  /** From UTC, such as `+02:00`. */
  readonly offset: string
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** Wider than any offset, so that the samples lie on both sides of a change of the clocks. */
const AROUND_MS = 24 * HOUR_MS

/** By the time zone of this machine, or of the browser. */
export const localOffset: OffsetAt = (ms) => -new Date(ms).getTimezoneOffset()

const shape = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/

/**
 * Moments at which the clocks of a zone show `wallTime`, the earliest first.
 * @param wallTime date and time of day, with seconds or without
 * @returns none while the clocks skip it; undefined where it is no time of the calendar
 */
export function momentsOf(wallTime: string, offsetAt: OffsetAt = localOffset): readonly Moment[] | undefined {
  const iso = `${wallTime.replace(' ', 'T')}Z`
  const wall = shape.test(wallTime) ? Date.parse(iso) : Number.NaN
  // Some engines read February 30 as March 2.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 16) !== iso.slice(0, 16)) return undefined
  const offsets = new Set([wall - AROUND_MS, wall, wall + AROUND_MS].map(offsetAt))
  return [...offsets]
    .filter((offset) => offsetAt(wall - offset * MINUTE_MS) === offset)
    .toSorted((a, b) => b - a)
    .map((offset) => ({ time: new Date(wall - offset * MINUTE_MS), offset: formatOffset(offset) }))
}

/** Wall time of a zone at a moment: `2030-01-31T09:00`, with seconds and milliseconds where they are not 0. */
export function wallTimeOf(time: Date, offsetAt: OffsetAt = localOffset): string {
  const ms = time.getTime()
  return new Date(ms + offsetAt(ms) * MINUTE_MS).toISOString().replace(/(:00\.000|\.000)?Z$/, '')
}

/** `+02:00` of 120 minutes. */
export function formatOffset(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}
