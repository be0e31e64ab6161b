/** One customer, and what they were sent. */
import { useState } from 'react'
import { Link } from 'wouter'
import { ApiError, get, query } from '../../api/client.ts'
import { type Customer, type CustomerMessage, customerFields, fieldNames } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { fullName, plural } from '../../text/format.ts'
import { CustomerForm } from './customer-form.tsx'
import { MessageTable } from './message-table.tsx'

const REFRESH_MS = 5000

export default function CustomerPage({ id }: { readonly id: number }) {
  const { data, error, loading, reload } = useQuery(`customer ${id}`, (signal) =>
    get<Customer>(`/customers/${id}`, signal),
  )
  const [edited, setEdited] = useState(false)
  const name = data && (fullName(data) || 'No name')
  useTitle(name ?? 'Customer')
  if (error instanceof ApiError && (error.status === 404 || error.status === 400))
    return (
      <Empty title="There is no such customer" action={<Link href="/customers">All customers</Link>}>
        They may have been deleted.
      </Empty>
    )
  if (!data) return loading ? <Loading what="customer" /> : <Failure error={error} retry={reload} />
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumb">
            <Link href="/customers">Customers</Link>
          </p>
          <h1>{name}</h1>
        </div>
        <button type="button" className="button" onClick={() => setEdited(true)}>
          <Icon name="edit" /> Edit
        </button>
      </div>
      <section className="card" aria-label="Details">
        <dl className="pairs">
          {customerFields.map((field) => (
            <div key={field}>
              <dt>{fieldNames[field]}</dt>
              <dd>{data[field] ?? '–'}</dd>
            </div>
          ))}
        </dl>
      </section>
      <Messages key={id} id={id} />
      {edited && (
        <CustomerForm
          customer={data}
          onSaved={() => {
            setEdited(false)
            reload()
          }}
          onClose={() => setEdited(false)}
        />
      )}
    </>
  )
}

interface MessagePage {
  readonly data: readonly CustomerMessage[]
  readonly next_cursor: string | null
}

function Messages({ id }: { readonly id: number }) {
  const [cursors, setCursors] = useState<readonly string[]>([])
  const path = `/customers/${id}/messages${query({ cursor: cursors.at(-1) })}`
  const { data, error, loading, reload } = useQuery(path, (signal) => get<MessagePage>(path, signal), REFRESH_MS)
  const next = data?.next_cursor
  return (
    <section className="card flush" aria-labelledby="messages-title">
      <div className="card-head">
        <h2 id="messages-title">Messages</h2>
      </div>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!data && loading && <Loading what="messages" />}
      {data?.data.length === 0 && (
        <Empty title={cursors.length > 0 || next ? 'No messages here' : 'No messages yet'}>
          {next ? 'There may be more in earlier campaigns.' : 'No campaign has been sent to this customer.'}
        </Empty>
      )}
      {data && data.data.length > 0 && <MessageTable messages={data.data} />}
      {(cursors.length > 0 || next) && (
        <nav className="pager" aria-label="Parts of the list of messages">
          <p className="muted">
            Page {cursors.length + 1}
            {data && `, ${plural(data.data.length, 'message')}`}
          </p>
          <div className="pager-buttons">
            <button
              type="button"
              className="button"
              disabled={cursors.length === 0}
              onClick={() => setCursors(cursors.slice(0, -1))}
            >
              <Icon name="left" /> Previous
            </button>
            <button
              type="button"
              className="button"
              disabled={!next}
              onClick={() => next && setCursors([...cursors, next])}
            >
              Next <Icon name="right" />
            </button>
          </div>
        </nav>
      )}
    </section>
  )
}
