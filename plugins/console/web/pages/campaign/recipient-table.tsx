/** Table of recipients with their texts, or the reasons why they were not reached. */
import { Link } from 'wouter'
import type { Recipient } from '../../api/types.ts'
import { MessageStatus } from '../../components/delivery.tsx'
import { MessageText } from '../../components/message-text.tsx'
import { dateTime, fullName, utc } from '../../text/format.ts'

export function RecipientTable({ rows }: { readonly rows: readonly Recipient[] }) {
  return (
    <table className="list stack recipients">
      <thead>
        <tr>
          <th scope="col">Recipient</th>
          <th scope="col">Status</th>
          <th scope="col">Text or reason</th>
          <th scope="col" className="number">
            Attempts
          </th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={`${row.customer?.id} ${row.created_at} ${row.provider_message_id}`} row={row} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row }: { readonly row: Recipient }) {
  const { customer, status, attempts, updated_at } = row
  return (
    <tr>
      <th scope="row">
        {customer ? (
          <>
            <Link href={`/customers/${customer.id}`} className="name">
              {fullName(customer) || 'No name'}
            </Link>{' '}
            <span className="phone">{customer.phone}</span>
          </>
        ) : (
          <span className="muted">Deleted customer</span>
        )}
      </th>
      <td>
        <MessageStatus message={row} />
      </td>
      <td className="text-cell">
        <MessageText message={row} />
      </td>
      <td className="number aside">{attempts}</td>
      <td>
        {updated_at && status !== 'pending' && (
          <time dateTime={updated_at} title={utc(updated_at)}>
            {dateTime(updated_at)}
          </time>
        )}
      </td>
    </tr>
  )
}
