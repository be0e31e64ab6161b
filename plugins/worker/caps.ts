/**
 * Caps of a chunk's messages. They are the last thing that is asked before permits, of messages that may be sent otherwise. Places
 * are reserved for the rest of the chunk together, as soon as one of its messages may be sent: a chunk of which everybody waits
 * for quiet hours takes none, and what is not started after all counts no more once the chunk is given back.
 */
import { untilDone } from '../../core/db/retry.ts'
import type { Lease, Reserve, Result, Waiting } from '../../core/messaging/chunk/work.ts'
import type { Call } from './calls.ts'
import type { Picked, Picker } from './picker.ts'

export interface ChunkCaps {
  /** True where places are reserved for all messages up to this position, for as long as permits that are asked for now are valid. */
  covers(position: number): boolean
  /** Reserves places for all that were not started, the messages of `batch` first. */
  reserve(batch: readonly Call[], picker: Picker): Promise<void>
  /** Ids of the messages that must not start. */
  refused(): ReadonlySet<string>
}

interface CapOptions extends Pick<Parameters<Reserve>[0], 'caps'> {
  readonly reserve: Reserve
  /** A message starts sooner than that after its permit was asked for; places are reserved for twice as long. */
  readonly leaseSeconds: number
  /** Messages whose places are reserved ahead, where the sender is limited. */
  readonly window: number
  readonly trying: Parameters<typeof untilDone>[1]
}

const nobody: ReadonlySet<string> = new Set()

export function openChunkCaps({ channel, limited, probe, started_upto }: Lease, options: CapOptions): ChunkCaps {
  const { caps, reserve, leaseSeconds, window, trying } = options
  const { clock } = trying
  // A slow sender would hold places for long, and have to reserve them again and again; a probe starts one message.
  const ahead = probe ? 0 : limited === null ? Number.POSITIVE_INFINITY : window
  const startedUpto = BigInt(started_upto)
  let refused = nobody
  let upTo = 0
  let until = Number.NEGATIVE_INFINITY
  return {
    covers: (position) => position <= upTo && clock.elapsed() < until,
    reserve: async (batch, picker) => {
      const asked = clock.elapsed()
      const { messages, end } = picker.upcoming(ahead)
      const ids: string[] = []
      const phones: string[] = []
      const add = ({ id, phone }: Waiting) => {
        if (phone === null) return
        ids.push(id)
        phones.push(phone)
      }
      for (const { message } of batch) add(message)
      for (const message of messages) add(message)
      refused = await untilDone(
        () => reserve({ caps, channel, ids, phones, doubtful: doubtfulOf(ids, startedUpto) }),
        trying,
      )
      upTo = end
      until = asked + leaseSeconds * 1000
    },
    refused: () => refused,
  }
}

/** Ids of the messages that an earlier owner of the chunk may have started. */
const doubtfulOf = (ids: readonly string[], startedUpto: bigint): readonly string[] =>
  startedUpto === 0n ? [] : ids.filter((id) => BigInt(id) <= startedUpto)

/** Picks messages within the caps, `room` at most, and results of those between them that are not to be sent. */
export async function pickWithin(caps: ChunkCaps, picker: Picker, room: number): Promise<Picked> {
  const batch: Call[] = []
  const results: Result[] = []
  for (;;) {
    const picked = picker.pick(room - batch.length)
    results.push(...picked.unsent)
    if (picked.batch.length === 0) return { batch, unsent: results }
    // Again, where the database took so long that the places would not hold.
    while (!caps.covers(picker.position())) await caps.reserve([...batch, ...picked.batch], picker)
    const refused = caps.refused()
    const isRefused = ({ message }: Call) => refused.has(message.id)
    if (refused.size === 0 && batch.length === 0) return { batch: picked.batch, unsent: results }
    results.push(...picker.refuse(picked.batch.filter(isRefused), 'capped'))
    for (const call of picked.batch) if (!isRefused(call)) batch.push(call)
  }
}
