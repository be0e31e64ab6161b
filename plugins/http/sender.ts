/**
 * Sends by POSTing JSON to a provider, or to a small adapter before one. The request carries an `Idempotency-Key`, so that
 * a message whose outcome is in doubt may be sent again.
 */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log/log.ts'
import type { OpenSender, OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { errorCodeOf, failureOf } from '../../core/messaging/senders/provider-call.ts'
import { providerId, refusal } from './answer.ts'

export interface HttpOptions {
  /** http or https. A user and password in it are sent as Basic authorization. */
  readonly url: string
  /** Longest wait for the whole answer, in milliseconds. */
  readonly timeoutMs: number
  readonly log: Log
  readonly clock: Clock
}

/** Most that is read of an answer, in bytes; of a longer one the `id` is not known. */
export const MAX_ANSWER_BYTES = 64 * 1024

/**
 * A sender over HTTP. 2xx is accepted under the answer's `id`, or under the idempotency key when it gives none that can be
 * stored; for other answers see `refusal`. Never throws. What a provider answers is not logged, for it may repeat the
 * phone or the text; the first answer of each kind is a warning, all others are at debug level.
 *
 * Bun lets a process have 256 requests open (BUN_CONFIG_MAX_HTTP_REQUESTS); what is more waits, and its time runs.
 */
export function httpSender({ url, timeoutMs, log, clock }: HttpOptions): OpenSender {
  const seen = new Set<string>()
  const report = (answer: string, { messageId, attempt }: OutboundMessage) => {
    log[seen.has(answer) ? 'debug' : 'warn']({ messageId, attempt, answer }, 'http sender: message not accepted')
    seen.add(answer)
  }
  const send = async (message: OutboundMessage, signal: AbortSignal): Promise<Outcome> => {
    const call = new AbortController()
    const end = () => call.abort()
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    void clock.sleep(timeoutMs, call.signal).then(end)
    try {
      const response = await post(url, message, call.signal)
      if (response.ok)
        return { kind: 'accepted', id: providerId(await readBounded(response)) ?? message.idempotencyKey }
      report(String(response.status), message)
      await response.body?.cancel()
      return refusal(response.status, response.headers.get('retry-after'), clock.now())
    } catch (error) {
      const code = call.signal.aborted ? 'aborted' : errorCodeOf(error)
      report(code, message)
      return failureOf(code)
    } finally {
      signal.removeEventListener('abort', end)
      end()
    }
  }
  return { timeoutMs, send: (batch, signal) => Promise.all(batch.map((message) => send(message, signal))) }
}

function post(url: string, message: OutboundMessage, signal: AbortSignal): Promise<Response> {
  const { messageId, campaignId, channel, to, text, template, attempt, idempotencyKey } = message
  return fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'Accept-Encoding': 'identity',
      'Idempotency-Key': idempotencyKey,
      'User-Agent': 'campaign-dispatch',
    },
    // Without `template` where there is none: JSON leaves out what is undefined.
    body: JSON.stringify({ message_id: messageId, campaign_id: campaignId, channel, to, text, template, attempt }),
    redirect: 'manual',
    // A few bytes that unpack to gigabytes must not be unpacked.
    decompress: false,
    signal,
  })
}

/** The answer's text; undefined, and the rest not read, when it is longer than `MAX_ANSWER_BYTES`. */
async function readBounded(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > MAX_ANSWER_BYTES) return undefined
    text += decoder.decode(part, { stream: true })
  }
  return text
}
