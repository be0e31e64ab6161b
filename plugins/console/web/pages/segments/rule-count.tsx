/** Number of customers who fit a rule while it is built, and some of them. */
import { ApiError } from '../../api/client.ts'
import type { SegmentPreview } from '../../api/types.ts'
import { Failure } from '../../components/states.tsx'
import type { Query } from '../../hooks/use-query.ts'
import { fullName, plural } from '../../text/format.ts'

interface RuleCountProps {
  readonly preview: Query<SegmentPreview | undefined>
  /** True while a condition lacks something. */
  readonly isIncomplete: boolean
}

export function RuleCount({ preview, isIncomplete }: RuleCountProps) {
  const { data, error, loading, reload } = preview
  const isRefused = error instanceof ApiError && error.status === 400
  const known = !loading && !isIncomplete && error === undefined ? data : undefined
  return (
    <section className="card" aria-labelledby="count-title">
      <h2 id="count-title">Who fits</h2>
      <p role="status" className="big-figure">
        {known ? (known.count === 0 ? 'Nobody' : plural(known.count, 'person', 'people')) : '–'}
      </p>
      {isIncomplete && <p className="muted">Complete the conditions to count who fits.</p>}
      {!isIncomplete && loading && <p className="muted">Counting…</p>}
      {!isIncomplete && !loading && isRefused && (
        <p className="problem">The rule cannot be counted: correct what is marked.</p>
      )}
      {!isIncomplete && !loading && error !== undefined && !isRefused && <Failure error={error} retry={reload} />}
      {known && known.sample.length > 0 && (
        <>
          <p className="muted">{known.count > known.sample.length ? 'Such as' : 'All of them'}</p>
          <ul className="plain sample">
            {known.sample.map((customer) => (
              <li key={customer.id}>
                <span>{fullName(customer) || 'No name'}</span> <span className="phone muted">{customer.phone}</span>{' '}
                {customer.location && <span className="muted">{customer.location}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
