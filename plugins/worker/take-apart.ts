/** Splitting of poison chunks: what was claimed time and again without progress is not worked on as a whole any more. */
import { untilDone } from '../../core/db/retry.ts'
import type { Lease } from '../../core/messaging/chunk/work.ts'
import { aboutChunk } from './chunk-log.ts'
import type { WorkGrant } from './grant.ts'
import type { Meter } from './meter.ts'

/** @returns splits a chunk, or ends its one message, and says so in the log */
export function openTakeApart({ messaging, clock, log }: WorkGrant, meter: Meter) {
  return async (lease: Lease, kill: AbortSignal): Promise<void> => {
    const split = await untilDone(() => messaging.work.split(lease), { clock, log, signal: kill })
    if (split.kind === 'lost') return
    const about = { ...aboutChunk(lease), stalled: lease.stalled }
    if (split.kind === 'split')
      return log.error({ ...about, into: split.sizes }, 'A chunk was claimed without progress again and again: split')
    const { messageId, status } = split
    meter.add(lease.campaign_id, [{ status, code: 'poisoned' }])
    log.error({ ...about, message: messageId, status }, 'A message stops whatever works on it: it ends as poisoned')
  }
}
