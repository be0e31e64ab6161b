/** All messages that people wrote, by phone, sender and reading; the address keeps filter and page. */
import { get, problemAt, query } from '../../api/client.ts'
import { type Inbound, type Intent, intentNames } from '../../api/types.ts'
import { CursorPager } from '../../components/cursor-pager.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Select } from '../../components/select.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { CURSOR, type CursorList, useCursorList } from '../../hooks/use-cursor-list.ts'
import { useSearch } from '../../hooks/use-search.ts'
import { useSenders } from '../../hooks/use-senders.ts'
import { InboundTable } from './inbound-table.tsx'

const REFRESH_MS = 5000

/** @param turn grows with each decision that was made elsewhere on the page */
export function AllInbound({ turn, onDecided }: { readonly turn: number; readonly onDecided: () => void }) {
  const search = useSearch()
  const [phone, sender] = [search.get('phone'), search.get('sender')]
  const intent = (Object.keys(intentNames) as Intent[]).find((name) => name === search.get('intent')) ?? ''
  const filter = (changes: Readonly<Record<string, string>>) => search.change({ ...changes, [CURSOR]: '' })
  const path = (cursor?: string) => `/inbound${query({ phone, sender, intent, cursor })}`
  const list = useCursorList<Inbound>(`${path()} ${turn}`, (cursor, signal) => get(path(cursor), signal), REFRESH_MS)
  return (
    <section className="card flush" aria-labelledby="all-title">
      <div className="card-head">
        <h2 id="all-title">All messages</h2>
        <div className="toolbar">
          <SearchBox label="Whole phone number" value={phone} onSearch={(text) => filter({ phone: text })} />
          <SenderSelect value={sender} onChange={(name) => filter({ sender: name })} />
          <Select
            label="Read as"
            value={intent}
            options={intentOptions}
            onChange={(name) => filter({ intent: name })}
          />
        </div>
      </div>
      <Rows list={list} isFiltered={phone !== '' || sender !== '' || intent !== ''} onDecided={onDecided} />
      <CursorPager list={list} noun="message" />
    </section>
  )
}

const intentOptions: readonly (readonly [Intent | '', string])[] = [
  ['', 'Read as anything'],
  ...Object.entries(intentNames).map(([intent, name]) => [intent as Intent, name] as const),
]

/** A sender of the address may be one that is no longer there. */
function SenderSelect({ value, onChange }: { readonly value: string; readonly onChange: (name: string) => void }) {
  const names = new Set([...(useSenders().data ?? []).map(({ name }) => name), ...(value ? [value] : [])])
  const options = [['', 'To any sender'], ...[...names].map((name) => [name, name])] as [string, string][]
  return <Select label="Sender" value={value} options={options} onChange={onChange} />
}

interface RowsProps {
  readonly list: CursorList<Inbound>
  readonly isFiltered: boolean
  readonly onDecided: () => void
}

function Rows({ list: { rows, error, loading, reload }, isFiltered, onDecided }: RowsProps) {
  if (problemAt(error, 'query.phone') !== undefined)
    return <Empty title="No such phone number">Type the whole number, such as +254 712 345678.</Empty>
  if (error !== undefined) return <Failure error={error} retry={reload} />
  if (!rows) return loading ? <Loading what="messages" /> : null
  if (rows.length > 0) return <InboundTable messages={rows} reload={onDecided} />
  return isFiltered ? (
    <Empty title="No matching messages">Try another phone number, sender or reading.</Empty>
  ) : (
    <Empty title="No messages yet">Nobody has written to your senders.</Empty>
  )
}
