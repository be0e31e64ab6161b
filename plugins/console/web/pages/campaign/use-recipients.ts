import { get, query } from '../../api/client.ts'
import type { Outcome, Recipient } from '../../api/types.ts'
import { doneOf } from '../../components/outcome-bar.tsx'
import { type CursorList, type CursorPage, useCursorList } from '../../hooks/use-cursor-list.ts'
import { useThrottled } from '../../hooks/use-throttled.ts'
import type { LiveCampaign } from './use-campaign.ts'

interface Filter {
  readonly status: Outcome | ''
  readonly q: string
}

const LIMIT = 50
/** The rows are loaded anew at most so often while messages are sent. */
const EVERY_MS = 2000

export function useRecipients(campaign: LiveCampaign, filter: Filter): CursorList<Recipient> {
  const { id, status, stats } = campaign
  const version = useThrottled(`${status} ${doneOf(stats)} ${stats.total}`, EVERY_MS)
  const path = `/campaigns/${id}/messages`
  return useCursorList(`${path} ${filter.status} ${filter.q} ${version}`, (cursor, signal) =>
    fill(path, { ...filter, cursor }, signal),
  )
}

/** A rare status among very many comes in parts, some of them empty: they are put together to one page. */
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
