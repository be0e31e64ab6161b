/** The list of segments, the one that is open, and the people in them. Pure. */
import type { Client } from '../api.ts'
import { clamp } from './campaigns.ts'

type Page = NonNullable<Awaited<ReturnType<Client['segments']['get']>>['data']>
export type Segment = Page['data'][number]
type Preview = NonNullable<Awaited<ReturnType<Client['segments']['preview']['post']>>['data']>
export type Person = Preview['sample'][number]

export interface SegmentQuery {
  readonly page: number
  readonly size: number
  readonly q: string
}

/** People of a segment: counted, or the reason why they are not. */
export type People = Preview | { readonly problem: string }

export interface SegmentList {
  readonly query: SegmentQuery
  readonly rows: readonly Segment[]
  readonly count: number
  readonly pages: number
  readonly selected: number
  readonly loaded: boolean
  /** Reason why there are no rows, or only old ones. */
  readonly problem: string | undefined
  /** By the id of the segment. */
  readonly people: ReadonlyMap<number, People>
  /** Names of what rules name by id. */
  readonly names: { readonly segments: ReadonlyMap<number, string>; readonly campaigns: ReadonlyMap<number, string> }
  /** The segment that is open. */
  readonly open: Segment | undefined
  /** Lines that it is scrolled by. */
  readonly scrolled: number
}

export const emptySegments = (size: number): SegmentList => ({
  query: { page: 1, size, q: '' },
  rows: [],
  count: 0,
  pages: 1,
  selected: 0,
  loaded: false,
  problem: undefined,
  people: new Map(),
  names: { segments: new Map(), campaigns: new Map() },
  open: undefined,
  scrolled: 0,
})

export type SegmentAction =
  | { readonly type: 'segments.move'; readonly by: number }
  | { readonly type: 'segments.page'; readonly by: number }
  | { readonly type: 'segments.search'; readonly q: string }
  | { readonly type: 'segments.size'; readonly size: number }
  | { readonly type: 'segments.loaded'; readonly query: SegmentQuery; readonly page: Page }
  | { readonly type: 'segments.problem'; readonly message: string }
  | { readonly type: 'segments.shown'; readonly segment: Segment }
  | { readonly type: 'segments.people'; readonly id: number; readonly people: People }
  | {
      readonly type: 'segments.named'
      readonly segments: readonly (readonly [number, string])[]
      readonly campaigns: readonly (readonly [number, string])[]
    }
  | { readonly type: 'segments.scroll'; readonly by: number }

export function reduceSegments(list: SegmentList, action: SegmentAction): SegmentList {
  switch (action.type) {
    case 'segments.move':
      return move(list, action.by)
    case 'segments.page':
      return turn(list, action.by, 0)
    case 'segments.search':
      return ask(list, { ...list.query, q: action.q, page: 1 })
    case 'segments.size':
      return action.size === list.query.size ? list : ask(list, { ...list.query, size: action.size, page: 1 })
    case 'segments.loaded':
      return loaded(list, action.query, action.page)
    case 'segments.problem':
      return { ...list, problem: action.message }
    case 'segments.shown':
      return { ...list, open: action.segment, problem: undefined }
    case 'segments.people':
      return { ...list, people: new Map(list.people).set(action.id, action.people) }
    case 'segments.named': {
      const { segments, campaigns } = list.names
      return {
        ...list,
        names: {
          segments: new Map([...segments, ...action.segments]),
          campaigns: new Map([...campaigns, ...action.campaigns]),
        },
      }
    }
    case 'segments.scroll':
      return { ...list, scrolled: Math.max(0, list.scrolled + action.by) }
  }
}

/** Opens the selected segment. */
export const openSelected = (list: SegmentList): SegmentList => ({
  ...list,
  open: list.rows[list.selected],
  scrolled: 0,
})

/** Moves the selection; beyond the first or last line it moves to the previous or next page. */
function move(list: SegmentList, by: number): SegmentList {
  const to = list.selected + by
  if (to >= list.rows.length && by === 1) return turn(list, 1, 0)
  if (to < 0 && by === -1) return turn(list, -1, list.query.size - 1)
  return { ...list, selected: clamp(to, list.rows.length) }
}

function turn(list: SegmentList, by: number, selected: number): SegmentList {
  const page = clamp(list.query.page + by - 1, Math.max(1, list.pages)) + 1
  return page === list.query.page ? list : { ...list, query: { ...list.query, page }, selected }
}

const ask = (list: SegmentList, query: SegmentQuery): SegmentList => ({ ...list, query, selected: 0 })

/** Ignores an answer to an earlier request. */
function loaded(list: SegmentList, query: SegmentQuery, { data: rows, pagination }: Page): SegmentList {
  if (query !== list.query) return list
  const names = { ...list.names, segments: new Map([...list.names.segments, ...rows.map(nameOf)]) }
  const { total_count: count, total_pages: pages } = pagination
  return {
    ...list,
    rows,
    count,
    pages,
    names,
    selected: clamp(list.selected, rows.length),
    loaded: true,
    problem: undefined,
  }
}

export const nameOf = ({ id, name }: { readonly id: number; readonly name: string }) => [id, name] as const
