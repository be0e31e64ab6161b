/** Throughput of a campaign from its counters as they arrive: one point a second. Pure. */

export interface Point {
  /** Seconds since the epoch. */
  readonly at: number
  /** Recipients with a result per second. */
  readonly rate: number
}

export interface Series {
  readonly points: readonly Point[]
  readonly last: { readonly at: number; readonly done: number } | undefined
}

export const emptySeries: Series = { points: [], last: undefined }

/** Ten minutes. */
const KEPT = 600

/** @param at milliseconds since the epoch; figures less than a second after the last point count with the next ones */
export function addFigures(series: Series, at: number, done: number): Series {
  const { points, last } = series
  if (!last) return { points, last: { at, done } }
  const ms = at - last.at
  if (ms < 1000) return series
  const rate = Math.max(0, ((done - last.done) * 1000) / ms)
  return { points: [...points, { at: Math.round(at / 1000), rate }].slice(-KEPT), last: { at, done } }
}
