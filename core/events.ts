/**
 * Wake-up calls between loops and processes, over LISTEN and NOTIFY. A call may be lost (race 35): whoever waits for one
 * also looks by itself now and then.
 */
import { sql } from 'kysely'
import type { Clock } from './clock.ts'
import type { OpenDatabase } from './db/open.ts'
import type { Log } from './log.ts'

const topics = ['ready', 'scheduled'] as const
/** `ready`: chunks may be claimed. `scheduled`: a campaign's time was set or changed. */
export type Topic = (typeof topics)[number]

/** Remembers one call until somebody waits for it, so that none is missed between looking and waiting. */
export interface Bell {
  /**
   * Resolves at the next call, or at once if there was one since the last wait; else after `ms`, or when `signal` aborts.
   * @returns whether there was a call
   */
  wait(ms: number, signal: AbortSignal): Promise<boolean>
  close(): void
}

export interface Events {
  /** Never rejects: what it announces is in the database already, and will be found. */
  emit(topic: Topic): Promise<void>
  listen(topic: Topic): Bell
}

const channelOf = (topic: Topic) => `campaign_dispatch_${topic}`

export async function openEvents(
  { db, listen }: Pick<OpenDatabase, 'db' | 'listen'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Events> {
  const rings = new Map<Topic, Set<() => void>>(topics.map((topic) => [topic, new Set()]))
  const ring = (topic: Topic) => {
    for (const each of rings.get(topic) ?? []) each()
  }
  for (const topic of topics) await listen(channelOf(topic), () => ring(topic))
  return {
    emit: async (topic) => {
      ring(topic)
      try {
        await sql`select pg_notify(${channelOf(topic)}, '')`.execute(db)
      } catch (error) {
        log.warn(
          { topic, code: (error as { code?: unknown }).code },
          'Cannot notify the other processes; they will poll',
        )
      }
    },
    listen: (topic) => openBell(clock, rings.get(topic) ?? new Set()),
  }
}

function openBell(clock: Clock, ringers: Set<() => void>): Bell {
  let rung = false
  let wake: AbortController | undefined
  const ring = () => {
    rung = true
    wake?.abort()
  }
  ringers.add(ring)
  return {
    wait: async (ms, signal) => {
      if (!rung) {
        wake = new AbortController()
        await clock.sleep(ms, AbortSignal.any([signal, wake.signal]))
        wake = undefined
      }
      const called = rung
      rung = false
      return called
    },
    close: () => ringers.delete(ring),
  }
}
