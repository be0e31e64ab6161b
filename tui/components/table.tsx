/** Table with a head. In a narrow terminal the least important columns are left out first. */
import { type Align, fit, widthOf } from '../text.ts'
import { accent, faint } from '../theme.ts'
import { Line, type Piece, piece } from './line.tsx'

export interface Column<T> {
  readonly title: string
  /** Minimum width in cells. */
  readonly width: number
  /** True if the column shares the remaining width. */
  readonly grow?: boolean
  readonly align?: Align
  /** Order in which columns are left out, the highest first; 0: never. */
  readonly rank: number
  /** @param width cells that the column has */
  cell(row: T, width: number): string | Piece | readonly Piece[]
}

const GAP = 2

export interface Laid<T> {
  readonly column: Column<T>
  readonly width: number
}

/** Chooses the columns that fit, and the width of each. */
export function layColumns<T>(columns: readonly Column<T>[], width: number): Laid<T>[] {
  let visible = [...columns]
  const needed = () => visible.reduce((sum, column) => sum + column.width, 0) + GAP * (visible.length - 1)
  while (needed() > width && visible.some(({ rank }) => rank > 0)) {
    const highest = Math.max(...visible.map(({ rank }) => rank))
    const last = visible.findLastIndex(({ rank }) => rank === highest)
    visible = visible.filter((_, nth) => nth !== last)
  }
  const growing = visible.filter(({ grow }) => grow)
  let spare = Math.max(0, width - needed())
  return visible.map((column) => {
    if (!column.grow) return { column, width: column.width }
    const share = Math.floor(spare / growing.length)
    const extra = column === growing.at(-1) ? spare - share * (growing.length - 1) : share
    spare = growing.length === 1 ? 0 : spare
    return { column, width: column.width + extra }
  })
}

function cellPieces<T>({ column, width }: Laid<T>, row: T): readonly Piece[] {
  const made = column.cell(row, width)
  if (Array.isArray(made)) return padded(made as readonly Piece[], width)
  const { text, ...ink } = typeof made === 'string' ? piece(made) : (made as Piece)
  return [piece(fit(text, width, column.align), ink)]
}

function padded(pieces: readonly Piece[], width: number): readonly Piece[] {
  const used = pieces.reduce((sum, one) => sum + widthOf(one.text), 0)
  return used < width ? [...pieces, piece(' '.repeat(width - used))] : pieces
}

const joined = (cells: readonly (readonly Piece[])[]): Piece[] =>
  cells.flatMap((cell, nth) => (nth === 0 ? cell : [piece(' '.repeat(GAP)), ...cell]))

interface Props<T> {
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly width: number
  readonly selected?: number
  readonly keyOf: (row: T) => string | number
  readonly head?: boolean
}

export function Table<T>({ columns, rows, width, selected, keyOf, head = true }: Props<T>) {
  const laid = layColumns(columns, width - 3)
  const mark = (nth: number) => piece(nth === selected ? '▸ ' : '  ', accent)
  return (
    <>
      {head && (
        <Line
          width={width}
          pieces={[
            piece('  '),
            ...joined(laid.map(({ column, width: w }) => [piece(fit(column.title, w, column.align), faint)])),
          ]}
        />
      )}
      {rows.map((row, nth) => (
        <Line
          key={keyOf(row)}
          width={width}
          selected={nth === selected}
          pieces={[mark(nth), ...joined(laid.map((one) => cellPieces(one, row)))]}
        />
      ))}
    </>
  )
}
