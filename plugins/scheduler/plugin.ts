/** The scheduler: starts campaigns when their time has come, and mends what a dead process left behind. */
import { untilDone } from '../../core/db/retry.ts'
import { failpoint } from '../../core/failpoint.ts'
import { definePlugin, type Loop } from '../../core/host/plugin.ts'
import { pauseLeftOpen } from '../../core/messaging/campaign/control.ts'
import { openNextStart, STEP, startDue } from './due.ts'
import { config, needs, type SchedulerGrant } from './grant.ts'
import { openRelayLoop } from './relay.ts'
import { openSigns, type Swept, sweep } from './sweep.ts'

export const scheduler = definePlugin({
  name: 'scheduler',
  needs,
  config,
  loops: (grant) => ({
    due: openDueLoop(grant),
    sweep: openSweepLoop(grant),
    // Where the database is the queue, workers claim from it directly.
    ...(grant.queue.name === 'rabbitmq' && { relay: openRelayLoop(grant) }),
  }),
})

const LEFT_OPEN = 'Campaign paused: its audience was left open, and nobody added to it for 10 minutes'

function openDueLoop({ db, clock, wakeUps, log, config }: SchedulerGrant): Loop {
  const nextStart = openNextStart(db)
  return async (stop) => {
    const bell = wakeUps.listen('scheduled')
    const trying = { clock, log, signal: stop }
    while (!stop.aborted) {
      const { due, ms } = await untilDone(() => nextStart(config.intervalMs), trying)
      const left = due ? await untilDone(() => pauseLeftOpen(db), trying) : []
      for (const id of left) log.warn({ campaign: id }, LEFT_OPEN)
      // In steps, each with its wake-up: the first campaigns send while the last ones are started.
      for (let more = due; more && !stop.aborted; ) {
        const started = await untilDone(() => startDue(db), trying)
        if (started.length > 0) await failpoint('due.started')
        if (started.length > 0) await wakeUps.notify('ready')
        for (const id of started) log.info({ campaign: id }, 'Scheduled campaign started')
        more = started.length === STEP
      }
      if (!stop.aborted) await bell.wait(ms, stop)
    }
    bell.close()
  }
}

const nothing: Swept = { expired: 0, released: 0, completed: 0, leftOpen: [] }

function openSweepLoop({ db, clock, wakeUps, log, config, queue }: SchedulerGrant): Loop {
  const signs = openSigns(db)
  const sweepIfNeeded = async () => ((await signs()) ? sweep(db, queue.name) : nothing)
  return async (stop) => {
    while (!stop.aborted) {
      const { expired, released, completed, leftOpen } = await untilDone(sweepIfNeeded, { clock, log, signal: stop })
      if (expired > 0) await failpoint('sweep.swept')
      if (expired + released > 0) await wakeUps.notify('ready')
      if (released > 0)
        log.info({ released }, 'Chunks that were left held while their campaign was resumed are released')
      for (const id of leftOpen) log.warn({ campaign: id }, LEFT_OPEN)
      if (expired + completed > 0) log.warn({ expired, completed }, 'Took up what a process left behind')
      await clock.sleep(config.intervalMs, stop)
    }
  }
}
