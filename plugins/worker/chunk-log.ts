/** Log lines of a chunk: its claim and its results. They never hold a phone or a text. */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log/log.ts'
import type { Lease, Report } from '../../core/messaging/chunk/work.ts'

/** The fields by which a chunk's lines are found. */
export const aboutChunk = ({ id, campaign_id, sender, request_id }: Lease) => ({
  chunk: id,
  campaign: campaign_id,
  sender,
  request_id,
})

const names = { sent: 'sent', failed: 'failed', skipped: 'skipped', unknown: 'unknown', pending: 'retried' } as const
const none = { sent: 0, failed: 0, skipped: 0, unknown: 0, retried: 0 }

export interface ChunkLog {
  /** Counts what was written down. */
  add(report: Report): void
  end(): void
}

/** Logs that a chunk of so many messages was claimed, and at its end how many had which outcome, and how long it took. */
export function openChunkLog(lease: Lease, messages: number, { log, clock }: { log: Log; clock: Clock }): ChunkLog {
  const about = aboutChunk(lease)
  const since = clock.elapsed()
  const counts = { ...none }
  let given = false
  log.info({ ...about, turn: lease.turn, messages }, 'Chunk claimed')
  return {
    add: ({ results, next }) => {
      for (const { status } of results) counts[names[status]]++
      given ||= next === 'release'
    },
    end: () => {
      const ms = Math.round(clock.elapsed() - since)
      log.info({ ...about, ...counts, ms }, given ? 'Chunk given back' : 'Chunk finished')
    },
  }
}
