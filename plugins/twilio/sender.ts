/**
 * Sends through Twilio's Messages resource, one message a call. Twilio knows no idempotency key; our message id stands in
 * the query of the status callback, so that a receipt names its message even when the answer to the call was lost.
 */
import { BootError } from '../../core/errors.ts'
import type { OpenSender, OutboundMessage, Outcome, SenderUse } from '../../core/messaging/senders/contract.ts'
import { callProvider } from '../../core/messaging/senders/provider-call.ts'
import { checkAccount } from './account.ts'
import { readAnswer } from './answer.ts'
import type { TwilioSettings } from './grant.ts'
import { twilioHook } from './hook.ts'

/** Longest a call may take, in milliseconds. */
const TIMEOUT_MS = 15_000

/**
 * Twilio repeats a callback only where the fragment of its address asks for it: five times, whatever went wrong. The
 * fragment is not sent, and not signed.
 */
const RETRY_CALLBACKS = '#rc=5&rp=all'

export function twilioSender(use: SenderUse<TwilioSettings>): OpenSender {
  const { settings, outcomeOf, hookUrl } = use
  checkSettings(use)
  const account = `${settings.url.replace(/\/+$/, '')}/2010-04-01/Accounts/${settings.accountSid}`
  const token = { Authorization: basic(settings.accountSid, settings.authToken) }
  const { apiKeySid, apiKeySecret } = settings
  const headers = apiKeySid && apiKeySecret ? { Authorization: basic(apiKeySid, apiKeySecret) } : token
  const send = async (message: OutboundMessage, signal: AbortSignal): Promise<Outcome> => {
    const init = { method: 'POST', headers, body: formOf(message, settings, hookUrl) }
    const answer = await callProvider(use, `${account}/Messages.json`, init, signal)
    return answer.kind === 'answer' ? readAnswer(answer, outcomeOf) : answer
  }
  return {
    timeoutMs: TIMEOUT_MS,
    send: (batch, signal) => Promise.all(batch.map((message) => send(message, signal))),
    check: (signal) => checkAccount(use, account, token, headers, signal),
    hook: twilioHook(use),
  }
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** Settings that need each other. */
function checkSettings({ name, settings }: SenderUse<TwilioSettings>): void {
  const variable = (key: string) => `SENDER_${name.replaceAll('-', '_').toUpperCase()}_${key}`
  if (!settings.from && !settings.messagingServiceSid)
    throw new BootError(
      `Sender "${name}" has nothing to send from. Set ${variable('FROM')} or ${variable('MESSAGING_SERVICE_SID')}.`,
    )
  if ((settings.apiKeySid === undefined) === (settings.apiKeySecret === undefined)) return
  const missing = settings.apiKeySid === undefined ? 'API_KEY_SID' : 'API_KEY_SECRET'
  throw new BootError(`Sender "${name}" has half of an API key. Set ${variable(missing)} too, or neither.`)
}

/** The form of one message. WhatsApp has the same, with a prefix before each number. */
export function formOf(
  {
    messageId,
    channel,
    to,
    text,
    template,
  }: Pick<OutboundMessage, 'messageId' | 'channel' | 'to' | 'text' | 'template'>,
  { from, messagingServiceSid }: Pick<TwilioSettings, 'from' | 'messagingServiceSid'>,
  hookUrl: string | undefined,
): URLSearchParams {
  const prefix = channel === 'whatsapp' ? 'whatsapp:' : ''
  const form = new URLSearchParams({ To: `${prefix}${to}` })
  if (template) {
    form.set('ContentSid', template.name)
    form.set('ContentVariables', variablesOf(template.parameters))
  } else form.set('Body', text)
  if (from) form.set('From', `${prefix}${from.replace(/^whatsapp:/, '')}`)
  if (messagingServiceSid) form.set('MessagingServiceSid', messagingServiceSid)
  if (hookUrl) form.set('StatusCallback', `${hookUrl}?m=${encodeURIComponent(messageId)}${RETRY_CALLBACKS}`)
  return form
}

/** Twilio takes the values of a template as JSON in a string: `{"1":"Amina"}`. */
const variablesOf = (parameters: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(parameters.map((value, at) => [String(at + 1), value])))
