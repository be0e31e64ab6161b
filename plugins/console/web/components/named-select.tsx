/** Choice of a segment or a campaign by its name, with a search where there are many. */
import { useState } from 'react'
import { get, query } from '../api/client.ts'
import type { Page } from '../api/types.ts'
import { useQuery } from '../hooks/use-query.ts'
import { plural } from '../text/format.ts'
import { SearchBox } from './search-box.tsx'

interface Named {
  readonly id: number
  readonly name: string
}

interface NamedSelectProps {
  readonly noun: 'segment' | 'campaign'
  readonly value: number | undefined
  /** Id that cannot be chosen. */
  readonly without?: number | undefined
  readonly onChange: (id: number) => void
}

/** Largest page of the API. */
const MOST = 100

export function NamedSelect({ noun, value, without, onChange }: NamedSelectProps) {
  const [q, setQ] = useState('')
  const path = `/${noun}s${query({ q, page_size: MOST })}`
  const { data } = useQuery(path, (signal) => get<Page<Named>>(path, signal))
  const listed = (data?.data ?? []).filter(({ id }) => id !== without)
  const isListed = value === undefined || listed.some(({ id }) => id === value)
  const missing = useQuery(`${noun} ${isListed || !data ? '' : value}`, async (signal) =>
    isListed || !data ? undefined : get<Named>(`/${noun}s/${value}`, signal),
  )
  const hasMore = q !== '' || (data?.pagination.total_count ?? 0) > MOST
  return (
    <>
      {hasMore && <SearchBox label={`Search ${noun}s`} value={q} onSearch={setQ} />}
      <select
        className="select"
        aria-label={noun === 'segment' ? 'Segment' : 'Campaign'}
        value={value ?? ''}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {value === undefined && <option value="">{data ? `Choose a ${noun}` : 'Loading…'}</option>}
        {!isListed && <option value={value}>{missing.data?.name ?? `${noun} ${value}`}</option>}
        {listed.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {data?.data.length === 0 && (
        <span className="muted">{q === '' ? `No ${noun}s yet` : `No matching ${noun}s`}</span>
      )}
      {hasMore && data && data.pagination.total_count > MOST && (
        <span className="muted">
          The newest {MOST} of {plural(data.pagination.total_count, noun)} are listed.
        </span>
      )}
    </>
  )
}
