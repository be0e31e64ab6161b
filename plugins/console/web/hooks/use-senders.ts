import { get } from '../api/client.ts'
import type { Sender } from '../api/types.ts'
import { type Query, useQuery } from './use-query.ts'

/**
 * All senders, by name.
 * @param everyMs as in `useQuery`
 */
export function useSenders(everyMs?: number): Query<readonly Sender[]> {
  const load = async (signal: AbortSignal) => (await get<{ senders: Sender[] }>('/senders', signal)).senders
  return useQuery('senders', load, everyMs)
}
