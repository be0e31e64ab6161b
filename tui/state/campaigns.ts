/** The list of campaigns: its filter, its rows and the selected line. Pure. */
import { campaignStatuses } from '../../core/messaging/campaign/status.ts'
import type { Client } from '../api.ts'

type Page = NonNullable<Awaited<ReturnType<Client['campaigns']['get']>>['data']>
export type Campaign = Page['data'][number]

export const listStatuses = ['', ...campaignStatuses] as const
export const listChannels = ['', 'sms', 'whatsapp'] as const
export const sorts = ['-created_at', 'created_at', 'name', '-name', '-scheduled_at', 'scheduled_at'] as const
export const sortNames: Readonly<Record<(typeof sorts)[number], string>> = {
  '-created_at': 'newest first',
  created_at: 'oldest first',
  name: 'name A–Z',
  '-name': 'name Z–A',
  '-scheduled_at': 'latest time first',
  scheduled_at: 'earliest time first',
}

export interface CampaignQuery {
  readonly page: number
  readonly size: number
  readonly status: (typeof listStatuses)[number]
  readonly channel: (typeof listChannels)[number]
  readonly sort: (typeof sorts)[number]
  readonly q: string
}

export interface CampaignList {
  readonly query: CampaignQuery
  readonly rows: readonly Campaign[]
  readonly count: number
  readonly pages: number
  readonly selected: number
  readonly loaded: boolean
  /** Reason why there are no rows, or only old ones. */
  readonly problem: string | undefined
}

export const emptyList = (size: number): CampaignList => ({
  query: { page: 1, size, status: '', channel: '', sort: '-created_at', q: '' },
  rows: [],
  count: 0,
  pages: 1,
  selected: 0,
  loaded: false,
  problem: undefined,
})

/** True without a filter and with the newest first. */
export const isNewestFirst = ({ page, status, channel, sort, q }: CampaignQuery): boolean =>
  page === 1 && status === '' && channel === '' && q === '' && sort === '-created_at'

export type ListAction =
  | { readonly type: 'list.move'; readonly by: number }
  | { readonly type: 'list.page'; readonly by: number }
  | { readonly type: 'list.cycle'; readonly what: 'status' | 'channel' | 'sort' }
  | { readonly type: 'list.search'; readonly q: string }
  | { readonly type: 'list.size'; readonly size: number }
  | { readonly type: 'list.loaded'; readonly query: CampaignQuery; readonly page: Page }
  | { readonly type: 'list.problem'; readonly message: string }

export function reduceList(list: CampaignList, action: ListAction): CampaignList {
  switch (action.type) {
    case 'list.move':
      return move(list, action.by)
    case 'list.page':
      return turn(list, action.by, 0)
    case 'list.cycle':
      return ask(list, { ...cycled(list.query, action.what), page: 1 })
    case 'list.search':
      return ask(list, { ...list.query, q: action.q, page: 1 })
    case 'list.size':
      return action.size === list.query.size ? list : ask(list, { ...list.query, size: action.size, page: 1 })
    case 'list.loaded':
      return loaded(list, action.query, action.page)
    case 'list.problem':
      return { ...list, problem: action.message }
  }
}

/** Moves the selection; beyond the first or last line it moves to the previous or next page. */
function move(list: CampaignList, by: number): CampaignList {
  const to = list.selected + by
  if (to >= list.rows.length && Math.abs(by) === 1) return turn(list, 1, 0)
  if (to < 0 && Math.abs(by) === 1) return turn(list, -1, list.query.size - 1)
  return { ...list, selected: clamp(to, list.rows.length) }
}

function turn(list: CampaignList, by: number, selected: number): CampaignList {
  const page = Math.min(Math.max(1, list.query.page + by), Math.max(1, list.pages))
  return page === list.query.page ? list : { ...list, query: { ...list.query, page }, selected }
}

const ask = (list: CampaignList, query: CampaignQuery): CampaignList => ({ ...list, query, selected: 0 })

const next = <T>(all: readonly T[], one: T): T => all[(all.indexOf(one) + 1) % all.length] ?? one

function cycled(query: CampaignQuery, what: 'status' | 'channel' | 'sort'): CampaignQuery {
  if (what === 'status') return { ...query, status: next(listStatuses, query.status) }
  if (what === 'channel') return { ...query, channel: next(listChannels, query.channel) }
  return { ...query, sort: next(sorts, query.sort) }
}

/** Ignores an answer to an earlier request. */
function loaded(list: CampaignList, query: CampaignQuery, page: Page): CampaignList {
  if (query !== list.query) return list
  const { total_count: count, total_pages: pages } = page.pagination
  const selected = clamp(list.selected, page.data.length)
  return { ...list, rows: page.data, count, pages, selected, loaded: true, problem: undefined }
}

export const clamp = (at: number, length: number): number => Math.max(0, Math.min(at, length - 1))
