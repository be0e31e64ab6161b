import { get, query } from '../../api/client.ts'
import type { Delivery, Outcome, Recipient } from '../../api/types.ts'
import { doneOf } from '../../components/outcome-bar.tsx'
import { type CursorList, type CursorPage, useCursorList } from '../../hooks/use-cursor-list.ts'
import { useThrottled } from '../../hooks/use-throttled.ts'
import type { LiveCampaign } from './use-campaign.ts'

interface Filter {
  readonly status: Outcome | ''
  readonly delivery: Delivery | ''
  readonly q: string
}

const LIMIT = 50
/** Shortest interval between two loads while messages are sent. */
const EVERY_MS = 2000

export function useRecipients(campaign: LiveCampaign, filter: Filter): CursorList<Recipient> {
  const { id, status, stats } = campaign
  const version = useThrottled(
    `${status} ${doneOf(stats)} ${stats.total} ${stats.delivered} ${stats.undelivered} ${stats.read}`,
    EVERY_MS,
  )
  const path = `/campaigns/${id}/messages`
  return useCursorList(`${path} ${filter.status} ${filter.delivery} ${filter.q} ${version}`, (cursor, signal) =>
    fill(path, { ...filter, cursor }, signal),
  )
}

/** Fills a page: with a rare status, a response may hold few rows or none, and yet have a next cursor. */
async function fill(
  path: string,
  { cursor, ...filter }: Filter & { readonly cursor: string | undefined },
  signal: AbortSignal,
): Promise<CursorPage<Recipient>> {
  const rows: Recipient[] = []
  let at: string | null | undefined = cursor
  do {
    const address = `${path}${query({ ...filter, cursor: at, limit: LIMIT - rows.length })}`
    const page: CursorPage<Recipient> = await get(address, signal)
    rows.push(...page.data)
    at = page.next_cursor
  } while (at !== null && rows.length < LIMIT)
  return { data: rows, next_cursor: at }
}
