/** Calls to WhatsApp Cloud API: one message a call. Answers are read by Meta's code first, by the HTTP status after it. */
import { failedCheck } from '../../core/messaging/senders/account-check.ts'
import type { AccountCheck, OpenSender, OutboundMessage } from '../../core/messaging/senders/contract.ts'
import { at, idOf, listOf, textOf } from '../../core/messaging/senders/json.ts'
import type { Outcome } from '../../core/messaging/senders/outcome.ts'
import {
  callProvider,
  meaningByStatus,
  outcomeByStatus,
  type ProviderAnswer,
} from '../../core/messaging/senders/provider-call.ts'
import type { WhatsappUse } from './grant.ts'
import { whatsappHook } from './hook.ts'
import { templateRequest, textRequest } from './request.ts'
import { openTemplateList } from './templates.ts'

const TIMEOUT_MS = 20_000

export function whatsappSender(use: WhatsappUse): OpenSender {
  const { url, phoneNumberId, accessToken } = use.settings
  const number = `${url.replace(/\/+$/, '')}/${phoneNumberId}`
  const headers = { Authorization: `Bearer ${accessToken}` }

  const sendOne = async (message: OutboundMessage, signal: AbortSignal): Promise<Outcome> => {
    const init = {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(message.template ? templateRequest(message, message.template) : textRequest(message)),
    }
    const answer = await callProvider(use, `${number}/messages`, init, signal)
    return answer.kind === 'answer' ? outcomeOfAnswer(use, answer, message.turn) : answer
  }

  const check = async (signal: AbortSignal): Promise<AccountCheck> => {
    const fields = 'display_phone_number,verified_name,quality_rating'
    const answer = await callProvider(use, `${number}?fields=${fields}`, { headers }, signal)
    return answer.kind === 'answer' ? accountOf(use, answer) : failedCheck('Meta', answer)
  }

  const templates = openTemplateList(use, headers, (answer) => outcomeOfError(use, answer, 0))

  return {
    timeoutMs: TIMEOUT_MS,
    send: (batch, signal) => Promise.all(batch.map((message) => sendOne(message, signal))),
    check,
    ...(templates && { templates }),
    hook: whatsappHook(use),
  }
}

function outcomeOfAnswer(use: WhatsappUse, answer: ProviderAnswer, turn: number): Outcome {
  const refused = outcomeOfError(use, answer, turn)
  if (refused) return refused
  if (answer.status < 200 || answer.status > 299) return outcomeByStatus(answer, false)
  const id = idOf(at(listOf(at(answer.json, 'messages'))[0], 'id'))
  // It may have been taken: its receipt carries our id, and tells.
  return id === undefined
    ? { kind: 'unknown', code: 'sender.error', providerCode: String(answer.status) }
    : { kind: 'accepted', id }
}

/** Undefined where the body is not an error of the Graph API. */
function outcomeOfError(use: WhatsappUse, answer: ProviderAnswer, turn: number): Outcome | undefined {
  const error = at(answer.json, 'error')
  const code = textOf(at(error, 'code'))
  if (code === undefined) return undefined
  return use.outcomeOf(code, {
    fallback: at(error, 'is_transient') === true ? 'later' : meaningByStatus(answer.status),
    retryAfterMs: answer.retryAfterMs ?? (code === PAIR_RATE ? pairPauseMs(turn) : undefined),
  })
}

/** Too many messages to one person: Meta asks for a pause that grows as the powers of four. */
const PAIR_RATE = '131056'
const pairPauseMs = (turn: number) => Math.min(4 ** Math.max(turn, 1), 3600) * 1000

function accountOf(use: WhatsappUse, answer: ProviderAnswer): AccountCheck {
  const number = textOf(at(answer.json, 'display_phone_number'))
  if (answer.status === 200 && number !== undefined) {
    const name = textOf(at(answer.json, 'verified_name')) ?? 'no name'
    const quality = textOf(at(answer.json, 'quality_rating')) ?? 'unknown'
    return { ok: true, detail: `${number}, ${name}, quality ${quality}` }
  }
  return failedCheck('Meta', outcomeOfError(use, answer, 0) ?? outcomeByStatus(answer, false))
}
