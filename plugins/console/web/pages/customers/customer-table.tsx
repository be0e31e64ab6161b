/** Table of customers. */
import { Link } from 'wouter'
import type { Customer } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { fullName } from '../../text/format.ts'

interface CustomerTableProps {
  readonly customers: readonly Customer[]
  readonly onEdit: (customer: Customer) => void
  readonly onRemove: (customer: Customer) => void
}

export function CustomerTable({ customers, onEdit, onRemove }: CustomerTableProps) {
  return (
    <table className="list stack customers">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Phone</th>
          <th scope="col">Location</th>
          <th scope="col">Preferred product</th>
          <th scope="col">
            <span className="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {customers.map((customer) => (
          <CustomerRow
            key={customer.id}
            customer={customer}
            onEdit={() => onEdit(customer)}
            onRemove={() => onRemove(customer)}
          />
        ))}
      </tbody>
    </table>
  )
}

/** A cell that a phone leaves out when it is empty. */
function Fact({ value }: { readonly value: string | null }) {
  return value === null ? <td className="muted blank">–</td> : <td>{value}</td>
}

interface CustomerRowProps {
  readonly customer: Customer
  readonly onEdit: () => void
  readonly onRemove: () => void
}

function CustomerRow({ customer, onEdit, onRemove }: CustomerRowProps) {
  const name = fullName(customer) || 'No name'
  return (
    <tr>
      <th scope="row">
        <Link href={`/customers/${customer.id}`} className="row-link">
          {name}
        </Link>
      </th>
      <td className="phone">{customer.phone}</td>
      <Fact value={customer.location} />
      <Fact value={customer.prefered_product} />
      <td className="row-actions">
        <button type="button" className="icon-button" aria-label={`Edit ${name}`} onClick={onEdit}>
          <Icon name="edit" />
        </button>
        <button type="button" className="icon-button" aria-label={`Delete ${name}`} onClick={onRemove}>
          <Icon name="bin" />
        </button>
      </td>
    </tr>
  )
}
