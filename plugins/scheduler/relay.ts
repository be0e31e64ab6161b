/** The loop that hands due chunks to the message broker, and again those that were lost there. */
import { untilDone } from '../../core/db/retry.ts'
import { failpoint } from '../../core/failpoint.ts'
import type { Loop } from '../../core/host/plugin.ts'
import type { Announced } from '../../core/queue/queue.ts'
import type { SchedulerGrant } from './grant.ts'

/** Between two looks while there is more to publish than there is room for. */
const TICK_MS = 50
/** Until the next try when the broker took nothing. */
const PAUSE_MS = 500
/** Seconds until a chunk that nobody has claimed counts as lost: where the broker's queue is empty, and where it is not. */
const LOST_AFTER = { empty: 2, full: 60 }

export function openRelayLoop({ messaging, publish, queue, clock, wakeUps, log, config }: SchedulerGrant): Loop {
  const outbox = messaging.schedule.openOutbox()
  const nextDue = messaging.schedule.openNextDue()

  async function send(chunks: readonly Announced[], stop: AbortSignal): Promise<void> {
    if (chunks.length === 0) return
    await failpoint('relay.marked')
    const arrived = new Set(await publish.publish(chunks))
    await failpoint('relay.published')
    const failed = chunks.filter(({ id }) => !arrived.has(id)).map(({ id }) => id)
    if (failed.length === 0) return
    log.warn({ chunks: failed.length }, 'RabbitMQ did not accept chunks: retrying')
    await untilDone(() => outbox.failed(failed), { clock, log, signal: stop })
    await clock.sleep(PAUSE_MS * (0.5 + clock.random()), stop)
  }

  /** Chunks that the broker has lost, or never had. None while it cannot be asked: nothing could be published then. */
  async function findLost(): Promise<Announced[]> {
    const figures = await queue.inspect().catch(() => undefined)
    if (!figures) return []
    const lost = await outbox.stale(figures.messages === 0 ? LOST_AFTER.empty : LOST_AFTER.full)
    if (lost.length > 0) log.warn({ chunks: lost.length }, 'Chunks were lost on RabbitMQ: publishing them again')
    return lost
  }

  return async (stop) => {
    const wakeUp = wakeUps.listen('ready')
    const trying = { clock, log, signal: stop }
    for (let looked = Number.NEGATIVE_INFINITY; !stop.aborted; ) {
      const begun = clock.elapsed()
      if (begun - looked >= config.intervalMs) {
        looked = begun
        await send(await untilDone(findLost, trying), stop)
      }
      const chunks = await untilDone(outbox.next, trying)
      await send(chunks, stop)
      // After some chunks there may be more. Asking for that would cost as much as the next look.
      const wait = chunks.length > 0 ? TICK_MS : await untilDone(() => nextDue(config.intervalMs), trying)
      if (wait > TICK_MS) await wakeUp.wait(wait, stop)
      else await clock.sleep(TICK_MS, stop)
    }
    wakeUp.close()
  }
}
