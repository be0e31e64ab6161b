/** Limits and priority of a campaign, in words. Pure. */
import type { Priority } from '../api/types.ts'
import { count } from './format.ts'

/** Omits whatever has its default. */
export function describePace(maxRate: number | null, priority: Priority): string[] {
  return [
    ...(maxRate === null
      ? []
      : [`At most ${maxRate < 1 ? maxRate : count(maxRate)} ${maxRate === 1 ? 'message' : 'messages'} per second`]),
    ...(priority === 'normal' ? [] : [priority === 'high' ? 'High priority' : 'Low priority']),
  ]
}
