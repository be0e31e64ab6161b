import { useState } from 'react'
import { get, query } from '../../api/client.ts'
import type { Outcome, Recipient } from '../../api/types.ts'
import { settled } from '../../components/law-bar.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useThrottled } from '../../hooks/use-throttled.ts'
import type { LiveCampaign } from './use-campaign.ts'

export interface Wanted {
  readonly status: Outcome | ''
  readonly q: string
}

interface Found {
  readonly data: readonly Recipient[]
  readonly next_cursor: string | null
}

interface Paged {
  /** The question that the cursors belong to. */
  readonly asked: string
  readonly cursors: readonly string[]
}

const LIMIT = 50
/** The rows are loaded anew at most so often while the campaign goes on. */
const EVERY_MS = 2000

/** One page; pages before are known by their cursors, the first one by none. */
export function useRecipients(campaign: LiveCampaign, { status, q }: Wanted) {
  const asked = `${campaign.id} ${status} ${q}`
  const [paged, setPaged] = useState<Paged>({ asked, cursors: [] })
  // Another question begins at its first page: a cursor means something to its own question only.
  const cursors = paged.asked === asked ? paged.cursors : []
  const setCursors = (after: readonly string[]) => setPaged({ asked, cursors: after })
  const version = useThrottled(`${campaign.status} ${settled(campaign.stats)} ${campaign.stats.total}`, EVERY_MS)
  const cursor = cursors.at(-1)
  const path = `/campaigns/${campaign.id}/messages`
  const key = `${path} ${status} ${q} ${cursor} ${version}`
  const { data, error, loading, reload } = useQuery(key, (signal) => fill(path, { status, q, cursor }, signal))
  const next = data?.next_cursor
  return {
    rows: data?.data,
    error,
    loading,
    reload,
    page: cursors.length,
    hasNext: typeof next === 'string',
    next: () => next && setCursors([...cursors, next]),
    previous: () => setCursors(cursors.slice(0, -1)),
  }
}

/** A rare status among very many comes in parts, some of them empty: they are put together to one page. */
async function fill(
  path: string,
  { cursor, ...filter }: Wanted & { readonly cursor: string | undefined },
  signal: AbortSignal,
): Promise<Found> {
  const rows: Recipient[] = []
  let at: string | null | undefined = cursor
  do {
    const found: Found = await get(`${path}${query({ ...filter, cursor: at, limit: LIMIT - rows.length })}`, signal)
    rows.push(...found.data)
    at = found.next_cursor
  } while (at !== null && rows.length < LIMIT)
  return { data: rows, next_cursor: at }
}
