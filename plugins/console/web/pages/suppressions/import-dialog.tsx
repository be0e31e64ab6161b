/** Import of suppressions from a CSV file, with a report of the rows that were refused. */
import { useState } from 'react'
import { query, send } from '../../api/client.ts'
import type { SuppressionImportReport } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Figures } from '../../components/figures.tsx'
import { Problem } from '../../components/states.tsx'
import { FileChoice } from '../../csv/file-choice.tsx'
import { RefusedRows } from '../../csv/refused-rows.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { Choices, type Reason, type SuppressedChannel } from './choices.tsx'

interface ImportDialogProps {
  readonly onImported: () => void
  readonly onClose: () => void
}

export function ImportDialog({ onImported, onClose }: ImportDialogProps) {
  const [file, setFile] = useState<File>()
  const [channel, setChannel] = useState<SuppressedChannel>('all')
  const [reason, setReason] = useState<Reason>('opt_out')
  const [report, setReport] = useState<SuppressionImportReport>()
  const action = useAction()
  const upload = () =>
    action.run(async () => {
      if (!file) return
      const headers = { 'content-type': 'text/csv' }
      const path = `/suppressions/import${query({ channel, reason })}`
      setReport(await (await send('POST', path, { body: file, headers })).json())
      onImported()
    })
  return (
    <Dialog title="Import suppressions" onClose={onClose}>
      {report ? (
        <Report report={report} fileName={file?.name ?? ''} onClose={onClose} />
      ) : (
        <>
          <FileChoice name={file?.name} onChoose={setFile} />
          <p className="muted">
            Columns channel, reason and note are read where the file has them. For all other rows:
          </p>
          <Choices channel={channel} reason={reason} onChannel={setChannel} onReason={setReason} />
          <Problem>{action.problem}</Problem>
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              Go back
            </button>
            <button
              type="button"
              className="button button-primary"
              disabled={action.busy || !file}
              onClick={() => void upload()}
            >
              {action.busy ? 'Importing…' : 'Import suppressions'}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}

interface ReportProps {
  readonly report: SuppressionImportReport
  readonly fileName: string
  readonly onClose: () => void
}

function Report({ report, fileName, onClose }: ReportProps) {
  const { added, known, refused, refusals, ignored_fields } = report
  const figures = [
    ['Suppressed', 'added', added],
    ['Suppressed already', 'known', known],
    ['Refused', 'refused', refused],
  ] as const
  const rows = refusals.map(({ line, message }) => ({ line, reason: message, cells: [] }))
  return (
    <>
      <Figures figures={figures} />
      {ignored_fields.length > 0 && <p className="muted">Columns that were not read: {ignored_fields.join(', ')}</p>}
      <RefusedRows fileName={fileName} names={[]} refused={rows} />
      <div className="dialog-actions">
        <button type="button" className="button button-primary" onClick={onClose}>
          Close
        </button>
      </div>
    </>
  )
}
