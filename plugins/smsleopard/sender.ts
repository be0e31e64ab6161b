/** Calls to SMSLeopard: one for a batch, in which each recipient has a text of their own. */
import { failedCheck } from '../../core/messaging/senders/account-check.ts'
import { sendInCalls } from '../../core/messaging/senders/batch.ts'
import type {
  AccountCheck,
  OpenSender,
  OutboundMessage,
  Outcome,
  SenderUse,
} from '../../core/messaging/senders/contract.ts'
import { at } from '../../core/messaging/senders/json.ts'
import { callProvider, outcomeByStatus, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'
import { outcomesOf } from './answer.ts'
import type { Settings } from './grant.ts'

/** For all calls of a batch, in milliseconds. */
const TIMEOUT_MS = 30_000

/**
 * The text of the call, beside those of its recipients. It reaches nobody; where it did, it must not be another one's text.
 */
const NO_TEXT = '{message}'

export function smsLeopardSender(use: SenderUse<Settings>): OpenSender {
  const { settings, outcomeOf, hookUrl } = use
  const { apiKey, apiSecret, from: source, hookToken } = settings
  const base = `${settings.url.replace(/\/+$/, '')}/v1`
  const authorization = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`
  const receipts = hookUrl && hookToken ? { status_url: `${hookUrl}/${hookToken}`, status_secret: hookToken } : {}
  return {
    timeoutMs: TIMEOUT_MS,
    send: (batch, signal) =>
      sendInCalls(
        batch,
        () => '',
        async (messages) => {
          const headers = { authorization, 'Content-Type': 'application/json' }
          const body = JSON.stringify({ source, ...textsOf(messages), ...receipts })
          const answer = await callProvider(use, `${base}/sms/send`, { method: 'POST', headers, body }, signal)
          return outcomesOf(messages, answer, outcomeOf)
        },
        signal,
      ),
    check: async (signal) => {
      const answer = await callProvider(use, `${base}/balance`, { headers: { authorization } }, signal)
      return accountOf(answer)
    },
  }
}

/** One text for all, where they share it; else a text for each. */
function textsOf(messages: readonly OutboundMessage[]) {
  const [first] = messages
  if (messages.every(({ text }) => text === first?.text))
    return { message: first?.text, destination: messages.map(({ to }) => ({ number: to })) }
  return {
    multi: true,
    message: NO_TEXT,
    destination: messages.map(({ to, text }) => ({ number: to, message: text })),
  }
}

function accountOf(answer: ProviderAnswer | Outcome): AccountCheck {
  const balance = answer.kind === 'answer' ? at(answer.json, 'balance') : undefined
  if (typeof balance === 'number' || typeof balance === 'string') return { ok: true, detail: `Balance: ${balance}` }
  return failedCheck('SMSLeopard', answer.kind === 'answer' ? outcomeByStatus(answer, true) : answer)
}
