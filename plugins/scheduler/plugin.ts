/** The scheduler: starts campaigns at their time, queues their audiences, and rescues what a dead process left orphaned. */
import { untilDone } from '../../core/db/retry.ts'
import { failpoint } from '../../core/failpoint.ts'
import { definePlugin, type Loop } from '../../core/host/plugin.ts'
import type { Rescued } from '../../core/messaging/campaign/schedule-service.ts'
import { config, needs, type SchedulerGrant } from './grant.ts'
import { openRelayLoop } from './relay.ts'

export const scheduler = definePlugin({
  name: 'scheduler',
  needs,
  config,
  loops: (grant) => ({
    due: openDueLoop(grant),
    queueing: openQueueingLoop(grant),
    rescue: openRescueLoop(grant),
    cleanup: openCleanupLoop(grant),
    // Only a broker needs the relay: from the database, workers claim directly.
    ...(grant.queue.name === 'rabbitmq' && { relay: openRelayLoop(grant) }),
  }),
})

const LEFT_OPEN = 'Campaign paused: its audience was left open, and nobody added to it for 10 minutes'

function openDueLoop({ messaging, clock, wakeUps, log, config }: SchedulerGrant): Loop {
  const { schedule } = messaging
  const nextStart = schedule.openNextStart()
  return async (stop) => {
    const wakeUp = wakeUps.listen('scheduled')
    const trying = { clock, log, signal: stop }
    while (!stop.aborted) {
      const { due, ms, selecting } = await untilDone(() => nextStart(config.intervalMs), trying)
      if (selecting) await wakeUps.notify('audience')
      const left = due ? await untilDone(schedule.pauseLeftOpen, trying) : []
      for (const id of left) log.warn({ campaign: id }, LEFT_OPEN)
      // In steps, each with its wake-up: the first campaigns send while the last ones are started.
      for (let more = due; more && !stop.aborted; ) {
        const step = await untilDone(schedule.startDue, trying)
        const { started } = step
        if (started.length > 0) await failpoint('due.started')
        if (started.length > 0) await wakeUps.notify('ready')
        for (const id of started) log.info({ campaign: id }, 'Scheduled campaign started')
        more = step.more
      }
      if (!stop.aborted) await wakeUp.wait(ms, stop)
    }
    wakeUp.close()
  }
}

/** The loop of campaigns that are due wakes this one, and so do requests: it need not look by itself. */
const QUIET_MS = 60_000

function openQueueingLoop({ messaging, clock, wakeUps, log }: SchedulerGrant): Loop {
  const next = messaging.schedule.openQueueing()
  return async (stop) => {
    const wakeUp = wakeUps.listen('audience')
    while (!stop.aborted) {
      const step = await untilDone(next, { clock, log, signal: stop })
      if (!step) {
        await wakeUp.wait(QUIET_MS, stop)
        continue
      }
      const { campaignId: campaign, queued, total, isDone, problem } = step
      if (queued > 0) await wakeUps.notify('ready')
      if (isDone) log.info({ campaign, queued: total }, 'Audience queued')
      if (problem !== undefined) log.warn({ campaign, problem }, 'Campaign paused: its audience cannot be used')
    }
    wakeUp.close()
  }
}

/** Between two looks for phones that no cap needs any more. */
const CLEANUP_MS = 3_600_000

function openCleanupLoop({ messaging, clock, log }: SchedulerGrant): Loop {
  const { deleteOldReservations } = messaging.schedule
  return async (stop) => {
    while (!stop.aborted) {
      await clock.sleep(CLEANUP_MS, stop)
      if (stop.aborted) break
      const phones = await untilDone(deleteOldReservations, { clock, log, signal: stop })
      if (phones > 0) log.info({ phones }, 'Removed phones that no cap needs any more')
    }
  }
}

const nothing: Rescued = { expired: 0, released: 0, completed: 0, leftOpen: [] }

function openRescueLoop({ messaging, clock, wakeUps, log, config, queue }: SchedulerGrant): Loop {
  const { schedule } = messaging
  const hasOrphans = schedule.openOrphanCheck()
  const rescueIfNeeded = async () => ((await hasOrphans()) ? schedule.rescue(queue.name) : nothing)
  return async (stop) => {
    while (!stop.aborted) {
      const { expired, released, completed, leftOpen } = await untilDone(rescueIfNeeded, { clock, log, signal: stop })
      if (expired > 0) await failpoint('rescue.reclaimed')
      if (expired + released > 0) await wakeUps.notify('ready')
      if (released > 0) log.info({ released }, 'Released chunks that were still held after their campaign was resumed')
      for (const id of leftOpen) log.warn({ campaign: id }, LEFT_OPEN)
      if (expired + completed > 0) log.warn({ expired, completed }, 'Rescued work that a process left behind')
      await clock.sleep(config.intervalMs, stop)
    }
  }
}
