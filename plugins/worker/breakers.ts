/** Opens and closes the circuit breakers of the channels, by what their senders answer to this process. */

import { untilDone } from '../../core/db/retry.ts'
import type { Loop } from '../../core/host/plugin.ts'
import type { Lease } from '../../core/messaging/chunk/work.ts'
import type { Channel } from '../../core/messaging/schema.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { claimantOf } from './claimant.ts'
import { openFailureWindow } from './failure-window.ts'
import type { WorkGrant } from './grant.ts'

export interface Breakers {
  /** @param startedAt when the call was started, in monotonic milliseconds */
  note(lease: Pick<Lease, 'channel' | 'probe'>, outcome: Outcome, startedAt: number): void
  /** Writes down what was noted, before the next window is asked for: it is refused then. */
  apply(signal: AbortSignal): Promise<void>
}

const channels: readonly Channel[] = ['sms', 'whatsapp']

export function openBreakers({ messaging, clock, log, config }: WorkGrant): Breakers {
  const { circuit } = messaging.work
  const windows = { sms: openFailureWindow(), whatsapp: openFailureWindow() }
  /** The channels whose probe was accepted, and when its call was started. */
  const probed = new Map<Channel, number>()

  async function close(channel: Channel, startedAt: number): Promise<void> {
    if (!(await circuit.close(channel, clock.elapsed() - startedAt))) return
    windows[channel].beginAfter(clock.elapsed())
    log.info({ channel }, 'The sender works again: its channel goes on')
  }

  /** Another process may have closed the circuit meanwhile: what was started before that is left out first. */
  async function open(channel: Channel): Promise<void> {
    const failures = windows[channel]
    const closing = await circuit.findClosing(channel)
    if (closing.agoMs !== null) failures.beginAfter(clock.elapsed() - closing.agoMs)
    const reason = failures.reason()
    if (reason === undefined) return
    const opened = await circuit.open(channel, reason, config.probeSeconds, closing.count)
    if (!opened && (await circuit.findClosing(channel)).count !== closing.count) return open(channel)
    failures.beginAfter(clock.elapsed())
    if (opened)
      log.error(
        { channel, reason },
        'Sending on this channel is paused because its sender fails: it goes on when a test message is accepted',
      )
  }

  return {
    note: ({ channel, probe }, outcome, startedAt) => {
      if (!probe) windows[channel].note(outcome, startedAt)
      else if (outcome.kind === 'accepted') probed.set(channel, startedAt)
    },
    apply: async (signal) => {
      const trying = { clock, log, signal }
      for (const [channel, startedAt] of probed) {
        probed.delete(channel)
        await untilDone(() => close(channel, startedAt), trying)
      }
      for (const channel of channels)
        if (windows[channel].reason() !== undefined) await untilDone(() => open(channel), trying)
    },
  }
}

/** Between two looks for what is to be probed, at most: half of the default wait; half of a shorter one, where it is set. */
const LOOK_EVERY_MS = 2500

/** Tries one message of each channel that rests, whenever it is time to. */
export function openProbeLoop(
  grant: WorkGrant,
  work: (lease: Lease, stop: AbortSignal, kill: AbortSignal) => Promise<void>,
): Loop {
  const { messaging, clock, log, config } = grant
  const leases = messaging.work.openLeases()
  const takeProbes = messaging.work.circuit.openProbes(config.probeSeconds)
  const claimant = claimantOf(grant)
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
