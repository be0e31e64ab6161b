/** Page of a customer: details and messages. */
import { useState } from 'react'
import { Link } from 'wouter'
import { ApiError, get, query } from '../../api/client.ts'
import { type Customer, type CustomerMessage, customerFields, fieldNames } from '../../api/types.ts'
import { CursorPager } from '../../components/cursor-pager.tsx'
import { Icon } from '../../components/icon.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useCursorList } from '../../hooks/use-cursor-list.ts'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { fullName } from '../../text/format.ts'
import { Consents } from './consents.tsx'
import { CustomerForm } from './customer-form.tsx'
import { MessageTable } from './message-table.tsx'
import { Suppressed } from './suppressed.tsx'
import { Wrote } from './wrote.tsx'

const REFRESH_MS = 5000

export default function CustomerPage({ id }: { readonly id: number }) {
  const { data, error, loading, reload } = useQuery(`customer ${id}`, (signal) =>
    get<Customer>(`/customers/${id}`, signal),
  )
  const [edited, setEdited] = useState(false)
  // A decision about what they wrote changes whether they are suppressed, and the other way round.
  const [turn, setTurn] = useState(0)
  const changed = () => setTurn((before) => before + 1)
  useTitle(data ? nameOf(data) : 'Customer')
  if (error instanceof ApiError && (error.status === 404 || error.status === 400))
    return (
      <Empty title="Customer not found" action={<Link href="/customers">All customers</Link>}>
        They may have been deleted.
      </Empty>
    )
  if (!data) return loading ? <Loading what="customer" /> : <Failure error={error} retry={reload} />
  return (
    <>
      <PageHead list={['/customers', 'Customers']} title={nameOf(data)}>
        <button type="button" className="button" onClick={() => setEdited(true)}>
          <Icon name="edit" /> Edit
        </button>
      </PageHead>
      <Details customer={data} />
      <Suppressed phone={data.phone} turn={turn} onChanged={changed} />
      <Consents key={`consents ${id}`} id={id} />
      <Wrote id={id} phone={data.phone} turn={turn} onDecided={changed} />
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

const nameOf = (customer: Customer) => fullName(customer) || 'No name'

function Details({ customer }: { readonly customer: Customer }) {
  const own = Object.entries(customer.attributes ?? {}).map(([name, value]) => [name, valueText(value)] as const)
  const pairs: readonly (readonly [string, string | null | undefined])[] = [
    ...customerFields.map((field) => [fieldNames[field], customer[field]] as const),
    ['Language', customer.language],
    ['Time zone', customer.time_zone],
    ['Tags', customer.tags?.join(', ')],
    ...own,
  ]
  return (
    <section className="card" aria-label="Details">
      <dl className="pairs">
        {pairs.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value || '–'}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const valueText = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'Yes' : 'No') : String(value))

function Messages({ id }: { readonly id: number }) {
  const path = `/customers/${id}/messages`
  const list = useCursorList<CustomerMessage>(
    path,
    (cursor, signal) => get(`${path}${query({ cursor })}`, signal),
    REFRESH_MS,
  )
  const paged = list.page > 1 || list.hasNext
  return (
    <section className="card flush" aria-labelledby="messages-title">
      <div className="card-head">
        <h2 id="messages-title">What they were sent</h2>
      </div>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.rows && list.loading && <Loading what="messages" />}
      {list.rows?.length === 0 && (
        <Empty title={paged ? 'No messages here' : 'No messages yet'}>
          {list.hasNext ? 'There may be more in earlier campaigns.' : 'No campaign has been sent to this customer.'}
        </Empty>
      )}
      {list.rows && list.rows.length > 0 && <MessageTable messages={list.rows} />}
      {paged && <CursorPager list={list} noun="message" />}
    </section>
  )
}
