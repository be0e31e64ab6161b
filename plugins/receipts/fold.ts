/** The loop that folds receipts into messages. Any number of processes may run it. */
import { untilDone } from '../../core/db/retry.ts'
import type { Loop } from '../../core/host/plugin.ts'
import { hookUrlOf } from '../../core/messaging/senders/hook.ts'
import type { ReceiptsGrant } from './grant.ts'

/**
 * Between two looks while nothing is announced: for receipts that wait for their message, and those whose process ended before
 * it announced them. Less often once nothing has come for a while.
 */
const LOOK_EVERY_MS = { busy: 1000, quiet: 5000 }
const QUIET_AFTER_MS = 30_000
/** After a run that left nothing behind: receipts that come meanwhile are folded together. */
const GATHER_MS = 100
const CLEAN_EVERY_MS = 60_000

export function openFoldLoop({ messaging, clock, wakeUps, log, config }: ReceiptsGrant): Loop {
  const { receipts } = messaging
  const fold = receipts.openFold()
  return async (stop) => {
    // Without an address that providers can call there are still those that senders store themselves.
    if (config.publicUrl !== undefined)
      log.info({ hooks: hookUrlOf(config.publicUrl, '{sender}') }, 'Providers may post receipts')
    const wakeUp = wakeUps.listen('receipts')
    const trying = { clock, log, signal: stop }
    let cleaned = clock.elapsed()
    let lastTaken = clock.elapsed()
    while (!stop.aborted) {
      const { taken, changed, sent } = await untilDone(fold, trying)
      if (sent > 0) log.info({ messages: sent }, 'Receipts show messages in doubt as sent')
      // The last of those that waited for receipts may have ended the wait of a chunk.
      if (sent > 0) await wakeUps.notify('ready')
      if (taken > 0) lastTaken = clock.elapsed()
      if (taken > 0) log.debug({ taken, changed }, 'Receipts folded')
      if (taken < receipts.foldSize && sent === 0) {
        if (taken > 0) await clock.sleep(GATHER_MS, stop)
        const isQuiet = clock.elapsed() - lastTaken > QUIET_AFTER_MS
        await wakeUp.wait(isQuiet ? LOOK_EVERY_MS.quiet : LOOK_EVERY_MS.busy, stop)
      }
      if (clock.elapsed() - cleaned < CLEAN_EVERY_MS) continue
      cleaned = clock.elapsed()
      const dropped = await untilDone(receipts.deleteOld, trying)
      if (dropped > 0) log.warn({ receipts: dropped }, 'Receipts that named no message of ours for a day are dropped')
    }
    wakeUp.close()
  }
}
