/** Finds one customer by name or phone. */
import { useEffect, useState } from 'react'
import { errorText, get, query } from '../api/client.ts'
import type { Customer, Page } from '../api/types.ts'
import { useQuery } from '../hooks/use-query.ts'
import { fullName } from '../text/format.ts'
import { Field } from './field.tsx'
import { SearchBox } from './search-box.tsx'

interface CustomerPickerProps {
  readonly label: string
  readonly onPick: (customer: Customer) => void
  /** True: nobody is picked at first. Default: the first customer. */
  readonly optional?: boolean
}

const SHOWN = 20

export function CustomerPicker({ label, onPick, optional = false }: CustomerPickerProps) {
  const [q, setQ] = useState('')
  const [picked, setPicked] = useState('')
  const path = `/customers${query({ q, page_size: SHOWN })}`
  const { data, error } = useQuery(path, (signal) => get<Page<Customer>>(path, signal))
  const customers = data?.data ?? []
  const pick = (customer: Customer | undefined) => {
    setPicked(customer ? String(customer.id) : '')
    if (customer) onPick(customer)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list has a new first one
  useEffect(() => {
    if (!optional || q !== '') pick(customers[0])
  }, [data])
  return (
    <div className="picker">
      <SearchBox label="Search customers" value={q} onSearch={setQ} />
      <Field label={label} problem={error === undefined ? undefined : errorText(error)}>
        {(field) => (
          <select
            {...field}
            className="select"
            value={picked}
            onChange={(event) => pick(customers.find(({ id }) => String(id) === event.target.value))}
          >
            {(optional || customers.length === 0) && (
              <option value="">{customers.length === 0 ? 'No matching customers' : 'Nobody else'}</option>
            )}
            {customers.map((customer) => (
              <option key={customer.id} value={customer.id}>
                {fullName(customer) || 'No name'}, {customer.phone}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  )
}
