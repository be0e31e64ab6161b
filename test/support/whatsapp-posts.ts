/** Posts as Meta makes them, and what the hook of the fake's account reads in them. */
import type { HookAnswer, HookRequest } from '../../core/messaging/senders/hook.ts'
import { hmacSha256 } from '../../core/messaging/senders/secret.ts'
import { whatsappKind } from '../../plugins/whatsapp/plugin.ts'
import { whatsappAccount } from './providers/whatsapp-account.ts'
import { openSender } from './sender-use.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

export const signed = (body: Uint8Array, secret: string = whatsappAccount.appSecret): Headers =>
  new Headers({ 'X-Hub-Signature-256': `sha256=${hmacSha256(secret, body)}` })

export function metaPost(body: unknown, changes: Partial<HookRequest> = {}): HookRequest {
  const raw = typeof body === 'string' ? bytes(body) : bytes(JSON.stringify(body))
  return { method: 'POST', url: 'https://example.org/hooks/wa', path: '', headers: signed(raw), body: raw, ...changes }
}

export const whatsappSettings = { ...whatsappAccount, url: 'http://127.0.0.1' }

/** @param settings of the sender */
export function hookOf(settings: Parameters<typeof whatsappKind.open>[1]['settings'] = whatsappSettings) {
  const { sender, log } = openSender(whatsappKind, settings)
  return { log, hook: (request: HookRequest) => sender.hook?.(request) as HookAnswer }
}

const value = (more: object) => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: '15550783881', phone_number_id: '1' },
  ...more,
})

/** @param values of the changes, without what all of them hold */
export const entryOf = (
  values: readonly object[],
  id: string = whatsappAccount.businessAccountId,
  field = 'messages',
) => ({
  id,
  changes: values.map((one) => ({ field, value: value(one) })),
})

/** Receipts and messages that the hook reads in these entries. */
export function taken(entries: readonly object[]) {
  const answer = hookOf().hook(metaPost({ object: 'whatsapp_business_account', entry: entries }))
  if (answer.kind !== 'taken') throw new Error(`not taken: ${JSON.stringify(answer)}`)
  return answer
}
