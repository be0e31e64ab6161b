/**
 * The loop that claims chunks while there is room for one. A chunk loads a worker with its messages, at most a window of
 * them, and a worker carries as many windows as it has slots: of campaigns of one message hundreds go side by side, and a
 * statement is written for all of them.
 */
import { untilDone } from '../../core/db/retry.ts'
import { failpoint } from '../../core/failpoint.ts'
import type { Loop } from '../../core/host/plugin.ts'
import { type Lease, lastOf } from '../../core/messaging/chunk/work.ts'
import type { Delivery } from '../../core/queue/queue.ts'
import { aboutChunk } from './chunk-log.ts'
import { claimantOf } from './claimant.ts'
import type { WorkGrant } from './grant.ts'

/** Chunks that one claim takes at most, where no broker names them: another worker is to find some too. */
const MOST = 128

export type ChunkWork = (lease: Lease, stop: AbortSignal, kill: AbortSignal) => Promise<void>

/** Each chunk then runs by itself, and the loop ends when the last one has ended. */
export function openClaimLoop(grant: WorkGrant, work: ChunkWork): Loop {
  const { clock, config, consume, log } = grant
  const { window, concurrency } = config
  const claims = openClaims(grant)

  return async (stop, kill) => {
    const room = openRoom(concurrency * window)
    const workOff = openWorkOff(grant, claims, room, (lease) => work(lease, stop, kill))

    /** The next hint, and those that are here already, as far as there is room for a window each. */
    async function takeAll(): Promise<Delivery[]> {
      const first = await untilDone(() => consume.take(stop, concurrency), { clock, log, signal: stop })
      if (!first) return []
      const deliveries = [first]
      while (room.free() >= (deliveries.length + 1) * window) {
        const next = consume.takeNow()
        if (!next) break
        deliveries.push(next)
      }
      return deliveries
    }

    try {
      while (!stop.aborted) {
        if (room.free() < window) await room.freed()
        if (room.free() < window) continue
        for (const { delivery, leases } of await claims.delivered(await takeAll(), room.free(), stop)) {
          if (delivery.chunkIds) void room.start(window, () => workOff.named(delivery, leases, stop))
          else void room.start(0, () => workOff.due(delivery, leases))
        }
      }
      await failpoint('stop.asked')
    } finally {
      await room.ended()
    }
  }
}

/** Room of a worker, in messages, and the work that takes it. */
function openRoom(messages: number) {
  const running = new Set<Promise<void>>()
  let free = messages
  return {
    free: () => free,
    start: (load: number, run: () => Promise<void>): Promise<void> => {
      free -= load
      const ended: Promise<void> = run().finally(() => {
        free += load
        running.delete(ended)
      })
      running.add(ended)
      return ended
    },
    /** Resolves when some of the work has ended. */
    freed: () => Promise.race(running),
    ended: () => Promise.all(running),
  }
}

/** Works off what a delivery announced, and ends the delivery. */
function openWorkOff(
  { config, log }: WorkGrant,
  claims: ReturnType<typeof openClaims>,
  room: ReturnType<typeof openRoom>,
  work: (lease: Lease) => Promise<void>,
) {
  const { window } = config

  async function workOff(lease: Lease): Promise<void> {
    try {
      await work(lease)
    } catch (error) {
      const about = { err: error, ...aboutChunk(lease), stalled: lease.stalled }
      log.error(about, 'A chunk was given up; it will be claimed again')
    }
  }

  return {
    /** Works off all that the delivery names, a window at a time, in the room of one. */
    named: async (delivery: Delivery, first: readonly Lease[], stop: AbortSignal): Promise<void> => {
      let named = delivery.chunkIds ?? []
      try {
        for (let leases = first; leases.length > 0; ) {
          await Promise.all(leases.map(workOff))
          const claimed = new Set(leases.map(({ id }) => id))
          named = named.filter((id) => !claimed.has(id))
          // Not acknowledged: the broker gives it to another worker when this one has gone.
          if (named.length > 0 && stop.aborted) return
          leases = named.length === 0 ? [] : await claims.named(named, window, stop)
        }
        delivery.done()
      } catch (error) {
        log.error({ err: error }, 'Chunks that were announced together were given up; they will be announced again')
      }
    },
    /** Works off chunks that the delivery did not name, each in room of its own. */
    due: async (delivery: Delivery, leases: readonly Lease[]): Promise<void> => {
      await Promise.all(leases.map((lease) => room.start(Math.min(lease.size, window), () => workOff(lease))))
      delivery.done()
    },
  }
}

interface Claimed {
  readonly delivery: Delivery
  readonly leases: readonly Lease[]
}

/** The claims of one worker, which go through the campaigns in a circle. */
function openClaims(grant: WorkGrant) {
  const { messaging, clock, config, log } = grant
  const leases = messaging.work.openLeases()
  const { window } = config
  const claimant = { ...claimantOf(grant), window }
  let after = 0
  /** Messages with which a chunk loads this worker, on average of the last claim. */
  let load = window

  async function next(room: number): Promise<Lease[]> {
    // Chunks that would not fit are not looked at: the claim locks them for a moment, and others would pass them by.
    const most = Math.min(MOST, Math.max(1, Math.floor(room / load)))
    const claimed = await leases.claim({ ...claimant, room, after, most })
    if (claimed.length === 0) return claimed
    after = lastOf(
      claimed.map(({ campaign_id }) => campaign_id),
      after,
    )
    load = claimed.reduce((sum, { size }) => sum + Math.min(size, window), 0) / claimed.length
    return claimed
  }

  const named = (chunks: readonly string[], room: number, stop: AbortSignal) =>
    untilDone(() => leases.claimChunks({ ...claimant, room, chunks }), { clock, log, signal: stop })

  /** In one statement for all that are named; with each delivery those that it names. */
  async function claim(deliveries: readonly Delivery[], room: number, stop: AbortSignal): Promise<Claimed[]> {
    const chunks = deliveries.flatMap(({ chunkIds = [] }) => chunkIds)
    if (chunks.length === 0) {
      const claimed = await untilDone(() => next(room), { clock, log, signal: stop })
      return deliveries.map((delivery, at) => ({ delivery, leases: at === 0 ? claimed : [] }))
    }
    const claimed = new Map((await named(chunks, room, stop)).map((lease) => [lease.id, lease]))
    return deliveries.map((delivery) => ({
      delivery,
      leases: (delivery.chunkIds ?? []).flatMap((id) => claimed.get(id) ?? []),
    }))
  }

  /** Claims the chunks that the deliveries name, and reports to each delivery whether it led to work. */
  async function delivered(deliveries: readonly Delivery[], room: number, stop: AbortSignal): Promise<Claimed[]> {
    if (deliveries.length === 0) return []
    try {
      const claimed = await claim(deliveries, room, stop)
      if (claimed.some(({ leases }) => leases.length > 0)) await failpoint('claim.claimed')
      for (const { delivery, leases } of claimed) delivery.claimed(leases.length > 0)
      return claimed.filter(({ leases }) => leases.length > 0)
    } catch (error) {
      // Or the broker would count them as in flight for ever.
      for (const delivery of deliveries) delivery.claimed(false)
      throw error
    }
  }
  return { delivered, named }
}
