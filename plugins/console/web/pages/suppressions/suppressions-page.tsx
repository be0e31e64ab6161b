/** Suppressions: phones that nothing is sent to, by phone, reason and channel; the address keeps filter and page. */
import { useState } from 'react'
import { get, problemAt, query, send } from '../../api/client.ts'
import { channelNames, channels, reasonNames, type Suppression } from '../../api/types.ts'
import { CursorPager } from '../../components/cursor-pager.tsx'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Select } from '../../components/select.tsx'
import { Empty, Failure, Loading, Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { CURSOR, type CursorList, useCursorList } from '../../hooks/use-cursor-list.ts'
import { useSearch } from '../../hooks/use-search.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { saveFile } from '../../text/save-file.ts'
import { ImportDialog } from './import-dialog.tsx'
import { RemoveSuppression } from './remove-suppression.tsx'
import { SuppressForm } from './suppress-form.tsx'
import { SuppressionTable } from './suppression-table.tsx'

type Open = 'add' | 'import' | Suppression

export default function SuppressionsPage() {
  useTitle('Suppressions')
  const search = useSearch()
  const filter = { q: search.get('q'), reason: search.get('reason'), channel: search.get('channel') }
  const path = (cursor?: string) => `/suppressions${query({ ...filter, cursor })}`
  const list = useCursorList<Suppression>(path(), (cursor, signal) => get(path(cursor), signal))
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  const added = (text: string) => {
    close()
    notify(text)
    list.reload()
  }
  return (
    <>
      <PageHead
        list={['/customers', 'Customers']}
        title="Suppressions"
        meta="Phones that nothing is sent to, whoever has the number and whatever the campaign."
      >
        <Actions filter={filter} onOpen={setOpen} />
      </PageHead>
      <Filter filter={filter} onChange={(changes) => search.change({ ...changes, [CURSOR]: '' })} />
      <Rows list={list} isFiltered={Object.values(filter).some(Boolean)} onRemove={setOpen} />
      {open === 'add' && <SuppressForm onSaved={added} onClose={close} />}
      {open === 'import' && <ImportDialog onImported={list.reload} onClose={close} />}
      {typeof open === 'object' && <RemoveSuppression suppression={open} onRemoved={list.reload} onClose={close} />}
    </>
  )
}

interface FilterValues {
  readonly q: string
  readonly reason: string
  readonly channel: string
}

function Actions({ filter, onOpen }: { readonly filter: FilterValues; readonly onOpen: (open: Open) => void }) {
  const action = useAction()
  const save = () =>
    action.run(async () => {
      saveFile(await (await send('GET', `/suppressions.csv${query({ ...filter })}`)).blob(), 'suppressions.csv')
      notify('Suppressions exported as CSV')
    })
  return (
    <div className="action-row">
      <button type="button" className="button" disabled={action.busy} onClick={() => void save()}>
        <Icon name="download" /> {action.busy ? 'Exporting…' : 'Export CSV'}
      </button>
      <button type="button" className="button" onClick={() => onOpen('import')}>
        <Icon name="upload" /> Import CSV
      </button>
      <button type="button" className="button button-primary" onClick={() => onOpen('add')}>
        <Icon name="plus" /> Suppress phones
      </button>
      <Problem>{action.problem}</Problem>
    </div>
  )
}

const reasonOptions = [['', 'Any reason'], ...Object.entries(reasonNames)] as readonly (readonly [string, string])[]
const channelOptions: readonly (readonly [string, string])[] = [
  ['', 'Any channel'],
  ...channels.map((channel) => [channel, `Holds for ${channelNames[channel]}`] as const),
]

interface FilterProps {
  readonly filter: FilterValues
  readonly onChange: (changes: Readonly<Record<string, string>>) => void
}

function Filter({ filter: { q, reason, channel }, onChange }: FilterProps) {
  return (
    <div className="toolbar">
      <SearchBox label="Phone begins with" value={q} onSearch={(text) => onChange({ q: text })} />
      <Select label="Reason" value={reason} options={reasonOptions} onChange={(one) => onChange({ reason: one })} />
      <Select label="Channel" value={channel} options={channelOptions} onChange={(one) => onChange({ channel: one })} />
    </div>
  )
}

interface RowsProps {
  readonly list: CursorList<Suppression>
  readonly isFiltered: boolean
  readonly onRemove: (suppression: Suppression) => void
}

function Rows({ list, isFiltered, onRemove }: RowsProps) {
  const { rows, error, loading, reload } = list
  if (problemAt(error, 'query.q') !== undefined)
    return <Empty title="No matching suppressions">Type the beginning of a phone number, at least three digits.</Empty>
  if (error !== undefined) return <Failure error={error} retry={reload} />
  if (!rows) return loading ? <Loading what="suppressions" /> : null
  if (rows.length === 0 && list.page === 1)
    return isFiltered ? (
      <Empty title="No matching suppressions">Try another reason or channel, or fewer digits of the number.</Empty>
    ) : (
      <Empty title="No suppressions">
        Phones come here when people opt out or complain, when a provider reports a number as invalid, and when you add
        them.
      </Empty>
    )
  return (
    <section className="card flush" aria-label="Suppressions" aria-busy={loading}>
      <SuppressionTable suppressions={rows} onRemove={onRemove} />
      <CursorPager list={list} noun="suppression" />
    </section>
  )
}
