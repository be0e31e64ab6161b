/** Figures of a dry run, before the button that sends. */
import type { DryRun, Transliteration } from '../../api/types.ts'
import { Failure } from '../../components/states.tsx'
import type { Query } from '../../hooks/use-query.ts'
import { describeSample, linesOf, savingOf } from './dry-run-text.ts'

interface DryRunCardProps {
  readonly run: Query<DryRun | undefined>
  readonly onTransliterate: (transliteration: Transliteration) => void
}

export function DryRunCard({ run: { data, error, loading, reload }, onTransliterate }: DryRunCardProps) {
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
      {!loading && error === undefined && data && <Offers run={data} onTransliterate={onTransliterate} />}
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

interface OffersProps {
  readonly run: DryRun
  readonly onTransliterate: (transliteration: Transliteration) => void
}

const offerNames = {
  none: 'Write them as they are',
  punctuation: 'Use plain quotes and dashes',
  letters: 'Use plain letters, also in names',
} as const satisfies Readonly<Record<Transliteration, string>>

/** Characters of the SMS alphabet, with what they save and an example. Nothing changes before one is chosen. */
function Offers({ run, onTransliterate }: OffersProps) {
  const offers = run.parts?.offers ?? []
  return offers.map(({ transliteration, saves, before, after }) => (
    <div key={transliteration} className="callout">
      <p>{savingOf(run, saves)}</p>
      <dl className="summary">
        <dt>Before</dt>
        <dd>{before}</dd>
        <dt>After</dt>
        <dd>{after}</dd>
      </dl>
      <button type="button" className="button" onClick={() => onTransliterate(transliteration)}>
        {offerNames[transliteration]}
      </button>
    </div>
  ))
}
