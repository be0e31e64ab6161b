/** The loop that delivers domain events to the handlers of one plugin. */
import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import { untilDone } from '../../db/retry.ts'
import type { Loop } from '../../host/plugin.ts'
import type { Log } from '../../log/log.ts'
import type { Database, EventType } from '../schema.ts'
import {
  deleteOld,
  lease,
  listNext,
  markDelivered,
  markFailed,
  release,
  type Subscription,
  subscribe,
} from './outbox.ts'
import type { DomainEvent, EventHandlers } from './types.ts'

/** Between two looks while nothing happens. */
const LOOK_EVERY_MS = 1000
const CLEAN_EVERY_MS = 60_000
/** Events of different campaigns that are handled side by side. */
const BATCH = 32
/** A handler has so long; then its signal aborts, and the event counts as failed. Half of the lease, which covers the rest. */
const HANDLER_MS = 15_000
const LEASE_SECONDS = 30

export interface DeliveryOptions<Granted> {
  readonly db: Kysely<Pick<Database, 'events' | 'event_subscribers'>>
  /** Name of the plugin. */
  readonly subscriber: string
  readonly handlers: EventHandlers<Granted>
  readonly granted: Granted
  /** Id of the process. */
  readonly owner: string
  readonly clock: Clock
  readonly log: Log
}

export function openDelivery<Granted>(options: DeliveryOptions<Granted>): Loop {
  const { db, subscriber, handlers, owner, clock, log } = options
  const types = Object.keys(handlers) as EventType[]
  const subscription: Subscription = { subscriber, types, owner, leaseSeconds: LEASE_SECONDS }
  return async (stop, kill) => {
    const trying = { clock, log, signal: stop }
    await untilDone(() => subscribe(db, subscription), trying)
    let cleaned = Number.NEGATIVE_INFINITY
    while (!stop.aborted) {
      const mine = await untilDone(() => lease(db, subscription), trying)
      const events = mine ? await untilDone(() => listNext(db, subscriber, BATCH), trying) : undefined
      if (events && events.length > 0) await deliver(options, events, kill)
      else await clock.sleep(LOOK_EVERY_MS, stop)
      if (clock.elapsed() - cleaned < CLEAN_EVERY_MS) continue
      cleaned = clock.elapsed()
      const old = await untilDone(() => deleteOld(db), trying)
      for (const event of old?.events ?? []) log.error(event, 'An event is given up: its handler failed for days')
      for (const name of old?.subscribers ?? [])
        log.warn({ subscriber: name }, 'A subscriber of events is removed: no process has run it for days')
    }
    if (!kill.aborted) await release(db, subscription)
  }
}

/** Hands each event to its handler, all side by side, and writes down what became of them. */
async function deliver<Granted>(
  { db, subscriber, handlers, granted, clock, log }: DeliveryOptions<Granted>,
  events: readonly DomainEvent[],
  kill: AbortSignal,
): Promise<void> {
  const limit = new AbortController()
  const signal = AbortSignal.any([limit.signal, kill])
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${HANDLER_MS} ms`)), HANDLER_MS)
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  late.catch(() => {})
  const handle = async (event: DomainEvent): Promise<boolean> => {
    try {
      const handler = handlers[event.type] as
        | ((event: DomainEvent, granted: Granted, signal: AbortSignal) => unknown)
        | undefined
      await Promise.race([Promise.try(() => handler?.(event, granted, signal)), late])
      return true
    } catch (error) {
      const { id, type, attempt, campaign } = event
      if (!kill.aborted)
        log.error(
          { err: error, plugin: subscriber, event: id, type, attempt, campaign: campaign.id },
          'A handler of an event failed: it gets the event again',
        )
      return false
    }
  }
  const succeeded = await Promise.all(events.map(handle))
  clearTimeout(timer)
  const idsOf = (outcome: boolean) => events.filter((_, nth) => succeeded[nth] === outcome).map(({ id }) => id)
  const trying = { clock, log, signal: kill }
  await untilDone(() => markDelivered(db, idsOf(true)), trying)
  if (!kill.aborted) await untilDone(() => markFailed(db, idsOf(false)), trying)
}
