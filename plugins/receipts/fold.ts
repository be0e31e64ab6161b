/** The loop that folds receipts into messages. Any number of processes may run it. */
import { untilDone } from '../../core/db/retry.ts'
import type { Loop } from '../../core/host/plugin.ts'
import type { ReceiptsGrant } from './grant.ts'

/** Between two looks while nothing is posted; what waits for its message is looked at so often at most. */
const LOOK_EVERY_MS = 1000
/** After a run that left nothing behind: receipts that come meanwhile are folded together. */
const GATHER_MS = 100
const CLEAN_EVERY_MS = 60_000

export function openFoldLoop({ messaging, clock, wakeUps, log, config }: ReceiptsGrant): Loop {
  const { receipts } = messaging
  const fold = receipts.openFold()
  return async (stop) => {
    // Without an address that providers can call nothing is posted, and nothing is to be folded.
    if (config.publicUrl === undefined) return untilAborted(stop)
    log.info({ hooks: `${config.publicUrl}/hooks/{sender}` }, 'Providers may post receipts')
    const wakeUp = wakeUps.listen('receipts')
    const trying = { clock, log, signal: stop }
    let cleaned = clock.elapsed()
    while (!stop.aborted) {
      const { taken, changed, settled } = await untilDone(fold, trying)
      if (settled > 0) log.info({ messages: settled }, 'Receipts show messages in doubt as sent')
      // The last of those that waited for receipts may have ended the wait of a chunk.
      if (settled > 0) await wakeUps.notify('ready')
      if (taken > 0) log.debug({ taken, changed }, 'Receipts folded')
      if (taken < receipts.foldSize && settled === 0) {
        if (taken > 0) await clock.sleep(GATHER_MS, stop)
        await wakeUp.wait(LOOK_EVERY_MS, stop)
      }
      if (clock.elapsed() - cleaned < CLEAN_EVERY_MS) continue
      cleaned = clock.elapsed()
      const dropped = await untilDone(receipts.deleteOld, trying)
      if (dropped > 0) log.warn({ receipts: dropped }, 'Receipts that named no message of ours for a day are dropped')
    }
    wakeUp.close()
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
