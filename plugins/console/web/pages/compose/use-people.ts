import { ask, get, query } from '../../api/client.ts'
import type { Customer, Page, SegmentPreview } from '../../api/types.ts'
import { useDebounced } from '../../hooks/use-debounced.ts'
import { type Query, useQuery } from '../../hooks/use-query.ts'
import type { Audience } from './draft.ts'
import { ruleOf, type SegmentChoice } from './segment-choice.ts'

export interface People {
  /** Some of the people, in no particular order. */
  readonly some: readonly Customer[]
  /** Number of all people. */
  readonly count: number
}

/** Largest page of the API. */
const MOST = 100
/** Number of chosen customers that are loaded, one by one. */
const MOST_PICKED = 12

/** People of an audience for previews; any customers while nobody is chosen. */
export function usePeople(audience: Audience): Query<People> {
  const debounced = useDebounced(audience)
  return useQuery(keyOf(debounced), (signal) => load(debounced, signal))
}

/** Key of an audience. */
function keyOf(audience: Audience): string {
  if (audience.by === 'filter') return `people ${JSON.stringify(audience.filter)}`
  if (audience.by === 'segments') return `people ${JSON.stringify(ruleOf(audience.choice))}`
  if (audience.by === 'picking') return `people ${audience.ids.length} ${audience.ids.slice(0, MOST_PICKED)}`
  return audience.by === 'file' ? `people file ${audience.key}` : 'people'
}

async function load(audience: Audience, signal: AbortSignal): Promise<People> {
  if (audience.by === 'file') return peopleOfFile(audience.checked?.rows)
  if (audience.by === 'segments') return peopleOf(audience.choice, signal)
  if (audience.by === 'picking') {
    const ids = audience.ids.slice(0, MOST_PICKED)
    const some = await Promise.all(ids.map((id) => get<Customer>(`/customers/${id}`, signal)))
    return { some, count: audience.ids.length }
  }
  const filter = audience.by === 'filter' ? audience.filter : {}
  const page = await get<Page<Customer>>(`/customers${query({ ...filter, page_size: MOST })}`, signal)
  return { some: page.data, count: page.pagination.total_count }
}

/** Number of the customers by segments, and the first ones. */
export async function peopleOf(choice: SegmentChoice, signal: AbortSignal): Promise<People> {
  const { count, sample } = await ask<SegmentPreview>('/segments/preview', { rule: ruleOf(choice) }, signal)
  return { some: sample, count }
}

type Rows = NonNullable<Extract<Audience, { by: 'file' }>['checked']>['rows']

/** Rows as the customers that they will be; their ids are not known yet. */
function peopleOfFile(rows: Rows | undefined): People {
  const nameless = { first_name: null, last_name: null, location: null, prefered_product: null }
  const some = [...(rows?.values() ?? [])].slice(0, MOST).map((row, nth) => ({ ...nameless, ...row, id: -1 - nth }))
  return { some, count: rows?.size ?? 0 }
}
