/**
 * Wake-ups between loops and processes, over LISTEN and NOTIFY. A wake-up may be lost (race 35), so every listener polls
 * too.
 */
import { sql } from 'kysely'
import type { Clock } from './clock.ts'
import type { OpenDatabase } from './db/open.ts'
import type { Log } from './log/log.ts'

const topics = ['ready', 'scheduled', 'audience', 'receipts'] as const
/**
 * `ready`: chunks may be claimed. `scheduled`: a campaign's time was set or changed. `audience`: recipients are to be queued.
 * `receipts`: there are some to fold.
 */
export type Topic = (typeof topics)[number]

/** Remembers one wake-up until the next wait, so that none is missed between looking and waiting. */
export interface WakeUpListener {
  /**
   * Resolves at the next wake-up, or at once if there was one since the last wait; else after `ms`, or when `signal` aborts.
   * @returns whether there was a wake-up
   */
  wait(ms: number, signal: AbortSignal): Promise<boolean>
  close(): void
}

export interface WakeUps {
  /** Never rejects: the work that it announces is in the database, where polling finds it. */
  notify(topic: Topic): Promise<void>
  listen(topic: Topic): WakeUpListener
}

const channelOf = (topic: Topic) => `campaign_dispatch_${topic}`

export async function openWakeUps(
  { db, listen }: Pick<OpenDatabase, 'db' | 'listen'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<WakeUps> {
  const listeners = new Map<Topic, Set<() => void>>(topics.map((topic) => [topic, new Set()]))
  const wake = (topic: Topic) => {
    for (const listener of listeners.get(topic) ?? []) listener()
  }
  for (const topic of topics) await listen(channelOf(topic), () => wake(topic))
  return {
    notify: async (topic) => {
      wake(topic)
      try {
        await sql`select pg_notify(${channelOf(topic)}, '')`.execute(db)
      } catch (error) {
        log.warn(
          { topic, code: (error as { code?: unknown }).code },
          'Cannot notify the other processes; they will poll',
        )
      }
    },
    listen: (topic) => openWakeUpListener(clock, listeners.get(topic) ?? new Set()),
  }
}

function openWakeUpListener(clock: Clock, listeners: Set<() => void>): WakeUpListener {
  let notified = false
  let sleeping: AbortController | undefined
  const wake = () => {
    notified = true
    sleeping?.abort()
  }
  listeners.add(wake)
  return {
    wait: async (ms, signal) => {
      if (!notified) {
        sleeping = new AbortController()
        await clock.sleep(ms, AbortSignal.any([signal, sleeping.signal]))
        sleeping = undefined
      }
      const wasNotified = notified
      notified = false
      return wasNotified
    },
    close: () => listeners.delete(wake),
  }
}
