/**
 * Calls to Africa's Talking. Its bulk endpoint (the form of version 1; the JSON one has no sandbox yet) takes one text for
 * many numbers, so that a batch is one call for each text.
 */
import { failedCheck } from '../../core/messaging/senders/account-check.ts'
import { sendInCalls } from '../../core/messaging/senders/batch.ts'
import type { AccountCheck, OpenSender, Outcome, SenderUse } from '../../core/messaging/senders/contract.ts'
import { at, textOf } from '../../core/messaging/senders/json.ts'
import { callProvider, outcomeByStatus, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'
import { outcomesOf } from './answer.ts'
import type { Settings } from './grant.ts'

/** For all calls of a batch, in milliseconds. */
const TIMEOUT_MS = 30_000

export function africasTalkingSender(use: SenderUse<Settings>): OpenSender {
  const { settings, outcomeOf, clock } = use
  const { username, apiKey, from } = settings
  const base = `${settings.url.replace(/\/+$/, '')}/version1`
  return {
    timeoutMs: TIMEOUT_MS,
    send: (batch, signal) =>
      sendInCalls(
        batch,
        ({ text }) => text,
        async (messages, text) => {
          const to = messages.map((message) => message.to).join(',')
          const body = new URLSearchParams({ username, to, message: text, bulkSMSMode: '1', ...(from && { from }) })
          const init = { method: 'POST', headers: { apiKey }, body }
          const answer = await callProvider(use, `${base}/messaging`, init, signal)
          return outcomesOf(messages, answer, outcomeOf, clock.now())
        },
        signal,
      ),
    check: async (signal) => {
      const query = new URLSearchParams({ username })
      const answer = await callProvider(use, `${base}/user?${query}`, { headers: { apiKey } }, signal)
      return accountOf(answer)
    },
  }
}

function accountOf(answer: ProviderAnswer | Outcome): AccountCheck {
  const balance = answer.kind === 'answer' && textOf(at(answer.json, 'UserData', 'balance'))
  if (balance) return { ok: true, detail: `Balance: ${balance}` }
  return failedCheck("Africa's Talking", answer.kind === 'answer' ? outcomeByStatus(answer, true) : answer)
}
