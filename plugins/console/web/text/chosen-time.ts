/** A time as a form edits it: what a `datetime-local` field holds, and which of two moments is meant. Pure. */
import { type Moment, momentsOf, type OffsetAt, wallTimeOf } from '../../../../core/messaging/text/wall-time.ts'

export interface ChosenTime {
  /** Date and time in the browser's zone; '' for none. */
  readonly wallTime: string
  /** UTC offset, such as `+02:00`, that chooses between two moments with this wall time; if neither fits, the first counts. */
  readonly offset?: string | undefined
}

export const noTime: ChosenTime = { wallTime: '' }

/** @param iso RFC 3339, to the millisecond; null for none */
export function choiceOf(iso: string | null, offsetAt?: OffsetAt): ChosenTime {
  if (iso === null) return noTime
  const wallTime = wallTimeOf(new Date(iso), offsetAt)
  const same = momentsOf(wallTime, offsetAt)?.find(({ time }) => time.getTime() === Date.parse(iso))
  return { wallTime, offset: same?.offset }
}

/** Moments with this wall time; none where clocks skip it, or where there is no time. */
export const momentsWith = ({ wallTime }: ChosenTime, offsetAt?: OffsetAt): readonly Moment[] =>
  momentsOf(wallTime, offsetAt) ?? []

/** @returns undefined where there is no time, or clocks skip it */
export function momentOf(chosen: ChosenTime, offsetAt?: OffsetAt): Moment | undefined {
  const moments = momentsWith(chosen, offsetAt)
  return moments.find(({ offset }) => offset === chosen.offset) ?? moments[0]
}

/** Time for the API: RFC 3339, or null. */
export const isoOf = (chosen: ChosenTime, offsetAt?: OffsetAt): string | null =>
  momentOf(chosen, offsetAt)?.time.toISOString() ?? null

/** True for a date and time that the clocks of the browser's zone never show. */
export const isSkipped = (chosen: ChosenTime, offsetAt?: OffsetAt): boolean =>
  chosen.wallTime !== '' && momentsWith(chosen, offsetAt).length === 0
