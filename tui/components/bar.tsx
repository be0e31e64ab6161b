/** Bar of shares in one row, and its legend. */
import { count, percent } from '../format.ts'
import { type Status, statuses, statusInk } from '../theme.ts'
import { type Piece, piece } from './line.tsx'

export type Counts = Readonly<Record<Status | 'total', number>>

/** Cells for each part: exactly `width` together, and at least one for every part above zero (largest remainder). */
export function shares(parts: readonly number[], width: number): number[] {
  const total = parts.reduce((sum, part) => sum + part, 0)
  if (total === 0) return parts.map(() => 0)
  const exact = parts.map((part) => (part / total) * width)
  const cells = exact.map((cell, nth) => (parts[nth] ? Math.max(1, Math.floor(cell)) : 0))
  const order = exact.map((cell, nth) => ({ nth, rest: cell - Math.floor(cell) })).toSorted((a, b) => b.rest - a.rest)
  const sum = () => cells.reduce((all, cell) => all + cell, 0)
  for (const { nth } of order) if (sum() < width && parts[nth]) cells[nth] = (cells[nth] ?? 0) + 1
  while (sum() > width) {
    const largest = cells.indexOf(Math.max(...cells))
    cells[largest] = (cells[largest] ?? 1) - 1
  }
  return cells
}

/** The recipients by status, as one stacked bar. */
export function stackedBar(counts: Counts, width: number): Piece[] {
  if (counts.total === 0) return [piece('·'.repeat(Math.max(0, width)), { dim: true })]
  const cells = shares(
    statuses.map((status) => counts[status]),
    width,
  )
  return statuses.flatMap((status, nth) => {
    const { sign, ...ink } = statusInk[status]
    const length = cells[nth] ?? 0
    return length > 0 ? [piece(sign.repeat(length), ink)] : []
  })
}

/**
 * `▇ sent 12,000 60.0%  ▓ sending 64 ...`, shortened to fit: first the shares are left out, then zeros, then
 * the words are shortened.
 */
export function legend(counts: Counts, width: number): Piece[] {
  const variants = [
    { all: true, share: true, figures: Number.POSITIVE_INFINITY, gap: '   ' },
    { all: true, share: false, figures: Number.POSITIVE_INFINITY, gap: '  ' },
    { all: false, share: false, figures: Number.POSITIVE_INFINITY, gap: '  ' },
    { all: false, share: false, figures: 6, gap: ' ' },
  ]
  for (const [nth, { all, share, figures, gap }] of variants.entries()) {
    const pieces = statuses
      .filter((status) => all || counts[status] > 0 || status === 'sent')
      .flatMap((status) => {
        const { sign, ...ink } = statusInk[status]
        const value = counts[status]
        const look = value > 0 ? ink : { dim: true }
        return [
          piece(`${sign} `, look),
          piece(`${status} `, value > 0 ? {} : { dim: true }),
          piece(count(value, figures), value > 0 ? { ...ink, bold: true, dim: false } : { dim: true }),
          ...(share && value > 0 ? [piece(` ${percent(value, counts.total)}`, { dim: true })] : []),
          piece(gap),
        ]
      })
    // No gap after the last one.
    const visible = pieces.slice(0, -1)
    const length = visible.reduce((sum, one) => sum + one.text.length, 0)
    if (length <= width || nth === variants.length - 1) return visible
  }
  return []
}

/** Share of a campaign's recipients that have a result: `▇▇▇▇▇▇▇▇░░░░`, with failures in their own colour. */
export function progressBar(counts: Counts, width: number, paused: boolean): Piece[] {
  const done = counts.sent + counts.skipped
  const bad = counts.failed + counts.unknown
  const left = counts.sending + counts.pending
  const [good = 0, failed = 0, open = 0] = shares([done, bad, left], width)
  if (counts.total === 0) return [piece(statusInk.pending.sign.repeat(width), { dim: true })]
  return [
    piece(statusInk.sent.sign.repeat(good), { color: paused ? 'yellow' : 'green' }),
    piece(statusInk.failed.sign.repeat(failed), { color: 'red' }),
    piece(statusInk.pending.sign.repeat(open), { dim: true }),
  ]
}

/** Recipients with a result. */
export const doneOf = (counts: Counts): number => counts.total - counts.pending - counts.sending
