/** Opens the senders that the settings name. */
import type { Clock } from '../clock.ts'
import type { Channel } from '../db/schema.ts'
import { BootError } from '../errors.ts'
import type { Log } from '../log.ts'
import { type HttpOptions, httpSender } from './http.ts'
import { type MockOptions, mockSender } from './mock.ts'
import type { Sender, Senders } from './sender.ts'

export const senderKinds = ['mock', 'http'] as const
export type SenderKind = (typeof senderKinds)[number]

export interface SenderOptions {
  readonly sms: SenderKind
  readonly whatsapp: SenderKind
  /** Whether each channel's provider honours the idempotency key; both senders hand it over. */
  readonly idempotent: Readonly<Record<Channel, boolean>>
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
  const honouring = (sender: Sender, honoured: boolean) => (honoured ? sender : { ...sender, idempotent: false })
  return {
    sms: honouring(smsSender, idempotent.sms),
    whatsapp: honouring(whatsappSender, idempotent.whatsapp),
  }
}

/** The value is not quoted: an address may hold a password or a token. */
function checkedUrl(url: string | undefined): string {
  if (!url) throw new BootError('HTTP_SENDER_URL is missing: the http sender needs an address to POST to')
  const protocol = URL.parse(url)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return url
  throw new BootError('HTTP_SENDER_URL is not an http or https address')
}
