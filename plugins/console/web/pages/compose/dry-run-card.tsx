/** Figures of a dry run, before the button that sends. */
import type { DryRun } from '../../api/types.ts'
import { Failure } from '../../components/states.tsx'
import type { Query } from '../../hooks/use-query.ts'
import { describeSample, linesOf } from './dry-run-text.ts'

interface DryRunCardProps {
  readonly run: Query<DryRun | undefined>
}

export function DryRunCard({ run: { data, error, loading, reload } }: DryRunCardProps) {
  return (
    <section className="dry-run" aria-labelledby="dry-run-title">
      <h3 id="dry-run-title">Dry run</h3>
      {loading && (
        <p className="muted" role="status">
          Working out what would be sent…
        </p>
      )}
      {!loading && <p className="muted">The campaign is saved. Nobody is added to it before you confirm.</p>}
      {!loading && error !== undefined && <Failure error={error} retry={reload} />}
      {!loading && error === undefined && data && <Figures run={data} />}
    </section>
  )
}

function Figures({ run }: { readonly run: DryRun }) {
  const sampled = describeSample(run)
  return (
    <>
      <dl className="summary">
        {linesOf(run).map(({ label, text, notes }) => (
          <div key={label} className="summary-line">
            <dt>{label}</dt>
            <dd>
              <span>{text}</span>
              {notes.map((note) => (
                <span key={note.text} className={note.isWarning ? 'warning' : 'muted'}>
                  {note.text}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      {sampled && <p className="muted">{sampled}</p>}
    </>
  )
}
