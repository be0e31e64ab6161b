/** Recipients by name, phone, location and preferred product, counted while somebody types. */
import { useEffect } from 'react'
import { get, query } from '../../api/client.ts'
import type { Customer, Page } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { Failure } from '../../components/states.tsx'
import { useDebounced } from '../../hooks/use-debounced.ts'
import { useQuery } from '../../hooks/use-query.ts'
import { fullName, plural } from '../../text/format.ts'
import type { CustomerFilter } from './draft.ts'

interface AudienceFilterProps {
  readonly filter: CustomerFilter
  readonly onChange: (filter: CustomerFilter) => void
  /** Number of customers that match this filter, which may have changed meanwhile. */
  readonly onCount: (filter: CustomerFilter, count: number) => void
}

const fields = [
  ['q', 'Name or phone contains'],
  ['location', 'Location contains'],
  ['prefered_product', 'Preferred product contains'],
] as const

export function AudienceFilter({ filter, onChange, onCount }: AudienceFilterProps) {
  const debounced = useDebounced(filter)
  const path = `/customers${query({ ...debounced, page_size: 5 })}`
  const { data, error, loading, reload } = useQuery(path, async (signal) => {
    // The list counts a search up to 10,000 only.
    const count = get<{ readonly count: number }>(`/customers/count${query({ ...debounced })}`, signal)
    const [page, all] = await Promise.all([get<Page<Customer>>(path, signal), count])
    return { such: page.data.slice(0, 3), count: all.count }
  })
  const known = !loading && debounced === filter ? data?.count : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new count is news
  useEffect(() => {
    if (known !== undefined) onCount(filter, known)
  }, [known])
  return (
    <>
      <div className="field-row">
        {fields.map(([name, label]) => (
          <Field key={name} label={label}>
            {(field) => (
              <input
                {...field}
                maxLength={100}
                value={filter[name]}
                onChange={(event) => onChange({ ...filter, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {error !== undefined && <Failure error={error} retry={reload} />}
      <p role="status">
        {known === undefined ? (
          'Counting…'
        ) : (
          <strong>{known === 0 ? 'No matching recipients' : plural(known, 'recipient')}</strong>
        )}{' '}
        {known !== undefined && known > 0 && (
          <span className="muted">such as {data?.such.map((one) => fullName(one) || one.phone).join(', ')}</span>
        )}
      </p>
    </>
  )
}
