/** List of all campaigns with live progress. */
import { Link } from 'wouter'
import { type CampaignStatus, campaignStatuses } from '../../../../../core/messaging/campaign/status.ts'
import { get, query } from '../../api/client.ts'
import type { Campaign, Channel, Page } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { Pager } from '../../components/pager.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Select } from '../../components/select.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useLive } from '../../hooks/use-live.ts'
import { useQuery } from '../../hooks/use-query.ts'
import { useSearch } from '../../hooks/use-search.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { CampaignTable } from './campaign-table.tsx'
import { withLive } from './with-live.ts'

const REFRESH_MS = 10_000

const channelOptions = [
  ['', 'All channels'],
  ['sms', 'SMS'],
  ['whatsapp', 'WhatsApp'],
] as const satisfies readonly (readonly [Channel | '', string])[]
const statusOptions: readonly (readonly [CampaignStatus | '', string])[] = [
  ['', 'Any status'],
  ...campaignStatuses.map((status) => [status, status.replace(/^./, (letter) => letter.toUpperCase())] as const),
]
const orderOptions = [
  ['', 'Newest first'],
  ['created_at', 'Oldest first'],
  ['name', 'Name, A to Z'],
  ['-name', 'Name, Z to A'],
  ['scheduled_at', 'Earliest scheduled first'],
  ['-scheduled_at', 'Latest scheduled first'],
] as const

export function CampaignsPage() {
  useTitle('Campaigns')
  const search = useSearch()
  const parameters = Object.fromEntries(
    (['q', 'channel', 'status', 'sort', 'page'] as const).map((name) => [name, search.get(name)]),
  )
  const path = `/campaigns${query(parameters)}`
  const list = useQuery(path, (signal) => get<Page<Campaign>>(path, signal), REFRESH_MS)
  const { snapshot } = useLive()
  const filtered = ['q', 'channel', 'status'].some((name) => search.get(name) !== '')
  const filter = (changes: Readonly<Record<string, string>>) => search.change({ ...changes, page: '' })
  return (
    <>
      <div className="page-head">
        <h1>Campaigns</h1>
        <Link href="/campaigns/new" className="button button-primary">
          <Icon name="plus" /> New campaign
        </Link>
      </div>
      <Toolbar get={search.get} onChange={filter} />
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.data && list.loading && <Loading what="campaigns" />}
      {list.data && list.data.data.length === 0 && (
        <None filtered={filtered} onClear={() => filter({ q: '', channel: '', status: '' })} />
      )}
      {list.data && list.data.data.length > 0 && (
        <section className="card flush" aria-label="Campaigns" aria-busy={list.loading}>
          <CampaignTable campaigns={withLive(list.data.data, snapshot)} />
          <Pager pagination={list.data.pagination} onPage={(page) => search.go({ page: String(page) })} />
        </section>
      )}
    </>
  )
}

interface ToolbarProps {
  readonly get: (name: string) => string
  readonly onChange: (changes: Readonly<Record<string, string>>) => void
}

function Toolbar({ get, onChange }: ToolbarProps) {
  return (
    <div className="toolbar">
      <SearchBox label="Search by name" value={get('q')} onSearch={(q) => onChange({ q })} />
      <Select
        label="Channel"
        value={get('channel') as Channel | ''}
        options={channelOptions}
        onChange={(channel) => onChange({ channel })}
      />
      <Select
        label="Status"
        value={get('status') as CampaignStatus | ''}
        options={statusOptions}
        onChange={(status) => onChange({ status })}
      />
      <Select label="Order" value={get('sort') as ''} options={orderOptions} onChange={(sort) => onChange({ sort })} />
    </div>
  )
}

function None({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  return filtered ? (
    <Empty
      title="No matching campaigns"
      action={
        <button type="button" className="button" onClick={onClear}>
          Clear filters
        </button>
      }
    >
      Try other words or fewer filters.
    </Empty>
  ) : (
    <Empty
      title="No campaigns yet"
      action={
        <Link href="/campaigns/new" className="button button-primary">
          <Icon name="plus" /> Write your first campaign
        </Link>
      }
    >
      A campaign sends a text to your customers, with each customer’s name and details filled in.
    </Empty>
  )
}
