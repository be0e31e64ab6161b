/** HTTP: a sender that posts each message as JSON to a provider, or to a small adapter before one. */
import { t } from 'elysia'
import { BootError } from '../../core/errors.ts'
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { needs, settings } from './grant.ts'
import { gatewayHook } from './hook.ts'
import { httpSender } from './sender.ts'

export const httpKind = defineSender({
  channels: ['sms', 'whatsapp'],
  settings,
  // Hardly any gateway is known to honour a key: Twilio, Meta, Africa's Talking and Telnyx document none.
  idempotent: 'unsaid',
  // The request names our message, so that receipts can.
  reference: 'echoed',
  templates: true,
  open: (_granted: unknown, { clock, log, settings: { url, timeoutMs, hookSecret } }) => {
    const sender = httpSender({ url: checkedUrl(url), timeoutMs, clock, log })
    return { ...sender, ...(hookSecret && { hook: gatewayHook(hookSecret, clock) }) }
  },
})

export const http = definePlugin({
  name: 'http',
  needs,
  // Variables of SMS_SENDER=http, described and checked whether such a sender is in use or not.
  config: t.Partial(settings),
  senders: { http: httpKind },
})

/** The value is not quoted: an address may hold a password or a token. */
function checkedUrl(url: string): string {
  const protocol = URL.parse(url)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return url
  throw new BootError('HTTP_SENDER_URL is not an http or https address')
}
