/** Person who wrote a message: the customer, and their phone. */
import { Link } from 'wouter'
import type { Inbound } from '../../api/types.ts'
import { fullName } from '../../text/format.ts'

export function Writer({ message: { customer, from } }: { readonly message: Inbound }) {
  return (
    <>
      {customer ? (
        <Link href={`/customers/${customer.id}`} className="row-link">
          {fullName(customer) || 'No name'}
        </Link>
      ) : (
        <span className="muted">No customer</span>
      )}
      {from && (
        <Link href={`/inbox?phone=${encodeURIComponent(from)}`} className="phone" title="All messages of this phone">
          {from}
        </Link>
      )}
    </>
  )
}
