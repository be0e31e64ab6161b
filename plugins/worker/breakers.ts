/** Opens and closes the circuit breakers of the senders, and leaves them alone, by what they answer to this process. */

import { untilDone } from '../../core/db/retry.ts'
import type { Loop } from '../../core/host/plugin.ts'
import type { Lease } from '../../core/messaging/chunk/work.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { claimantOf } from './claimant.ts'
import { openFailureWindow } from './failure-window.ts'
import type { WorkGrant } from './grant.ts'

export interface Breakers {
  /** @param startedAt when the call was started, in monotonic milliseconds */
  note(lease: Pick<Lease, 'sender' | 'probe' | 'closings'>, outcome: Outcome, startedAt: number): void
  /** Writes down what was noted, before the next window is asked for: it is refused then. */
  apply(signal: AbortSignal): Promise<void>
}

export function openBreakers({ messaging, clock, log, config }: WorkGrant): Breakers {
  const { circuit } = messaging.work
  const windows = new Map(messaging.senders.list().map(({ name }) => [name, openFailureWindow()]))
  /** The senders whose probe was accepted, and how often their circuit had closed before. */
  const probed = new Map<string, number>()
  /** Until when senders are to be left alone, in monotonic milliseconds. */
  const holds = new Map<string, number>()

  async function close(sender: string, closings: number): Promise<void> {
    if (!(await circuit.close(sender, closings))) return
    windows.get(sender)?.beginAfter(clock.elapsed())
    log.info({ sender }, 'The sender works again')
  }

  /** Another process may have closed the circuit meanwhile: what was started before that is left out first. */
  async function open(sender: string): Promise<void> {
    const failures = windows.get(sender)
    const closing = await circuit.findClosing(sender)
    if (closing.agoMs !== null) failures?.beginAfter(clock.elapsed() - closing.agoMs)
    const reason = failures?.reason()
    if (reason === undefined) return
    const opened = await circuit.open(sender, reason, config.probeSeconds, closing.count)
    if (!opened && (await circuit.findClosing(sender)).count !== closing.count) return open(sender)
    failures?.beginAfter(clock.elapsed())
    if (opened)
      log.error({ sender, reason }, 'The sender fails and is paused: it goes on when a test message is accepted')
  }

  async function hold(sender: string, until: number): Promise<void> {
    const ms = until - clock.elapsed()
    if (ms <= 0) return
    await circuit.hold(sender, ms)
    log.warn({ sender, ms: Math.ceil(ms) }, 'The provider asks to slow down')
  }

  return {
    note: ({ sender, probe, closings }, outcome, startedAt) => {
      if (outcome.kind === 'throttled' && outcome.of === 'sender')
        holds.set(sender, Math.max(holds.get(sender) ?? 0, clock.elapsed() + outcome.retryAfterMs))
      if (!probe) windows.get(sender)?.note(outcome, startedAt)
      else if (outcome.kind === 'accepted') probed.set(sender, closings ?? 0)
    },
    apply: async (signal) => {
      const trying = { clock, log, signal }
      for (const [sender, closings] of probed) {
        probed.delete(sender)
        await untilDone(() => close(sender, closings), trying)
      }
      for (const [sender, until] of holds) {
        holds.delete(sender)
        await untilDone(() => hold(sender, until), trying)
      }
      for (const [sender, failures] of windows)
        if (failures.reason() !== undefined) await untilDone(() => open(sender), trying)
    },
  }
}

/** Between two looks for what is to be probed, at most: half of the default wait; half of a shorter one, where it is set. */
const LOOK_EVERY_MS = 2500

/** Tries one message of each sender whose circuit is open, whenever it is time to. */
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
      for (const probed of await untilDone(() => takeProbes(claimant.senders), trying)) {
        const lease = await untilDone(() => leases.claimProbe({ ...claimant, probed }), trying)
        if (lease) await work(lease, stop, kill)
      }
      await clock.sleep(Math.min(LOOK_EVERY_MS, config.probeSeconds * 500), stop)
    }
  }
}
