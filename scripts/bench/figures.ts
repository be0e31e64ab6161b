/** Figures of several rounds: the median, with the least and the most. Pure. */

export interface Figure {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly rounds: number
}

/** By key: `ours.postgres.2.rate`. */
export type Figures = Readonly<Record<string, Figure>>

/** @throws Error where there is no value */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) throw new Error('A figure needs a value')
  const middle = (sorted.length - 1) / 2
  const [low = min, high = max] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  return { median: (low + high) / 2, min, max, rounds: sorted.length }
}

/** The least value that so great a share of the values does not exceed (the nearest rank): 0.99 for p99. */
export function quantile(values: readonly number[], share: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)]
  if (value === undefined) throw new Error('A quantile needs a value')
  return value
}

export interface Notebook {
  /** Adds the value of one round. */
  note(key: string, value: number): void
  /** Figures that were noted so far. */
  figures(): Figures
}

export function openNotebook(): Notebook {
  const noted = new Map<string, number[]>()
  return {
    note: (key, value) => {
      const values = noted.get(key) ?? []
      values.push(value)
      noted.set(key, values)
    },
    figures: () => Object.fromEntries([...noted].map(([key, values]) => [key, figureOf(values)])),
  }
}
