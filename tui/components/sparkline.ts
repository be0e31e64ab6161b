/** Figures over time as columns of eighths, one or more rows high. Pure. */

/** Mark of a column whose figure is zero. */
export const FLOOR = '▁'

const eighths = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** One figure per cell: the largest of those in it, so that no peak is lost; repeated if there are fewer figures than cells. */
export function resample(values: readonly number[], width: number): number[] {
  if (values.length === 0) return []
  if (values.length <= width)
    return Array.from({ length: width }, (_, cell) => values[Math.floor((cell * values.length) / width)] ?? 0)
  return Array.from({ length: width }, (_, cell) => {
    const from = Math.floor((cell * values.length) / width)
    const to = Math.max(from + 1, Math.floor(((cell + 1) * values.length) / width))
    return Math.max(...values.slice(from, to))
  })
}

/** @returns rows from the top; every figure above zero shows at least the lowest sign */
export function sparkline(values: readonly number[], width: number, height: number): string[] {
  const cells = resample(values, width)
  const most = Math.max(...cells, 0)
  const levels = cells.map((value) =>
    most === 0 || value <= 0 ? 0 : Math.max(1, Math.round((value / most) * height * 8)),
  )
  return Array.from({ length: height }, (_, row) => {
    const floor = (height - 1 - row) * 8
    return levels
      .map((level) => {
        const part = Math.max(0, Math.min(8, level - floor))
        return eighths[part] || ' '
      })
      .join('')
  })
}
