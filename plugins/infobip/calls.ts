/** The calls to Infobip that the sender is made of. */
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'
import type { Outcome } from '../../core/messaging/senders/outcome.ts'
import { callProvider, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'
import type { InfobipUse } from './grant.ts'

/** A message and the id that it has at Infobip in this round. */
export interface Named {
  readonly id: string
  readonly message: OutboundMessage
}

type Answer = Promise<ProviderAnswer | Outcome>

export interface Calls {
  /** `POST /sms/3/messages`: texts may differ. */
  post(batch: readonly Named[], signal: AbortSignal): Answer
  /** `GET /sms/3/logs`: the messages of the last 48 hours with these ids; of any id where none is given. */
  readLogs(ids: readonly string[], signal: AbortSignal): Answer
}

/** As Infobip documents them: no plus sign. */
export const bareNumber = (phone: string): string => phone.replace(/^\+/, '')

export function openCalls(use: InfobipUse): Calls {
  const { url, apiKey, from } = use.settings
  const base = url.replace(/\/+$/, '')
  const headers = { Authorization: `App ${apiKey}` }
  return {
    post: (batch, signal) => {
      const messages = batch.map(({ id, message }) => ({
        sender: from,
        destinations: [{ to: bareNumber(message.to), messageId: id }],
        content: { text: message.text },
      }))
      const body = JSON.stringify({ messages, options: { includeSmsCountInResponse: true } })
      const init = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body }
      return callProvider(use, `${base}/sms/3/messages`, init, signal)
    },
    readLogs: (ids, signal) => {
      const query = new URLSearchParams(ids.map((id) => ['messageId', id]))
      query.set('limit', String(Math.max(ids.length, 1)))
      return callProvider(use, `${base}/sms/3/logs?${query}`, { headers }, signal)
    },
  }
}
