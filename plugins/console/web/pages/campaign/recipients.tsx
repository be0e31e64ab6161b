/** List of recipients by page, status, name and phone; the address keeps filter and page. */
import { type Delivery, deliveries, deliveryNames, type Outcome, outcomes } from '../../api/types.ts'
import { CursorPager } from '../../components/cursor-pager.tsx'
import { hasDeliveries } from '../../components/delivery.tsx'
import { RECIPIENTS_ID } from '../../components/recipients-link.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Select } from '../../components/select.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { CURSOR } from '../../hooks/use-cursor-list.ts'
import { useSearch } from '../../hooks/use-search.ts'
import { Export } from './export.tsx'
import { RecipientTable } from './recipient-table.tsx'
import type { LiveCampaign } from './use-campaign.ts'
import { useRecipients } from './use-recipients.ts'

const statusOptions: readonly (readonly [Outcome | '', string])[] = [
  ['', 'Any status'],
  ...outcomes.map((name) => [name, name.replace(/^./, (letter) => letter.toUpperCase())] as const),
]

const deliveryOptions: readonly (readonly [Delivery | '', string])[] = [
  ['', 'Any delivery'],
  ...deliveries.map((name) => [name, deliveryNames[name]] as const),
]

export function Recipients({ campaign }: { readonly campaign: LiveCampaign }) {
  const search = useSearch()
  const q = search.get('q')
  const status = outcomes.find((name) => name === search.get('status')) ?? ''
  const delivery = deliveries.find((name) => name === search.get('delivery')) ?? ''
  const list = useRecipients(campaign, { status, delivery, q })
  const filter = (changes: Readonly<Record<string, string>>) => search.change({ ...changes, [CURSOR]: '' })
  return (
    <section id={RECIPIENTS_ID} className="card flush" aria-labelledby="recipients-title">
      <div className="card-head">
        <h2 id="recipients-title">Recipients</h2>
        <div className="toolbar">
          <SearchBox label="Search by name or phone" value={q} onSearch={(text) => filter({ q: text })} />
          <Select label="Status" value={status} options={statusOptions} onChange={(name) => filter({ status: name })} />
          {(delivery || hasDeliveries(campaign)) && (
            <Select
              label="Delivery"
              value={delivery}
              options={deliveryOptions}
              onChange={(name) => filter({ delivery: name })}
            />
          )}
          <Export campaign={campaign} status={status} delivery={delivery} q={q} />
        </div>
      </div>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.rows && list.loading && <Loading what="recipients" />}
      {list.rows?.length === 0 && list.loading && <Loading what="recipients: searching all of them" />}
      {list.rows?.length === 0 && !list.loading && (
        <Empty title="No matching recipients">
          Try another status or delivery, a part of the name, or the beginning of the phone number.
        </Empty>
      )}
      {list.rows && list.rows.length > 0 && <RecipientTable rows={list.rows} />}
      <CursorPager list={list} noun="recipient" />
    </section>
  )
}
