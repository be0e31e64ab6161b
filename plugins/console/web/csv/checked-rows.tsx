/** Counts of a file's rows: ready, refused and duplicate. */
import { Figures } from '../components/figures.tsx'
import type { Checked } from './check.ts'
import { RefusedRows } from './refused-rows.tsx'

export function CheckedRows({ checked }: { readonly checked: Checked }) {
  const { rows, refused, repeated, total, encoding } = checked
  const figures = [
    ['Rows', 'rows', total],
    ['Ready', 'ready', rows.size],
    ['Refused', 'refused', refused.length],
    ['Duplicate phone numbers', 'repeated', repeated],
  ] as const
  return (
    <div className="checked">
      <div role="status">
        <Figures figures={figures} />
      </div>
      {encoding === 'windows-1252' && (
        <p className="warning" data-encoding={encoding}>
          The file is not in UTF-8. It was read as Windows-1252, the encoding of older spreadsheets: check that names
          with accents are correct.
        </p>
      )}
      {repeated > 0 && <p className="muted">Duplicate phone numbers are merged; the last row wins.</p>}
      <RefusedRows {...checked} />
    </div>
  )
}
