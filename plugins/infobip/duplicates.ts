/**
 * Messages that Infobip calls duplicates: an earlier call had brought their id. That call may have been accepted, or refused
 * for a passing reason, such as an empty account; the logs of the last 48 hours tell which.
 */

import { at, idOf, listOf, textOf } from '../../core/messaging/senders/json.ts'
import type { Outcome } from '../../core/messaging/senders/outcome.ts'
import { DUPLICATE } from './answer.ts'
import { bareNumber, type Calls, type Named } from './calls.ts'
import type { InfobipUse } from './grant.ts'

/** An outcome; `refused`: the id is used up, and nothing was sent under it. */
export type Earlier = Outcome | 'refused'

/** @returns what became of the earlier message of each id, in their order */
export async function findEarlier(
  use: InfobipUse,
  calls: Calls,
  batch: readonly Named[],
  signal: AbortSignal,
): Promise<readonly Earlier[]> {
  const answer = await calls.readLogs(
    batch.map(({ id }) => id),
    signal,
  )
  const logs = answer.kind === 'answer' && answer.status === 200 ? listOf(at(answer.json, 'results')) : []
  const byId = new Map(logs.map((log) => [idOf(at(log, 'messageId')), log]))
  return batch.map((named) => earlierOf(use, named, byId.get(named.id)))
}

function earlierOf(use: InfobipUse, { id, message }: Named, log: unknown): Earlier {
  const destination = textOf(at(log, 'destination')) ?? textOf(at(log, 'to'))
  const group = at(log, 'status', 'groupId')
  // Without a log nobody knows. With another phone it is somebody else's message, and the prefix is not ours alone.
  if (destination === undefined || bareNumber(destination) !== bareNumber(message.to) || typeof group !== 'number')
    return use.outcomeOf(DUPLICATE, { id })
  // In any other group it left Infobip once; what became of it then is told by its receipt.
  return group === REJECTED ? 'refused' : { kind: 'accepted', id }
}

const REJECTED = 5
