/**
 * The loops of the worker: one claims chunks and works on several side by side, one tries channels that rest, one says how
 * fast messages go.
 */
import { untilDone } from '../../core/db/retry.ts'
import { openComplete } from '../../core/dispatch/complete.ts'
import { openFlush } from '../../core/dispatch/flush.ts'
import { type Lease, openLeases } from '../../core/dispatch/lease.ts'
import { isPoison } from '../../core/dispatch/poison.ts'
import { openRead } from '../../core/dispatch/read.ts'
import { BootError } from '../../core/errors.ts'
import { failpoint } from '../../core/failpoint.ts'
import type { Loop } from '../../core/plugin.ts'
import type { Delivery } from '../../core/queue/queue.ts'
import { compileTemplate } from '../../core/template.ts'
import { openBreakers, openProbeLoop } from './breakers.ts'
import { type ChunkTools, workChunk } from './chunk.ts'
import { openCollector } from './garbage.ts'
import type { WorkGrant } from './grant.ts'
import { type Meter, openMeter } from './meter.ts'
import { openRateLoop } from './rate.ts'
import { aboutChunk, openReport } from './report.ts'
import { openTakeApart } from './take-apart.ts'
import { openTools } from './tools.ts'

/** @throws BootError when a call could outlast its lease */
export function openWork(grant: WorkGrant): Readonly<Record<string, Loop>> {
  const longest = Math.max(grant.channels.sms.timeoutMs, grant.channels.whatsapp.timeoutMs)
  if (grant.config.leaseSeconds * 1000 < 2 * longest)
    throw new BootError(
      `WORKER_LEASE_SECONDS=${grant.config.leaseSeconds} is too short: a call may take ${longest} ms, and the lease must be twice that`,
    )
  const meter = openMeter()
  const work = openChunkWork(grant, meter)
  return { work: openClaimLoop(grant, work), probe: openProbeLoop(grant, work), rate: openRateLoop(grant, meter) }
}

interface Claimed {
  readonly lease: Lease
  readonly delivery: Delivery
}

/** Claims while a slot is free; each chunk then runs by itself, and the loop ends when the last one has ended. */
function openClaimLoop({ db, clock, config, consume, log, process }: WorkGrant, work: ChunkWork): Loop {
  const leases = openLeases(db)
  const trying = (signal: AbortSignal) => ({ clock, log, signal })
  const claim = async (after: number, stop: AbortSignal): Promise<Claimed | undefined> => {
    const delivery = await untilDone(() => consume.take(stop, config.concurrency), trying(stop))
    if (!delivery) return undefined
    const { chunkId: chunk } = delivery
    const claimant = { owner: process.id, leaseSeconds: config.leaseSeconds }
    try {
      const claimed = await untilDone(
        () => (chunk === undefined ? leases.claim({ ...claimant, after }) : leases.claimChunk({ ...claimant, chunk })),
        trying(stop),
      )
      if (claimed) await failpoint('claim.claimed')
      delivery.claimed(claimed !== undefined)
      return claimed && { lease: claimed, delivery }
    } catch (error) {
      // Or the broker would count it as in hand for ever.
      delivery.claimed(false)
      throw error
    }
  }
  return async (stop, kill) => {
    const running = new Set<Promise<void>>()
    try {
      for (let after = 0; !stop.aborted; ) {
        if (running.size >= config.concurrency) await Promise.race(running)
        const claimed = await claim(after, stop)
        if (!claimed) continue
        const { lease, delivery } = claimed
        after = lease.campaign_id
        const run: Promise<void> = work(lease, stop, kill)
          .catch((error) =>
            log.error(
              { err: error, ...aboutChunk(lease), stalled: lease.stalled },
              'A chunk was given up; it will be claimed again',
            ),
          )
          .finally(() => {
            delivery.done()
            running.delete(run)
          })
        running.add(run)
      }
      await failpoint('stop.asked')
    } finally {
      await Promise.all(running)
    }
  }
}

type ChunkWork = (lease: Lease, stop: AbortSignal, kill: AbortSignal) => Promise<void>

/** Works a claimed chunk off, and completes the campaign when it was the last. */
function openChunkWork(grant: WorkGrant, meter: Meter): ChunkWork {
  const { clock, log, db } = grant
  const workOff = openWorkOff(grant, meter, openTakeApart(grant, meter))
  const complete = openComplete(db)
  const inHand = new Map<number, number>()
  return async (lease, stop, kill) => {
    const campaign = lease.campaign_id
    inHand.set(campaign, (inHand.get(campaign) ?? 0) + 1)
    let others = 0
    try {
      await workOff(lease, stop, kill)
    } finally {
      others = (inHand.get(campaign) ?? 1) - 1
      if (others > 0) inHand.set(campaign, others)
      else inHand.delete(campaign)
    }
    await failpoint('chunk.done')
    // While others are in hand the campaign is not over; the last of them asks.
    if (others === 0 && (await untilDone(() => complete(campaign), { clock, log, signal: kill })))
      log.info({ campaign }, 'Campaign completed')
  }
}

/** Reads a claimed chunk, and sends its messages in windows. */
function openWorkOff(
  grant: WorkGrant,
  meter: Meter,
  takeApart: (lease: Lease, kill: AbortSignal) => Promise<void>,
): ChunkWork {
  const { clock, log, db, config } = grant
  const read = openRead(db)
  const breakers = openBreakers(grant)
  const write = openFlush(db, config.leaseSeconds)
  const collect = openCollector()
  return async (lease, stop, kill) => {
    const trying = { clock, log, signal: kill }
    if (isPoison(lease)) return takeApart(lease, kill)
    await failpoint('chunk.begun')
    const template = compileTemplate(lease.base_template)
    const messages = await untilDone(() => read(lease, template.fields), trying)
    const report = openReport(lease, messages.length, grant)
    const tools: ChunkTools = {
      // Calls that were cut off because the process must end say nothing about the sender.
      ...openTools(lease, template, grant, (outcome, at) => kill.aborted || breakers.note(lease, outcome, at)),
      flush: async (flush) => {
        await breakers.apply(kill)
        if (flush.settled.length > 0) await failpoint('flush.asked')
        const flushed = await untilDone(async () => {
          const answer = await write(lease, flush)
          await failpoint('flush.committed')
          return answer
        }, trying)
        meter.add(lease.campaign_id, flush.settled)
        report.add(flush)
        collect(flush.settled.length)
        return flushed
      },
    }
    await workChunk(lease, messages, tools, stop, kill)
    report.end()
  }
}
