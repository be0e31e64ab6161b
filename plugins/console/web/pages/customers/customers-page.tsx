/** List of all customers, with search, editing and deletion. */
import { useState } from 'react'
import { Link } from 'wouter'
import { get, query, remove } from '../../api/client.ts'
import type { Customer, Page } from '../../api/types.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Pager } from '../../components/pager.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useSearch } from '../../hooks/use-search.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { fullName } from '../../text/format.ts'
import { CustomerForm } from './customer-form.tsx'
import { CustomerTable } from './customer-table.tsx'

export default function CustomersPage() {
  useTitle('Customers')
  const search = useSearch()
  const path = `/customers${query({ q: search.get('q'), page: search.get('page') })}`
  const list = useQuery(path, (signal) => get<Page<Customer>>(path, signal))
  const [edited, setEdited] = useState<Customer | 'new'>()
  const [removed, setRemoved] = useState<Customer>()
  const saved = (text: string) => {
    setEdited(undefined)
    notify(text)
    list.reload()
  }
  return (
    <>
      <Head onNew={() => setEdited('new')} />
      <div className="toolbar">
        <SearchBox
          label="Search by name or phone"
          value={search.get('q')}
          onSearch={(q) => search.change({ q, page: '' })}
        />
      </div>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.data && list.loading && <Loading what="customers" />}
      {list.data?.data.length === 0 && <None searched={search.get('q') !== ''} />}
      {list.data && list.data.data.length > 0 && (
        <section className="card flush" aria-label="Customers" aria-busy={list.loading}>
          <CustomerTable customers={list.data.data} onEdit={setEdited} onRemove={setRemoved} />
          <Pager pagination={list.data.pagination} onPage={(page) => search.go({ page: String(page) })} />
        </section>
      )}
      {edited && (
        <CustomerForm
          customer={edited === 'new' ? undefined : edited}
          onSaved={saved}
          onClose={() => setEdited(undefined)}
        />
      )}
      {removed && <RemoveDialog customer={removed} onRemoved={list.reload} onClose={() => setRemoved(undefined)} />}
    </>
  )
}

function Head({ onNew }: { readonly onNew: () => void }) {
  return (
    <div className="page-head">
      <h1>Customers</h1>
      <div className="action-row">
        <Link href="/customers/attributes" className="button">
          Attributes
        </Link>
        <Link href="/customers/suppressions" className="button">
          Suppressions
        </Link>
        <Link href="/customers/import" className="button">
          <Icon name="upload" /> Import CSV
        </Link>
        <button type="button" className="button button-primary" onClick={onNew}>
          <Icon name="plus" /> New customer
        </button>
      </div>
    </div>
  )
}

interface RemoveDialogProps {
  readonly customer: Customer
  readonly onRemoved: () => void
  readonly onClose: () => void
}

function RemoveDialog({ customer, onRemoved, onClose }: RemoveDialogProps) {
  return (
    <Confirm
      title="Delete this customer?"
      danger
      action="Delete the customer"
      onClose={onClose}
      onConfirm={() => remove(`/customers/${customer.id}`).then(onRemoved)}
    >
      <p>
        {fullName(customer) || customer.phone} will get no more messages; pending ones are skipped. Sent messages stay
        on record.
      </p>
    </Confirm>
  )
}

function None({ searched }: { readonly searched: boolean }) {
  return searched ? (
    <Empty title="No matching customers">Try a part of the name, or the beginning of the phone number.</Empty>
  ) : (
    <Empty
      title="No customers yet"
      action={
        <Link href="/customers/import" className="button button-primary">
          <Icon name="upload" /> Import a CSV file
        </Link>
      }
    >
      Customers are the people you send campaigns to. Import them from a file, or add them one by one.
    </Empty>
  )
}
