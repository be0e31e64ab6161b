/**
 * Posts of Meta to the callback address: receipts, messages of people, and whether they want marketing. One post may hold
 * many of each, in any order and more than once; https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks.
 */
import type { HookAnswer, HookRequest, Inbound, Receipt } from '../../core/messaging/senders/hook.ts'
import { at, listOf, parseBytes, textOf } from '../../core/messaging/senders/json.ts'
import { hmacSha256, isSameSecret } from '../../core/messaging/senders/secret.ts'
import type { WhatsappUse } from './grant.ts'
import { messageOf, preferenceOf } from './inbound.ts'
import { receiptOf } from './receipt.ts'

export function whatsappHook(use: WhatsappUse) {
  return (request: HookRequest): HookAnswer => {
    if (request.method === 'GET') return challengeOf(new URL(request.url).searchParams, use.settings.verifyToken)
    if (!isSigned(request, use.settings.appSecret)) return { kind: 'refused', why: 'signature' }
    const body = parseBytes(request.body)
    if (!Array.isArray(at(body, 'entry'))) return { kind: 'refused', why: 'body' }
    return readEntries(use, listOf(at(body, 'entry')))
  }
}

/** Meta asks whether the address is ours, once, when the callback is entered. */
function challengeOf(query: URLSearchParams, verifyToken: string): HookAnswer {
  const text = query.get('hub.challenge')
  const right = isSameSecret(verifyToken, query.get('hub.verify_token'))
  if (query.get('hub.mode') !== 'subscribe' || !right) return { kind: 'refused', why: 'signature' }
  return text ? { kind: 'challenge', text } : { kind: 'refused', why: 'body' }
}

/** Covers the raw bytes: Meta escapes characters in a way of its own. */
export const isSigned = ({ headers, body }: Pick<HookRequest, 'headers' | 'body'>, appSecret: string): boolean =>
  isSameSecret(`sha256=${hmacSha256(appSecret, body)}`, headers.get('x-hub-signature-256')?.toLowerCase())

function readEntries(use: WhatsappUse, entries: readonly unknown[]): HookAnswer {
  const receipts: Receipt[] = []
  const inbound: Inbound[] = []
  const { businessAccountId } = use.settings
  for (const entry of entries) {
    if (businessAccountId !== undefined && textOf(at(entry, 'id')) !== businessAccountId) continue
    for (const change of listOf(at(entry, 'changes'))) {
      const value = at(change, 'value')
      receipts.push(...listOf(at(value, 'statuses')).flatMap((status) => receiptOf(status, use.outcomeOf)))
      inbound.push(...listOf(at(value, 'messages')).flatMap((message) => messageOf(message, value)))
      inbound.push(...listOf(at(value, 'user_preferences')).flatMap((preference) => preferenceOf(preference, value)))
      reportErrors(use, at(value, 'errors'))
    }
  }
  return { kind: 'taken', receipts, inbound }
}

/** Errors of the account, which belong to no message. Their texts stay out of the log. */
function reportErrors({ log, name }: WhatsappUse, errors: unknown): void {
  for (const error of listOf(errors)) {
    const code = textOf(at(error, 'code'))
    if (code !== undefined) log.warn({ sender: name, code }, 'whatsapp: Meta reports a problem of the account')
  }
}
