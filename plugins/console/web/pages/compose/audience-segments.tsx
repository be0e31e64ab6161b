/** Recipients by segments: those in any of them, or everybody, without others; counted as they are chosen. */
import { useEffect, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { get, query } from '../../api/client.ts'
import type { Page, Segment } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Empty, Failure } from '../../components/states.tsx'
import { useDebounced } from '../../hooks/use-debounced.ts'
import { useQuery } from '../../hooks/use-query.ts'
import { fullName, plural } from '../../text/format.ts'
import { CampaignExclusion, MOST } from './campaign-exclusion.tsx'
import { describeChoice, ruleOf, type SegmentChoice } from './segment-choice.ts'
import { peopleOf } from './use-people.ts'

interface AudienceSegmentsProps {
  readonly choice: SegmentChoice
  readonly onChange: (choice: SegmentChoice) => void
  /** Number of customers of this choice, which may have changed meanwhile. */
  readonly onCount: (choice: SegmentChoice, count: number) => void
}

const SHOWN = 50

const lists = [
  ['include', 'In'],
  ['exclude', 'Not in'],
] as const

export function AudienceSegments({ choice, onChange, onCount }: AudienceSegmentsProps) {
  const [q, setQ] = useState('')
  const path = `/segments${query({ q, page_size: SHOWN })}`
  const { data, error, reload } = useQuery(path, (signal) => get<Page<Segment>>(path, signal))
  const segments = data?.data ?? []
  return (
    <>
      <div className="toolbar">
        <SearchBox label="Search segments" value={q} onSearch={setQ} />
        <MakeSegment />
      </div>
      <p className="muted">With no segment chosen, all customers are recipients.</p>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data && segments.length === 0 && <Empty title={q === '' ? 'No segments yet' : 'No matching segments'} />}
      {segments.length > 0 && <SegmentList segments={segments} choice={choice} onChange={onChange} />}
      <CampaignExclusion choice={choice} onChange={onChange} />
      <Count choice={choice} onCount={onCount} />
    </>
  )
}

/** Leads back here once the segment is there; what is written is kept meanwhile. */
function MakeSegment() {
  const [page] = useLocation()
  const search = useSearch()
  const back = search === '' ? page : `${page}?${search}`
  return (
    <Link href={`/segments/new?back=${encodeURIComponent(back)}`} className="button">
      <Icon name="plus" /> Make a segment
    </Link>
  )
}

interface SegmentListProps extends Pick<AudienceSegmentsProps, 'choice' | 'onChange'> {
  readonly segments: readonly Segment[]
}

function SegmentList({ segments, choice, onChange }: SegmentListProps) {
  const toggle = (list: 'include' | 'exclude', { id, name }: Segment) => {
    const other = list === 'include' ? 'exclude' : 'include'
    const ids = choice[list].includes(id) ? choice[list].filter((one) => one !== id) : [...choice[list], id]
    onChange({
      ...choice,
      [list]: ids,
      [other]: choice[other].filter((one) => one !== id),
      names: { ...choice.names, [id]: name },
    })
  }
  return (
    <ul className="checks">
      {segments.map((segment) => (
        <li key={segment.id} className="segment-check">
          <span>{segment.name}</span>
          {lists.map(([list, label]) => {
            const isChosen = choice[list].includes(segment.id)
            return (
              <label key={list}>
                <input
                  type="checkbox"
                  aria-label={`${label} ${segment.name}`}
                  checked={isChosen}
                  disabled={!isChosen && choice[list].length >= MOST}
                  onChange={() => toggle(list, segment)}
                />
                <span>{label}</span>
              </label>
            )
          })}
        </li>
      ))}
    </ul>
  )
}

function Count({ choice, onCount }: Pick<AudienceSegmentsProps, 'choice' | 'onCount'>) {
  const debounced = useDebounced(choice)
  const { data, error, loading, reload } = useQuery(JSON.stringify(ruleOf(debounced)), (signal) =>
    peopleOf(debounced, signal),
  )
  const known = !loading && debounced === choice ? data?.count : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new count, or choice, is news
  useEffect(() => {
    if (known !== undefined) onCount(choice, known)
  }, [known, choice])
  if (error !== undefined) return <Failure error={error} retry={reload} />
  const such = data?.some.slice(0, 3).map((one) => fullName(one) || one.phone)
  return (
    <p role="status">
      {known === undefined ? 'Counting…' : <strong>{known === 0 ? 'Nobody' : plural(known, 'recipient')}</strong>}{' '}
      <span className="muted">
        {describeChoice(choice)}
        {known !== undefined && known > 0 && ` Such as ${such?.join(', ')}.`}
      </span>
    </p>
  )
}
