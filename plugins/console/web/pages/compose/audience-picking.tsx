/** Recipients chosen one by one; a new search keeps those already chosen. */
import { useState } from 'react'
import { get, query } from '../../api/client.ts'
import type { Customer, Page } from '../../api/types.ts'
import { SearchBox } from '../../components/search-box.tsx'
import { Empty, Failure } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { fullName, plural } from '../../text/format.ts'

interface AudiencePickingProps {
  readonly ids: readonly number[]
  readonly onChange: (ids: readonly number[]) => void
}

const SHOWN = 50

export function AudiencePicking({ ids, onChange }: AudiencePickingProps) {
  const [q, setQ] = useState('')
  const path = `/customers${query({ q, page_size: SHOWN })}`
  const { data, error, reload } = useQuery(path, (signal) => get<Page<Customer>>(path, signal))
  const toggle = (id: number) => onChange(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id])
  const customers = data?.data ?? []
  return (
    <>
      <div className="toolbar">
        <SearchBox label="Search customers" value={q} onSearch={setQ} />
        <p role="status">
          <strong>{plural(ids.length, 'customer')}</strong> chosen
        </p>
        {ids.length > 0 && (
          <button type="button" className="button" onClick={() => onChange([])}>
            Clear selection
          </button>
        )}
      </div>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data && customers.length === 0 && <Empty title="No matching customers" />}
      <ul className="checks">
        {customers.map((customer) => (
          <li key={customer.id}>
            <label>
              <input type="checkbox" checked={ids.includes(customer.id)} onChange={() => toggle(customer.id)} />
              <span>{fullName(customer) || 'No name'}</span> <span className="phone muted">{customer.phone}</span>
            </label>
          </li>
        ))}
      </ul>
      {data && data.pagination.total_count > SHOWN && (
        <p className="muted">
          The first {SHOWN} of {data.pagination.total_is_minimum && 'more than '}
          {plural(data.pagination.total_count, 'customer')}. Search to find others.
        </p>
      )}
    </>
  )
}
