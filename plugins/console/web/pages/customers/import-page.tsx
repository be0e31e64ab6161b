/** Import of customers from a file, which is checked before anything is sent. */
import { useState } from 'react'
import { Link } from 'wouter'
import type { ImportReport } from '../../api/types.ts'
import { Figures } from '../../components/figures.tsx'
import { Icon } from '../../components/icon.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Problem } from '../../components/states.tsx'
import type { Checked } from '../../csv/check.ts'
import { CsvSteps } from '../../csv/csv-steps.tsx'
import { RefusedRows } from '../../csv/refused-rows.tsx'
import { uploadRows } from '../../csv/upload.ts'
import { useAction } from '../../hooks/use-action.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { plural } from '../../text/format.ts'
import { ConsentChoice, type ImportConsent } from './import-consent.tsx'

export default function ImportPage() {
  useTitle('Import customers')
  const [checked, setChecked] = useState<Checked>()
  const [report, setReport] = useState<ImportReport>()
  const [consent, setConsent] = useState<ImportConsent>()
  // One key for one file and consent: repeating the request after a lost response imports nothing twice.
  const [key, setKey] = useState('')
  const action = useAction()
  const upload = () => action.run(async () => checked && setReport(await uploadRows(checked, key, consent)))
  const ready = checked && checked.rows.size > 0
  return (
    <>
      <PageHead list={['/customers', 'Customers']} title="Import customers" />
      {report && checked ? (
        <Report report={report} checked={checked} />
      ) : (
        <section className="card">
          <CsvSteps
            onChecked={(next) => {
              setChecked(next)
              setKey(crypto.randomUUID())
            }}
          />
          {ready && (
            <ConsentChoice
              consent={consent}
              onChange={(next) => {
                setConsent(next)
                setKey(crypto.randomUUID())
              }}
            />
          )}
          <Problem>{action.problem}</Problem>
          {ready && (
            <div className="form-actions">
              <button
                type="button"
                className="button button-primary"
                disabled={action.busy}
                onClick={() => void upload()}
              >
                <Icon name="upload" /> {action.busy ? 'Importing…' : `Import ${plural(checked.rows.size, 'customer')}`}
              </button>
            </div>
          )}
        </section>
      )}
    </>
  )
}

/** None where the import said nothing of consent. */
function consentFigures({ consents_recorded, consents_withdrawn }: ImportReport) {
  if (consents_recorded === undefined) return []
  return [
    ['Consents recorded', 'consents', consents_recorded],
    ['Stay withdrawn', 'withdrawn', consents_withdrawn ?? 0],
  ] as const
}

function Report({ report, checked }: { readonly report: ImportReport; readonly checked: Checked }) {
  // The API checks rows by the same rules; rows that it refuses nevertheless are listed with the others.
  const refused = [
    ...checked.refused,
    ...report.refusals.map(({ line, message }) => ({ line, reason: message, cells: [] })),
  ]
  const figures = [
    ['New', 'created', report.created],
    ['Updated', 'updated', report.updated],
    ['Refused', 'refused', report.refused + checked.refused.length],
    ['Duplicate phone numbers', 'repeated', checked.repeated],
    ...consentFigures(report),
  ] as const
  return (
    <section className="card" aria-labelledby="report-title">
      <h2 id="report-title">Import complete</h2>
      <Figures figures={figures} />
      <RefusedRows fileName={checked.fileName} names={checked.names} refused={refused} />
      <div className="form-actions">
        <Link href="/customers" className="button">
          View customers
        </Link>
        <Link href="/campaigns/new" className="button button-primary">
          Write a campaign
        </Link>
      </div>
    </section>
  )
}
