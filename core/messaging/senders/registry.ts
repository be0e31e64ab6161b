/** Opens the senders that the settings name. */
import type { Clock } from '../../clock.ts'
import { BootError } from '../../errors.ts'
import type { Log } from '../../log/log.ts'
import type { Channel } from '../schema.ts'
import type { Sender, Senders } from './contract.ts'
import { type HttpOptions, httpSender } from './http.ts'
import { type MockOptions, mockSender } from './mock.ts'

export const senderKinds = ['mock', 'http'] as const
export type SenderKind = (typeof senderKinds)[number]

export interface SenderOptions {
  readonly sms: SenderKind
  readonly whatsapp: SenderKind
  /**
   * True where the channel's provider delivers once for each idempotency key, which both senders hand over. Undefined: by kind.
   * The mock does; behind http hardly any gateway is known to (Twilio, Meta, Africa's Talking and Telnyx document no key).
   */
  readonly idempotent: Readonly<Record<Channel, boolean | undefined>>
  readonly mock: Pick<MockOptions, 'successRate' | 'latencyMs' | 'seed'>
  readonly http: Pick<HttpOptions, 'timeoutMs'> & { readonly url?: string | undefined }
  readonly log: Log
  readonly clock: Clock
}

/**
 * One sender a channel. Channels of one kind share one sender, so close each only once. Throws BootError, naming
 * HTTP_SENDER_URL, when a channel is to use http and there is no address to POST to.
 */
export function openSenders({ sms, whatsapp, idempotent, mock, http, log, clock }: SenderOptions): Senders {
  const open: Record<SenderKind, () => Sender> = {
    mock: () => mockSender({ ...mock, log, clock }),
    http: () => httpSender({ url: checkedUrl(http.url), timeoutMs: http.timeoutMs, log, clock }),
  }
  const smsSender = open[sms]()
  const whatsappSender = whatsapp === sms ? smsSender : open[whatsapp]()
  const isUnsaid = (channel: Channel, sender: Sender) => sender.name === 'http' && idempotent[channel] === undefined
  const honouring = (channel: Channel, sender: Sender): Sender => {
    const honoured = idempotent[channel] ?? sender.name !== 'http'
    return honoured === sender.idempotent ? sender : { ...sender, idempotent: honoured }
  }
  const unsaid = [
    ...(isUnsaid('sms', smsSender) ? ['SMS_IDEMPOTENT'] : []),
    ...(isUnsaid('whatsapp', whatsappSender) ? ['WHATSAPP_IDEMPOTENT'] : []),
  ]
  if (unsaid.length > 0)
    log.info(
      { settings: unsaid },
      `The http sender counts as not idempotent: a message that may have been sent becomes "unknown" and is not sent again. Set ${unsaid.join(' and ')} to on if the provider delivers once for each Idempotency-Key, to off to leave this line out`,
    )
  return { sms: honouring('sms', smsSender), whatsapp: honouring('whatsapp', whatsappSender) }
}

/** The value is not quoted: an address may hold a password or a token. */
function checkedUrl(url: string | undefined): string {
  if (!url) throw new BootError('HTTP_SENDER_URL is missing: the http sender needs an address to POST to')
  const protocol = URL.parse(url)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return url
  throw new BootError('HTTP_SENDER_URL is not an http or https address')
}
