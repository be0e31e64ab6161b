/** Batches at providers that know recipients by their numbers alone: the calls that a batch takes, and whose answer is whose. */
import type { OutboundMessage, Outcome } from './contract.ts'
import { fieldOf, textOf } from './json.ts'

/** Calls of one batch in flight at once. */
const MOST_CALLS = 8

/** Outcome of a message whose call was not started before the sender's time was over: it has not left, and no try is spent. */
const NOT_STARTED: Outcome = { kind: 'throttled', retryAfterMs: 1000, of: 'recipient' }
/** Outcome of a message that a call brought none for. */
const NO_ANSWER: Outcome = { kind: 'unknown', code: 'sender.error' }

/**
 * Sends a batch in as few calls as its keys allow.
 * @param keyOf messages of one key may share a call
 * @param call sends messages of one key to as many numbers; answers in their order
 * @returns an outcome for each message of the batch, in their order
 */
export async function sendInCalls(
  batch: readonly OutboundMessage[],
  keyOf: (message: OutboundMessage) => string,
  call: (messages: readonly OutboundMessage[], key: string) => Promise<readonly Outcome[]>,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<OutboundMessage, Outcome>()
  const waiting = splitBatch(batch, keyOf).values()
  const work = async () => {
    for (const { key, messages } of waiting) {
      const answers = signal.aborted ? messages.map(() => NOT_STARTED) : await call(messages, key)
      for (const [nth, message] of messages.entries()) outcomes.set(message, answers[nth] ?? NO_ANSWER)
    }
  }
  await Promise.all(Array.from({ length: Math.min(MOST_CALLS, batch.length) }, work))
  return batch.map((message) => outcomes.get(message) ?? NO_ANSWER)
}

interface Call {
  readonly key: string
  readonly messages: OutboundMessage[]
  readonly numbers: Set<string>
}

/** No number stands twice in a call: the answer could not tell its two messages apart. */
function splitBatch(batch: readonly OutboundMessage[], keyOf: (message: OutboundMessage) => string): Call[] {
  const calls = new Map<string, Call[]>()
  for (const message of batch) {
    const key = keyOf(message)
    const ofKey = calls.get(key) ?? []
    calls.set(key, ofKey)
    const free = ofKey.find(({ numbers }) => !numbers.has(message.to))
    if (free) free.messages.push(message)
    else ofKey.push({ key, messages: [message], numbers: new Set([message.to]) })
    free?.numbers.add(message.to)
  }
  return [...calls.values()].flat()
}

/**
 * The entry of each message in an answer that names recipients by `number`, in any order, with or without the plus sign.
 * @returns undefined for a message that the answer leaves out
 */
export function matchByNumber(messages: readonly OutboundMessage[], entries: readonly unknown[]): unknown[] {
  const numberOf = (entry: unknown) => digitsOf(textOf(fieldOf(entry, 'number')) ?? '')
  const byNumber = new Map(entries.map((entry) => [numberOf(entry), entry]))
  // An answer to a single message need not repeat its number.
  const only = messages.length === 1 && entries.length === 1 ? byNumber.get('') : undefined
  return messages.map(({ to }) => byNumber.get(digitsOf(to)) ?? only)
}

const digitsOf = (phone: string) => phone.replace(/\D/g, '')

/** E.164 of a number that a provider names; undefined where it is masked or no number. */
export function phoneOf(text: string | null | undefined): string | undefined {
  const digits = /^\+?(\d{7,15})$/.exec(text?.trim() ?? '')?.[1]
  return digits && `+${digits}`
}
