/**
 * Sends SMS through Vonage's Messages API, one message a call. Vonage knows no idempotency key; our message id goes along as
 * `client_ref`, which each status webhook repeats.
 */
import { BootError } from '../../core/errors.ts'
import { failedCheck } from '../../core/messaging/senders/account-check.ts'
import type {
  AccountCheck,
  OpenSender,
  OutboundMessage,
  Outcome,
  SenderUse,
} from '../../core/messaging/senders/contract.ts'
import { callProvider } from '../../core/messaging/senders/provider-call.ts'
import { readAnswer, readRefusal } from './answer.ts'
import type { VonageSettings } from './grant.ts'
import { vonageHook } from './hook.ts'
import { openTokens, readPrivateKey } from './token.ts'

/** Longest a call may take, in milliseconds. */
const TIMEOUT_MS = 15_000

export function vonageSender(use: SenderUse<VonageSettings>): OpenSender {
  const { settings, outcomeOf, hookUrl } = use
  const authorization = openAuthorization(use)
  const base = settings.url.replace(/\/+$/, '')
  const send = async (message: OutboundMessage, signal: AbortSignal): Promise<Outcome> => {
    const body = JSON.stringify(bodyOf(message, settings.from, hookUrl))
    const headers = { Authorization: authorization(), 'Content-Type': 'application/json' }
    const answer = await callProvider(use, `${base}/v1/messages`, { method: 'POST', headers, body }, signal)
    return answer.kind === 'answer' ? readAnswer(answer, outcomeOf) : answer
  }
  const { apiKey, apiSecret } = settings
  return {
    timeoutMs: TIMEOUT_MS,
    send: (batch, signal) => Promise.all(batch.map((message) => send(message, signal))),
    // An application's key opens no address that only reads.
    ...(apiKey && apiSecret && { check: (signal) => check(use, base, basic(apiKey, apiSecret), signal) }),
    ...(settings.signatureSecret && { hook: vonageHook(use, settings.signatureSecret) }),
  }
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** The `Authorization` header of each call. */
function openAuthorization({ name, settings, clock, hookUrl, log }: SenderUse<VonageSettings>): () => string {
  const variable = (key: string) => `SENDER_${name.replaceAll('-', '_').toUpperCase()}_${key}`
  const { applicationId, privateKey, apiKey, apiSecret, signatureSecret } = settings
  if (hookUrl && !signatureSecret)
    throw new BootError(
      `Sender "${name}" cannot tell Vonage's receipts from forged ones. Set ${variable('SIGNATURE_SECRET')}, or remove PUBLIC_URL.`,
    )
  if (applicationId && privateKey) {
    const key = readPrivateKey(privateKey)
    if (key) return openTokens(applicationId, key, clock)
    throw new BootError(`${variable('PRIVATE_KEY')} is not an RSA private key in PEM form. Correct it.`)
  }
  if (applicationId || privateKey || !apiKey || !apiSecret)
    throw new BootError(
      `Sender "${name}" has no credentials. Set ${variable('APPLICATION_ID')} and ${variable('PRIVATE_KEY')}, or ${variable('API_KEY')} and ${variable('API_SECRET')}.`,
    )
  if (hookUrl)
    log.warn(
      { sender: name },
      `Vonage posts receipts for messages of an application only: set ${variable('APPLICATION_ID')} and ${variable('PRIVATE_KEY')}`,
    )
  const header = basic(apiKey, apiSecret)
  return () => header
}

/** Numbers are written without their plus sign. */
export function bodyOf(
  { messageId, to, text }: Pick<OutboundMessage, 'messageId' | 'to' | 'text'>,
  from: string,
  hookUrl: string | undefined,
) {
  return {
    message_type: 'text',
    channel: 'sms',
    to: to.replace(/^\+/, ''),
    from: from.replace(/^\+/, ''),
    text,
    client_ref: messageId,
    ...(hookUrl && { webhook_url: hookUrl, webhook_version: 'v1' }),
  }
}

/** Lists one application: only whoever has the account's key and secret may. */
async function check(
  use: SenderUse<VonageSettings>,
  base: string,
  authorization: string,
  signal: AbortSignal,
): Promise<AccountCheck> {
  const init = { headers: { Authorization: authorization } }
  const answer = await callProvider(use, `${base}/v2/applications?page_size=1`, init, signal)
  if (answer.kind === 'answer' && answer.status === 200)
    return { ok: true, detail: 'Vonage accepts the API key and its secret' }
  return failedCheck('Vonage', answer.kind === 'answer' ? readRefusal(answer, use.outcomeOf) : answer)
}
