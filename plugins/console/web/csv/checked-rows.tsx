/** What will be taken, and every reason why something will not. */
import { count, plural } from '../text/format.ts'
import type { Checked } from './check.ts'

export function CheckedRows({ checked }: { readonly checked: Checked }) {
  const { rows, refused, refusedCount, repeated } = checked
  return (
    <div className="checked" role="status">
      <dl className="figures">
        <div>
          <dt>Ready</dt>
          <dd data-figure="ready">{count(rows.size)}</dd>
        </div>
        <div>
          <dt>Refused</dt>
          <dd data-figure="refused">{count(refusedCount)}</dd>
        </div>
        <div>
          <dt>Repeated phones</dt>
          <dd data-figure="repeated">{count(repeated)}</dd>
        </div>
      </dl>
      {repeated > 0 && <p className="muted">A phone that comes again is one customer, with the last values.</p>}
      {refusedCount > 0 && (
        <details open={rows.size === 0 || refusedCount <= 20}>
          <summary>{plural(refusedCount, 'row')} will be left out</summary>
          <table className="list">
            <thead>
              <tr>
                <th scope="col" className="number">
                  Line
                </th>
                <th scope="col">Phone</th>
                <th scope="col">Reason</th>
              </tr>
            </thead>
            <tbody>
              {refused.map(({ line, value, reason }) => (
                <tr key={line}>
                  <td className="number">{line}</td>
                  <td className="phone">{value || <span className="muted">none</span>}</td>
                  <td>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {refusedCount > refused.length && <p className="muted">These are the first {count(refused.length)}.</p>}
        </details>
      )}
    </div>
  )
}
