/** Work on a claimed chunk, from its read to the completion of its campaign, and the loops of the worker. */
import { untilDone } from '../../core/db/retry.ts'
import { failpoint } from '../../core/failpoint.ts'
import type { Loop } from '../../core/host/plugin.ts'
import { openTexts } from '../../core/messaging/campaign/texts.ts'
import { isPoison, type Lease } from '../../core/messaging/chunk/work.ts'
import { openBreakers, openProbeLoop } from './breakers.ts'
import { openChunkCaps } from './caps.ts'
import { type ChunkJob, workChunk } from './chunk.ts'
import { openChunkLog } from './chunk-log.ts'
import { type ChunkWork, openClaimLoop } from './claim.ts'
import { openCollector } from './garbage.ts'
import type { WorkGrant } from './grant.ts'
import { openJob, type Prepared } from './job.ts'
import { checkLease } from './lease.ts'
import { type Meter, openMeter } from './meter.ts'
import { openOperatorPolicies } from './operator-policies.ts'
import { openRateLoop } from './rate.ts'
import { openRefusals } from './refusals.ts'
import { openTakeApart } from './take-apart.ts'
import { openTextWindow } from './text-window.ts'

/** @throws BootError when a call could outlast its lease */
export function openWork(grant: WorkGrant): Readonly<Record<string, Loop>> {
  checkLease(grant.config.leaseSeconds, grant.messaging.senders.list())
  const meter = openMeter()
  const work = openChunkWork(grant, meter)
  return { work: openClaimLoop(grant, work), probe: openProbeLoop(grant, work), rate: openRateLoop(grant, meter) }
}

/** Works a claimed chunk off, and completes the campaign when it was the last. */
function openChunkWork(grant: WorkGrant, meter: Meter): ChunkWork {
  const { clock, log, messaging } = grant
  const workOff = openWorkOff(grant, meter, openTakeApart(grant, meter))
  const complete = messaging.work.openComplete()
  /** Chunks of each campaign that are in flight in this process. */
  const inFlight = new Map<number, number>()
  return async (lease, stop, kill) => {
    const campaign = lease.campaign_id
    inFlight.set(campaign, (inFlight.get(campaign) ?? 0) + 1)
    let others = 0
    try {
      await workOff(lease, stop, kill)
    } finally {
      others = (inFlight.get(campaign) ?? 1) - 1
      if (others > 0) inFlight.set(campaign, others)
      else inFlight.delete(campaign)
    }
    await failpoint('chunk.done')
    // While others are in flight the campaign is not over; the last of them asks.
    if (others === 0 && (await untilDone(() => complete(campaign), { clock, log, signal: kill })))
      log.info({ campaign }, 'Campaign completed')
  }
}

/** Prepares a claimed chunk, and watches for phones that are suppressed while it is worked on. */
function openWorkOff(
  grant: WorkGrant,
  meter: Meter,
  takeApart: (lease: Lease, kill: AbortSignal) => Promise<void>,
): ChunkWork {
  const { clock, log, messaging, config } = grant
  const begin = messaging.work.openRecent()
  const policies = openOperatorPolicies(grant)
  const send = openSend(grant, meter)
  return async (lease, stop, kill) => {
    const trying = { clock, log, signal: kill }
    if (isPoison(lease)) return takeApart(lease, kill)
    await failpoint('chunk.begun')
    const texts = await untilDone(async () => {
      const { findAttributes, findStopLink } = messaging.work
      return openTexts(lease, config.language, findAttributes, await findStopLink())
    }, trying)
    const set = await untilDone(() => policies.of(lease), trying)
    // Before the messages are read: it learns of whatever is suppressed after that.
    const watch = await untilDone(begin, trying)
    try {
      await send(lease, { texts, watch, set }, stop, kill)
    } finally {
      watch.end()
    }
  }
}

/** Reads a chunk, and sends its messages in windows. */
function openSend(grant: WorkGrant, meter: Meter) {
  const { clock, log, messaging, config } = grant
  const read = messaging.work.openRead()
  const breakers = openBreakers(grant)
  const refusals = openRefusals(grant)
  const isAnswered = (sender: string) => messaging.senders.get(sender)?.reference === 'answered'
  const write = messaging.work.openReport(config.leaseSeconds, isAnswered)
  const reserve = messaging.work.openReserve(config.leaseSeconds)
  const collect = openCollector()
  return async (lease: Lease, prepared: Prepared, stop: AbortSignal, kill: AbortSignal) => {
    const trying = { clock, log, signal: kill }
    const { texts, watch, set } = prepared
    const columns = set.quietHours ? ([...texts.columns, 'time_zone'] as const) : texts.columns
    const messages = await untilDone(() => read(lease, columns), trying)
    const textWindow = await untilDone(() => openTextWindow(lease, messages, grant), trying)
    const chunkLog = openChunkLog(lease, messages.length, grant)
    const job: ChunkJob = {
      ...openJob(lease, { ...prepared, textWindow }, grant, (message, outcome, at) => {
        // Calls that were cut off because the process must end say nothing about the sender.
        if (kill.aborted) return
        breakers.note(lease, outcome, at)
        refusals.note(lease, message, outcome)
      }),
      refresh: () => untilDone(watch.refresh, trying),
      caps: set.caps && openChunkCaps(lease, { ...config, caps: set.caps, reserve, trying }),
      report: async (report) => {
        await set.look()
        await breakers.apply(kill)
        await refusals.apply(kill)
        if (report.results.length > 0) await failpoint('report.asked')
        const written = await untilDone(async () => {
          const answer = await write(lease, report)
          await failpoint('report.committed')
          return answer
        }, trying)
        meter.add(lease.campaign_id, report.results)
        chunkLog.add(report)
        collect(report.results.length)
        return written
      },
    }
    await workChunk(lease, messages, job, stop, kill)
    chunkLog.end()
  }
}
