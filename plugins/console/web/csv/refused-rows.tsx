/** Refused rows with their reasons: the first ones on the page, all of them as a file to correct and import again. */
import { csvCell, csvLine, csvPhone } from '../../../../core/messaging/contacts/csv/write.ts'
import { Icon } from '../components/icon.tsx'
import { count, plural } from '../text/format.ts'
import { saveFile } from '../text/save-file.ts'
import type { Checked, RefusedRow } from './check.ts'

/** Rows that are listed; more are read in a spreadsheet. */
const SHOWN = 200

export function RefusedRows({ fileName, names, refused }: Pick<Checked, 'fileName' | 'names' | 'refused'>) {
  if (refused.length === 0) return null
  return (
    <section className="refused" aria-label="Refused rows">
      <div className="toolbar">
        <p>{plural(refused.length, 'row')} refused</p>
        <button
          type="button"
          className="button"
          onClick={() => saveFile(refusedCsv(names, refused), `${fileName.replace(/\.\w+$/, '')}-refused.csv`)}
        >
          <Icon name="download" /> Save these rows as CSV
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="refused-list" aria-label="Reasons" tabIndex={0}>
        <Rows rows={refused.slice(0, SHOWN)} />
      </section>
      {refused.length > SHOWN && (
        <p className="muted">The first {count(SHOWN)} refused rows; save the CSV file to see all of them.</p>
      )}
    </section>
  )
}

function Rows({ rows }: { readonly rows: readonly RefusedRow[] }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col" className="number">
            Line
          </th>
          <th scope="col">Reason</th>
          <th scope="col">Row</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ line, reason, cells }) => (
          <tr key={line}>
            <td className="number">{line}</td>
            <td>{reason}</td>
            <td className="muted">{excerptOf(cells)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const LONGEST = 80
function excerptOf(cells: readonly string[]): string {
  const text = cells
    .slice(0, 20)
    .map((cell) => cell.slice(0, LONGEST).trim())
    .filter(Boolean)
    .join(', ')
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** The rows as they stood in the file, behind their line and reason. */
export function refusedCsv(names: readonly string[], refused: readonly RefusedRow[]): string {
  const lines = refused.map(({ line, reason, cells }) =>
    csvLine([csvCell(line), csvCell(reason), ...cells.map((cell) => csvPhone(cell))]),
  )
  return csvLine(['line', 'reason', ...names.map(csvCell)]) + lines.join('')
}
