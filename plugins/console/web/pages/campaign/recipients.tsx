/** The recipients, page by page, found by status and phone. */
import { useState } from 'react'
import { type Outcome, outcomes } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Select } from '../../components/select.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
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
  const [status, setStatus] = useState<Outcome | ''>('')
  const [q, setQ] = useState('')
  const list = useRecipients(campaign, { status, q })
  return (
    <section className="card flush" aria-labelledby="recipients-title">
      <div className="card-head">
        <h2 id="recipients-title">Recipients</h2>
        <div className="toolbar">
          <SearchBox label="Search by phone" value={q} onSearch={setQ} />
          <Select label="Status" value={status} options={statusOptions} onChange={setStatus} />
          <Export campaign={campaign} status={status} q={q} />
        </div>
      </div>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.rows && list.loading && <Loading what="recipients" />}
      {list.rows?.length === 0 && list.loading && <Loading what="recipients, looking through all of them" />}
      {list.rows?.length === 0 && !list.loading && (
        <Empty title="No recipient fits">Try another status, or the beginning of another phone number.</Empty>
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
