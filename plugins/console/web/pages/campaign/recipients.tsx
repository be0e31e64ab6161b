/** The recipients, page by page, found by status, name and phone; the address keeps the filter. */
import { type Outcome, outcomes } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { RECIPIENTS_ID } from '../../components/recipients-link.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Select } from '../../components/select.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useSearch } from '../../hooks/use-search.ts'
import { plural } from '../../text/format.ts'
import { Export } from './export.tsx'
import { RecipientTable } from './recipient-table.tsx'
import type { LiveCampaign } from './use-campaign.ts'
import { useRecipients } from './use-recipients.ts'

const statusOptions: readonly (readonly [Outcome | '', string])[] = [
  ['', 'Any status'],
  ...outcomes.map((name) => [name, name.replace(/^./, (letter) => letter.toUpperCase())] as const),
]

export function Recipients({ campaign }: { readonly campaign: LiveCampaign }) {
  const search = useSearch()
  const q = search.get('q')
  const asked = search.get('status')
  const status = outcomes.find((name) => name === asked) ?? ''
  const list = useRecipients(campaign, { status, q })
  return (
    <section id={RECIPIENTS_ID} className="card flush" aria-labelledby="recipients-title">
      <div className="card-head">
        <h2 id="recipients-title">Recipients</h2>
        <div className="toolbar">
          <SearchBox label="Search by name or phone" value={q} onSearch={(text) => search.change({ q: text })} />
          <Select
            label="Status"
            value={status}
            options={statusOptions}
            onChange={(name) => search.change({ status: name })}
          />
          <Export campaign={campaign} status={status} q={q} />
        </div>
      </div>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.rows && list.loading && <Loading what="recipients" />}
      {list.rows?.length === 0 && list.loading && <Loading what="recipients, looking through all of them" />}
      {list.rows?.length === 0 && !list.loading && (
        <Empty title="No matching recipients">
          Try another status, a part of the name, or the beginning of the phone number.
        </Empty>
      )}
      {list.rows && list.rows.length > 0 && <RecipientTable rows={list.rows} />}
      <nav className="pager" aria-label="Parts of the list of recipients">
        <p className="muted">
          Page {list.page + 1}
          {list.rows && `, ${plural(list.rows.length, 'recipient')}`}
        </p>
        <div className="pager-buttons">
          <button type="button" className="button" disabled={list.page === 0} onClick={list.previous}>
            <Icon name="left" /> Previous
          </button>
          <button type="button" className="button" disabled={!list.hasNext} onClick={list.next}>
            Next <Icon name="right" />
          </button>
        </div>
      </nav>
    </section>
  )
}
