/** Kinds of senders that campaigns are sent through in tests: the settings of a sender `main` that uses the fake of its provider. */
import type { ServerSettings } from '../server-process.ts'
import type { Behaviour } from './frame-behaviour.ts'
import { infobipAccount } from './infobip-account.ts'
import { type FakeProcess, startFake } from './process.ts'
import { twilioAccount } from './twilio-parts.ts'
import { GRAPH_VERSION, whatsappAccount } from './whatsapp-account.ts'

/** Longest that a call may take: short, since a lease lasts twice as long. */
const TIMEOUT_SECONDS = 4
const LEASE_SECONDS = 2 * TIMEOUT_SECONDS
/** Messages in flight at once, over all workers. */
export const CONCURRENCY = 20

interface Kind {
  readonly channel: 'sms' | 'whatsapp'
  readonly settings: ServerSettings
  /** True when the provider is told of the hook by hand; else each call names it. */
  readonly isTold: boolean
  /** After the provider's address. */
  readonly basePath: string
  /** Tries of a post after the first, where its vendor soon gives up. */
  readonly retries?: number
}

export const senderKinds = {
  twilio: {
    channel: 'sms',
    settings: {
      SENDER_MAIN_ACCOUNT_SID: twilioAccount.accountSid,
      SENDER_MAIN_AUTH_TOKEN: twilioAccount.authToken,
      SENDER_MAIN_FROM: '+15005550006',
    },
    isTold: false,
    basePath: '',
    retries: 5,
  },
  whatsapp: {
    channel: 'whatsapp',
    settings: {
      SENDER_MAIN_PHONE_NUMBER_ID: whatsappAccount.phoneNumberId,
      SENDER_MAIN_ACCESS_TOKEN: whatsappAccount.accessToken,
      SENDER_MAIN_APP_SECRET: whatsappAccount.appSecret,
      SENDER_MAIN_VERIFY_TOKEN: whatsappAccount.verifyToken,
      SENDER_MAIN_BUSINESS_ACCOUNT_ID: whatsappAccount.businessAccountId,
    },
    isTold: true,
    basePath: GRAPH_VERSION,
  },
  infobip: {
    channel: 'sms',
    settings: {
      SENDER_MAIN_API_KEY: infobipAccount.apiKey,
      SENDER_MAIN_HOOK_TOKEN: infobipAccount.hookToken,
      SENDER_MAIN_FROM: infobipAccount.from,
    },
    isTold: true,
    basePath: '',
  },
} as const satisfies Readonly<Record<string, Kind>>

export type SenderKindName = keyof typeof senderKinds

/** @param publicUrl of the process that takes the receipts */
export async function startSender(
  name: SenderKindName,
  publicUrl: string,
  behaviour: Partial<Behaviour> = {},
): Promise<{ readonly fake: FakeProcess; readonly settings: ServerSettings }> {
  const { settings, isTold, basePath } = senderKinds[name]
  const fake = await startFake(name, { ...behaviour, ...(isTold && { hookUrl: `${publicUrl}/hooks/main` }) })
  return {
    fake,
    settings: {
      SENDERS: `main:${name}`,
      SENDER_MAIN_URL: `${fake.url}${basePath}`,
      SENDER_MAIN_RATE: '300',
      SENDER_MAIN_CONCURRENCY: String(CONCURRENCY),
      SENDER_MAIN_TIMEOUT_MS: String(TIMEOUT_SECONDS * 1000),
      WORKER_LEASE_SECONDS: String(LEASE_SECONDS),
      UNKNOWN_AWAIT_MINUTES: '1',
      PUBLIC_URL: publicUrl,
      ...settings,
    },
  }
}
