/** Figures of several rounds: the median, with the least and the most. Pure. */

export interface Figure {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly rounds: number
}

/** @throws Error where there is no value */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) throw new Error('A figure needs a value')
  const middle = (sorted.length - 1) / 2
  const [low = min, high = max] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  return { median: (low + high) / 2, min, max, rounds: sorted.length }
}
