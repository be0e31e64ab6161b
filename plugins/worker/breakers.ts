/** Opens and closes the circuit breakers of the channels, by what their senders answer to this process. */
import type { Outcome } from '../../core/channels/sender.ts'
import { untilDone } from '../../core/db/retry.ts'
import type { Channel } from '../../core/db/schema.ts'
import { closeBreaker, openBreaker, openProbes } from '../../core/dispatch/breaker.ts'
import { type Lease, openLeases } from '../../core/dispatch/lease.ts'
import type { Loop } from '../../core/plugin.ts'
import { openTally } from './tally.ts'
import type { WorkGrant } from './work.ts'

export interface Breakers {
  note(lease: Pick<Lease, 'channel' | 'probe'>, outcome: Outcome): void
  /** Writes down what was noted, before the next window is asked for: it is refused then. */
  apply(signal: AbortSignal): Promise<void>
}

export function openBreakers({ db, clock, log, config }: WorkGrant): Breakers {
  const tallies = { sms: openTally(), whatsapp: openTally() }
  /** The reason to open, or null to close. */
  const wanted = new Map<Channel, string | null>()
  const switchTo = async (channel: Channel, reason: string | null) => {
    if (reason === null) {
      if (await closeBreaker(db, channel)) log.info({ channel }, 'The sender works again: its channel goes on')
    } else if (await openBreaker(db, channel, reason, config.probeSeconds))
      log.error({ channel, reason }, 'The sender fails: its channel rests until a probe is accepted')
  }
  return {
    note: ({ channel, probe }, outcome) => {
      const reason = probe ? undefined : tallies[channel].note(outcome)
      if (reason !== undefined) wanted.set(channel, reason)
      else if (probe && outcome.kind === 'accepted') wanted.set(channel, null)
    },
    apply: async (signal) => {
      for (const [channel, reason] of wanted) {
        wanted.delete(channel)
        await untilDone(() => switchTo(channel, reason), { clock, log, signal })
      }
    },
  }
}

/** Between two looks for what is to be probed, at most: half of the default wait; half of a shorter one, where it is set. */
const LOOK_EVERY_MS = 2500

/** Tries one message of each channel that rests, whenever it is time to. */
export function openProbeLoop(
  { db, clock, log, config, process }: WorkGrant,
  work: (lease: Lease, stop: AbortSignal, kill: AbortSignal) => Promise<void>,
): Loop {
  const leases = openLeases(db)
  const takeProbes = openProbes(db, config.probeSeconds)
  const claimant = { owner: process.id, leaseSeconds: config.leaseSeconds }
  return async (stop, kill) => {
    const trying = { clock, log, signal: stop }
    while (!stop.aborted) {
      for (const channel of await untilDone(takeProbes, trying)) {
        const lease = await untilDone(() => leases.claimProbe({ ...claimant, channel }), trying)
        if (lease) await work(lease, stop, kill)
      }
      await clock.sleep(Math.min(LOOK_EVERY_MS, config.probeSeconds * 500), stop)
    }
  }
}
