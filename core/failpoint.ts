/**
 * Places at which a process may be made to fail, each at a boundary where a crash could lose or double something. Nothing
 * happens there unless a program that was loaded before this one has armed them: no setting does.
 */

export type Failpoint =
  /** Inside the transaction that queues recipients, before COMMIT (race 8). */
  | 'send.queued'
  /** Recipients are queued, and nobody is notified yet (race 1). */
  | 'send.committed'
  /** Inside the transaction of a step that queues a selection, before COMMIT (race 8). */
  | 'selection.queued'
  /** A step that queues a selection is committed, and nobody is notified yet (race 1). */
  | 'selection.committed'
  /** A scheduled campaign was started, and nobody is notified yet (races 1 and 6). */
  | 'due.started'
  /** Chunks are marked as published, and are not (race 1). */
  | 'relay.marked'
  /** Chunks are with the broker, which has not confirmed them (race 3). */
  | 'relay.sent'
  /** Chunks are published and confirmed (race 2). */
  | 'relay.published'
  /** A chunk is claimed, and its delivery not acknowledged (race 9). */
  | 'claim.claimed'
  /** A chunk is claimed, and nothing of it read. */
  | 'chunk.begun'
  /** Before a report: results are known and not written (races 10 and 11). */
  | 'report.asked'
  /** A report is committed, and the answer not read: thrown here, it is as if COMMIT's answer was lost (race 13). */
  | 'report.committed'
  /** A window is granted, and none of it started (race 12). */
  | 'window.granted'
  /** A window's calls have left, and none is answered (race 10). */
  | 'window.started'
  /** A chunk is done, and nobody has looked whether its campaign is over. */
  | 'chunk.done'
  /** Expired leases are reclaimed, and nobody is notified yet. */
  | 'rescue.reclaimed'
  /** A campaign's status was changed by a person, and the answer not given (race 31). */
  | 'control.committed'
  /** Receipts are stored, and the provider is not answered (race 40). */
  | 'receipts.stored'
  /** Receipts that show messages in doubt as sent are found, and none of these is marked yet (race 10). */
  | 'receipts.doubtful'
  /** The process was asked to stop, and has claimed chunks (race 32). */
  | 'stop.asked'

let strike: ((place: Failpoint) => Promise<void>) | undefined

/** @param hook is called at each place; what it throws is thrown there */
export function armFailpoints(hook: (place: Failpoint) => Promise<void>): void {
  strike = hook
}

export async function failpoint(place: Failpoint): Promise<void> {
  if (strike) await strike(place)
}
