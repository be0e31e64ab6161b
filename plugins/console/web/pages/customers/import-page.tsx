/** Customers from a file: chosen, mapped, checked, and only then sent. */
import { useState } from 'react'
import { Link } from 'wouter'
import type { ImportReport } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { Problem } from '../../components/states.tsx'
import type { Checked } from '../../csv/check.ts'
import { CsvSteps } from '../../csv/csv-steps.tsx'
import { uploadRows } from '../../csv/upload.ts'
import { useAction } from '../../hooks/use-action.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { count, plural } from '../../text/format.ts'

export default function ImportPage() {
  useTitle('Import customers')
  const [checked, setChecked] = useState<Checked>()
  const [report, setReport] = useState<ImportReport>()
  // One key for one file: sending it again after a lost answer imports nothing twice.
  const [key, setKey] = useState('')
  const action = useAction()
  const upload = () => action.run(async () => checked && setReport(await uploadRows([...checked.rows.values()], key)))
  const ready = checked && checked.rows.size > 0
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumb">
            <Link href="/customers">Customers</Link>
          </p>
          <h1>Import customers</h1>
        </div>
      </div>
      {report ? (
        <Report report={report} refusedBefore={checked?.refusedCount ?? 0} />
      ) : (
        <section className="card">
          <CsvSteps
            onChecked={(next) => {
              setChecked(next)
              setKey(crypto.randomUUID())
            }}
          />
          <Problem>{action.problem}</Problem>
          {ready && (
            <div className="form-actions">
              <button
                type="button"
                className="button button-primary"
                disabled={action.busy}
                onClick={() => void upload()}
              >
                <Icon name="upload" /> {action.busy ? 'Importing …' : `Import ${plural(checked.rows.size, 'customer')}`}
              </button>
            </div>
          )}
        </section>
      )}
    </>
  )
}

function Report({ report, refusedBefore }: { readonly report: ImportReport; readonly refusedBefore: number }) {
  const refused = report.refused + refusedBefore
  return (
    <section className="card" aria-labelledby="report-title">
      <h2 id="report-title">Imported</h2>
      <dl className="figures">
        <div>
          <dt>New</dt>
          <dd data-figure="created">{count(report.created)}</dd>
        </div>
        <div>
          <dt>Known before</dt>
          <dd data-figure="updated">{count(report.updated)}</dd>
        </div>
        <div>
          <dt>Refused</dt>
          <dd data-figure="refused">{count(refused)}</dd>
        </div>
      </dl>
      {report.refusals.map(({ line, message }) => (
        <p key={line} className="warning">
          {message}
        </p>
      ))}
      <div className="form-actions">
        <Link href="/customers" className="button">
          See the customers
        </Link>
        <Link href="/campaigns/new" className="button button-primary">
          Write a campaign
        </Link>
      </div>
    </section>
  )
}
