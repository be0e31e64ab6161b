/** Service of whoever keeps the schedule: starts what is due, announces chunks, and rescues what dead processes left. */
import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Queue } from '../../queue/queue.ts'
import { type Outbox, openOutbox } from '../chunk/announce.ts'
import { openNextDue } from '../chunk/next-due.ts'
import { openOrphanCheck, type Rescued, rescue } from '../chunk/rescue.ts'
import { openQueueing, type QueueingStep } from '../enqueue/queueing.ts'
import { deleteOldReservations } from '../policy/cap-cleanup.ts'
import type { Database } from '../schema.ts'
import { pauseLeftOpen } from './control.ts'
import { type NextStart, openNextStart, STEP, startDue } from './start.ts'

export type { Rescued } from '../chunk/rescue.ts'

export interface ScheduleService {
  /** Prepares the look at the schedule; it answers within so many milliseconds when to look again. */
  openNextStart(): (withinMs: number) => Promise<NextStart>
  /** Starts campaigns that are due, a step of them; `more` while others may be due. */
  startDue(): Promise<{ readonly started: readonly number[]; readonly more: boolean }>
  /** Prepares the steps that queue audiences of segments and rules; undefined when there is nothing to queue. */
  openQueueing(): () => Promise<QueueingStep | undefined>
  /** Pauses campaigns whose audience was left open, and answers their ids. */
  pauseLeftOpen(): Promise<readonly number[]>
  /** Prepares the check whether there may be anything to rescue. */
  openOrphanCheck(): () => Promise<boolean>
  /** Takes up what dead processes left behind. */
  rescue(queue: Queue['name']): Promise<Rescued>
  /** Removes phones that no cap needs any more. @returns how many */
  deleteOldReservations(): Promise<number>
  /** Opens the choice of the chunks that are published. */
  openOutbox(): Outbox
  /** Prepares the look for the next chunk that falls due, in milliseconds from now. */
  openNextDue(): ReturnType<typeof openNextDue>
}

export function openScheduleService(db: Kysely<Database>, clock: Clock): ScheduleService {
  return Object.freeze({
    openNextStart: () => openNextStart(db),
    startDue: async () => {
      const started = await startDue(db)
      return { started, more: started.length === STEP }
    },
    openQueueing: () => openQueueing(db, clock),
    pauseLeftOpen: () => pauseLeftOpen(db),
    openOrphanCheck: () => openOrphanCheck(db),
    rescue: (queue: Queue['name']) => rescue(db, queue),
    deleteOldReservations: () => deleteOldReservations(db),
    openOutbox: () => openOutbox(db),
    openNextDue: () => openNextDue(db),
  })
}
