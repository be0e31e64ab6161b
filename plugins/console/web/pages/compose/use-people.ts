import { get, query } from '../../api/client.ts'
import type { Customer, Page } from '../../api/types.ts'
import { useDebounced } from '../../hooks/use-debounced.ts'
import { type Query, useQuery } from '../../hooks/use-query.ts'
import type { Audience } from './draft.ts'

export interface People {
  /** Some of them, in no order. */
  readonly some: readonly Customer[]
  /** All of them. */
  readonly count: number
}

/** As many as one answer of the API holds. */
const MOST = 100
/** Chosen customers are loaded one by one. */
const MOST_PICKED = 12

/** People of an audience, to preview a text with; any customers while nobody is chosen. */
export function usePeople(audience: Audience): Query<People> {
  const debounced = useDebounced(audience)
  return useQuery(keyOf(debounced), (signal) => load(debounced, signal))
}

/** Key of an audience. */
function keyOf(audience: Audience): string {
  if (audience.by === 'filter') return `people ${JSON.stringify(audience.filter)}`
  if (audience.by === 'picking') return `people ${audience.ids.length} ${audience.ids.slice(0, MOST_PICKED)}`
  return audience.by === 'file' ? `people file ${audience.key}` : 'people'
}

async function load(audience: Audience, signal: AbortSignal): Promise<People> {
  if (audience.by === 'file') return peopleOfFile(audience.checked?.rows)
  if (audience.by === 'picking') {
    const ids = audience.ids.slice(0, MOST_PICKED)
    const some = await Promise.all(ids.map((id) => get<Customer>(`/customers/${id}`, signal)))
    return { some, count: audience.ids.length }
  }
  const filter = audience.by === 'filter' ? audience.filter : {}
  const page = await get<Page<Customer>>(`/customers${query({ ...filter, page_size: MOST })}`, signal)
  return { some: page.data, count: page.pagination.total_count }
}

type Rows = NonNullable<Extract<Audience, { by: 'file' }>['checked']>['rows']

/** Rows as the customers that they will be; their ids are not known yet. */
function peopleOfFile(rows: Rows | undefined): People {
  const nameless = { first_name: null, last_name: null, location: null, prefered_product: null }
  const some = [...(rows?.values() ?? [])].slice(0, MOST).map((row, nth) => ({ ...nameless, ...row, id: -1 - nth }))
  return { some, count: rows?.size ?? 0 }
}
