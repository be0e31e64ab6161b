/** Sends batches of SMS over Infobip: each message with an id of ours, so that asking twice delivers once. */
import { failedCheck } from '../../core/messaging/senders/account-check.ts'
import type { AccountCheck, OpenSender, OutboundMessage } from '../../core/messaging/senders/contract.ts'
import type { Outcome } from '../../core/messaging/senders/outcome.ts'
import { type Answered, outcomeOfCall, readAnswer } from './answer.ts'
import { type Calls, type Named, openCalls } from './calls.ts'
import { findEarlier } from './duplicates.ts'
import type { InfobipUse } from './grant.ts'
import { infobipHook } from './hook.ts'
import { externalId } from './message-id.ts'

const TIMEOUT_MS = 25_000

/** Ids that are tried for a message whose earlier ids were used up by calls that were refused. */
const MOST_ROUNDS = 5

/** Calls for one batch whose request is refused as a whole: enough to find one bad message among a hundred. */
const MOST_CALLS = 20

export function infobipSender(use: InfobipUse): OpenSender {
  const calls = openCalls(use)
  return {
    timeoutMs: TIMEOUT_MS,
    send: async (batch, signal) => {
      const outcomes = await sendRound(use, calls, batch, 1, signal)
      return batch.map(({ messageId }) => outcomes.get(messageId) ?? lost)
    },
    check: (signal) => checkAccount(use, calls, signal),
    hook: infobipHook(use),
  }
}

type Outcomes = Map<string, Outcome>

/** The answer does not name the message. */
const lost: Outcome = { kind: 'unknown', code: 'sender.error' }

async function sendRound(
  use: InfobipUse,
  calls: Calls,
  batch: readonly OutboundMessage[],
  round: number,
  signal: AbortSignal,
): Promise<Outcomes> {
  const named = batch.map((message) => ({ message, id: externalId(use.settings.idPrefix, message.messageId, round) }))
  const answers = await postSplitting(use, calls, named, signal, { left: MOST_CALLS })
  const outcomes: Outcomes = new Map(
    named.map(({ id, message }) => [message.messageId, answers.get(id)?.outcome ?? lost]),
  )
  const duplicates = named.filter(({ id }) => answers.get(id)?.duplicate)
  if (duplicates.length === 0) return outcomes
  const earlier = await findEarlier(use, calls, duplicates, signal)
  const again: OutboundMessage[] = []
  for (const [nth, { message }] of duplicates.entries()) {
    const found = earlier[nth] ?? lost
    if (found !== 'refused') outcomes.set(message.messageId, found)
    else if (round < MOST_ROUNDS) again.push(message)
  }
  if (again.length === 0) return outcomes
  return new Map([...outcomes, ...(await sendRound(use, calls, again, round + 1, signal))])
}

/**
 * A 400 refuses all messages for the sake of one, and sends none: the halves are asked again, until the bad one stands
 * alone. What is left when the calls are used up is tried later.
 */
async function postSplitting(
  use: InfobipUse,
  calls: Calls,
  batch: readonly Named[],
  signal: AbortSignal,
  budget: { left: number },
): Promise<ReadonlyMap<string, Answered>> {
  if (budget.left === 0) return all(batch, { kind: 'rejected', code: 'provider.unavailable', permanent: false })
  budget.left -= 1
  const answer = await calls.post(batch, signal)
  if (answer.kind !== 'answer') return all(batch, answer)
  const read = readAnswer(use, answer)
  if (read) return read
  if (answer.status !== 400 || batch.length === 1) return all(batch, outcomeOfCall(use, answer))
  const middle = Math.ceil(batch.length / 2)
  const first = await postSplitting(use, calls, batch.slice(0, middle), signal, budget)
  return new Map([...first, ...(await postSplitting(use, calls, batch.slice(middle), signal, budget))])
}

const all = (batch: readonly Named[], outcome: Outcome): ReadonlyMap<string, Answered> =>
  new Map(batch.map(({ id }) => [id, { outcome, duplicate: false }]))

/** Reads one line of the logs: the key must be allowed to, for duplicates are looked up there. */
async function checkAccount(use: InfobipUse, calls: Calls, signal: AbortSignal): Promise<AccountCheck> {
  const answer = await calls.readLogs([], signal)
  if (answer.kind === 'answer' && answer.status === 200)
    return { ok: true, detail: 'The key is known and may read logs' }
  const outcome = answer.kind === 'answer' ? outcomeOfCall(use, answer) : answer
  return failedCheck('Infobip', outcome)
}
