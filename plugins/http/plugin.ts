/** HTTP: a sender that posts each message as JSON to a provider, or to a small adapter before one. */
import { BootError } from '../../core/errors.ts'
import { definePlugin } from '../../core/host/plugin.ts'
import { defineSender } from '../../core/messaging/senders/contract.ts'
import { config, needs } from './grant.ts'
import { httpSender } from './sender.ts'

export const http = definePlugin({
  name: 'http',
  needs,
  config,
  senders: {
    http: defineSender({
      channels: ['sms', 'whatsapp'],
      // Hardly any gateway is known to honour a key: Twilio, Meta, Africa's Talking and Telnyx document none.
      idempotent: 'unsaid',
      requires: ['url'],
      open: ({ config, clock, log }) =>
        httpSender({ url: checkedUrl(config.url), timeoutMs: config.timeoutMs, clock, log }),
    }),
  },
})

/** The value is not quoted: an address may hold a password or a token. */
function checkedUrl(url: string | undefined): string {
  if (!url) throw new BootError('HTTP_SENDER_URL is missing: the http sender needs an address to POST to')
  const protocol = URL.parse(url)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return url
  throw new BootError('HTTP_SENDER_URL is not an http or https address')
}
