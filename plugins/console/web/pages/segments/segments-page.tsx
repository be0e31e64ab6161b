/** List of all segments, with the number of people in each and what uses it. */
import { useState } from 'react'
import { Link } from 'wouter'
import { get, query } from '../../api/client.ts'
import type { Page, Segment } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Pager } from '../../components/pager.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { Uses } from '../../components/uses.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useSearch } from '../../hooks/use-search.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { count } from '../../text/format.ts'
import { RemoveSegment } from './remove-segment.tsx'
import { type Counts, useCounts } from './use-counts.ts'

export default function SegmentsPage() {
  useTitle('Segments')
  const search = useSearch()
  const path = `/segments${query({ q: search.get('q'), page: search.get('page') })}`
  const list = useQuery(path, (signal) => get<Page<Segment>>(path, signal))
  const counts = useCounts(list.data?.data)
  const [removed, setRemoved] = useState<Segment>()
  return (
    <>
      <div className="page-head">
        <h1>Segments</h1>
        <div className="action-row">
          <Link href="/segments/new" className="button button-primary">
            <Icon name="plus" /> New segment
          </Link>
        </div>
      </div>
      <div className="toolbar">
        <SearchBox label="Search by name" value={search.get('q')} onSearch={(q) => search.change({ q, page: '' })} />
      </div>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {!list.data && list.loading && <Loading what="segments" />}
      {list.data?.data.length === 0 && <None searched={search.get('q') !== ''} />}
      {list.data && list.data.data.length > 0 && (
        <section className="card flush" aria-label="Segments" aria-busy={list.loading}>
          <SegmentTable segments={list.data.data} counts={counts} onRemove={setRemoved} />
          <Pager pagination={list.data.pagination} onPage={(page) => search.go({ page: String(page) })} />
        </section>
      )}
      {removed && (
        <RemoveSegment
          segment={removed}
          onRemoved={() => {
            notify('Segment deleted')
            list.reload()
          }}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </>
  )
}

interface SegmentTableProps {
  readonly segments: readonly Segment[]
  readonly counts: Counts
  readonly onRemove: (segment: Segment) => void
}

function SegmentTable({ segments, counts, onRemove }: SegmentTableProps) {
  return (
    <table className="list stack customers">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">People</th>
          <th scope="col">Used by</th>
          <th scope="col">
            <span className="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {segments.map((segment) => (
          <tr key={segment.id}>
            <th scope="row">
              <Link href={`/segments/${segment.id}`} className="row-link">
                {segment.name}
              </Link>
            </th>
            <People known={counts.get(segment.id)} />
            <td className={segment.used_by.length === 0 ? 'muted blank' : undefined}>
              {segment.used_by.length === 0 ? '–' : <Uses uses={segment.used_by} />}
            </td>
            <td className="row-actions">
              <Link href={`/segments/${segment.id}`} className="icon-button" aria-label={`Edit ${segment.name}`}>
                <Icon name="edit" />
              </Link>
              <button
                type="button"
                className="icon-button"
                aria-label={`Delete ${segment.name}`}
                onClick={() => onRemove(segment)}
              >
                <Icon name="bin" />
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function People({ known }: { readonly known: number | null | undefined }) {
  if (known === null) return <td className="warning">cannot be counted</td>
  return known === undefined ? (
    <td className="muted">…</td>
  ) : (
    <td data-unit={known === 1 ? 'person' : 'people'}>{count(known)}</td>
  )
}

function None({ searched }: { readonly searched: boolean }) {
  return searched ? (
    <Empty title="No matching segments">Try a part of the name.</Empty>
  ) : (
    <Empty
      title="No segments yet"
      action={
        <Link href="/segments/new" className="button button-primary">
          <Icon name="plus" /> New segment
        </Link>
      }
    >
      A segment is a group of customers by a rule, such as all in Nairobi. Campaigns are sent to segments.
    </Empty>
  )
}
