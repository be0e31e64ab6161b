/** The scheduler: starts campaigns when their time has come, and mends what a dead process left behind. */
import { t } from 'elysia'
import { untilDone } from '../../core/db/retry.ts'
import { definePlugin } from '../../core/plugin.ts'
import { startDue, untilNext } from './due.ts'
import { sweep } from './sweep.ts'

export const scheduler = definePlugin({
  name: 'scheduler',
  needs: {
    db: { write: ['campaigns', 'dispatch_chunks', 'processes'] },
    clock: true,
    events: true,
  },
  config: t.Object({
    intervalMs: t.Integer({
      default: 1000,
      minimum: 10,
      maximum: 60_000,
      description: 'Milliseconds between two looks for work that is due or was left behind',
    }),
  }),
  loops: ({ db, clock, events, log, config }) => ({
    due: async (stop) => {
      const bell = events.listen('scheduled')
      const trying = { clock, log, signal: stop }
      while (!stop.aborted) {
        const started = await untilDone(() => startDue(db), trying)
        for (const id of started) log.info({ campaign: id }, 'Scheduled campaign started')
        if (started.length > 0) await events.emit('ready')
        await bell.wait(await untilDone(() => untilNext(db, config.intervalMs), trying), stop)
      }
      bell.close()
    },
    sweep: async (stop) => {
      while (!stop.aborted) {
        const { expired, completed } = await untilDone(() => sweep(db), { clock, log, signal: stop })
        if (expired > 0) await events.emit('ready')
        if (expired + completed > 0) log.warn({ expired, completed }, 'Took up what a process left behind')
        await clock.sleep(config.intervalMs, stop)
      }
    },
  }),
})
