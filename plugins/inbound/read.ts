/** The loop that reads messages which were stored without a reading. There are some after an upgrade, and none later. */
import { untilDone } from '../../core/db/retry.ts'
import type { Loop } from '../../core/host/plugin.ts'
import type { InboundGrant } from './grant.ts'

const LOOK_EVERY_MS = 60_000

export function openReadLoop({ messaging, clock, log }: InboundGrant): Loop {
  return async (stop) => {
    while (!stop.aborted) {
      const { read, more } = await untilDone(messaging.inbound.readStored, { clock, log, signal: stop })
      if (read > 0) log.info({ messages: read }, 'Messages of people that had no reading are read')
      if (!more) await clock.sleep(LOOK_EVERY_MS, stop)
    }
  }
}
