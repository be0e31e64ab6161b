import { ApiError, get } from '../api/client.ts'
import type { SenderTemplates } from '../api/types.ts'
import { type Query, useQuery } from './use-query.ts'

/**
 * Templates of a sender; null where it has no list.
 * @param sender empty: nothing is requested
 */
export function useTemplates(sender: string): Query<SenderTemplates | null> {
  return useQuery(`templates ${sender}`, async (signal) => {
    if (sender === '') return null
    try {
      return await get<SenderTemplates>(`/senders/${encodeURIComponent(sender)}/templates`, signal)
    } catch (error) {
      // It has no list, or the API's process does not have the sender: the name can still be typed.
      if (error instanceof ApiError && error.status === 409) return null
      throw error
    }
  })
}
