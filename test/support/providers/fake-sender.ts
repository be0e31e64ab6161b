/** A sender named `main` over each fake provider, with its settings: for tests, the demo and the cluster. */
import { generateKeyPairSync } from 'node:crypto'
import type { Behaviour } from './frame-behaviour.ts'
import { infobipAccount } from './infobip-account.ts'
import { type FakeProcess, startFake } from './process.ts'
import { twilioAccount } from './twilio-parts.ts'
import { vonageAccount } from './vonage-parts.ts'
import { GRAPH_VERSION, whatsappAccount } from './whatsapp-account.ts'

export const fakeKinds = ['twilio', 'whatsapp', 'infobip', 'africastalking', 'smsleopard', 'vonage'] as const
export type FakeKind = (typeof fakeKinds)[number]

interface Use {
  readonly channel: 'sms' | 'whatsapp'
  /** By their names after `SENDER_MAIN_`. */
  readonly settings: Readonly<Record<string, string>>
  /** Follows the hook's address. */
  readonly hookPath?: string
  /** Follows the provider's address. */
  readonly basePath?: string
  /** The fake's own switches. */
  readonly extra?: Behaviour['extra']
  /** Code with which the provider refuses a message that may succeed later; undefined: it has none. */
  readonly laterCode?: string
}

export interface FakeSender {
  readonly fake: FakeProcess
  readonly channel: 'sms' | 'whatsapp'
  readonly laterCode: string | undefined
  /** Environment of a process that sends through the fake. */
  readonly environment: Readonly<Record<string, string>>
}

const HOOK_TOKEN = 'a-token-nobody-can-guess'

const uses: Readonly<Record<FakeKind, () => Use>> = {
  twilio: () => ({
    channel: 'sms',
    settings: {
      ACCOUNT_SID: twilioAccount.accountSid,
      AUTH_TOKEN: twilioAccount.authToken,
      FROM: '+15005550006',
    },
    laterCode: '20503',
  }),
  whatsapp: () => ({
    channel: 'whatsapp',
    settings: {
      PHONE_NUMBER_ID: whatsappAccount.phoneNumberId,
      ACCESS_TOKEN: whatsappAccount.accessToken,
      APP_SECRET: whatsappAccount.appSecret,
      VERIFY_TOKEN: whatsappAccount.verifyToken,
      BUSINESS_ACCOUNT_ID: whatsappAccount.businessAccountId,
    },
    basePath: GRAPH_VERSION,
    laterCode: '131016',
  }),
  infobip: () => ({
    channel: 'sms',
    settings: { API_KEY: infobipAccount.apiKey, HOOK_TOKEN: infobipAccount.hookToken, FROM: infobipAccount.from },
    laterCode: 'status-20',
  }),
  africastalking: () => ({
    channel: 'sms',
    settings: { USERNAME: 'acme', API_KEY: 'key', FROM: 'ACME', HOOK_TOKEN },
    hookPath: `/${HOOK_TOKEN}`,
    laterCode: '501',
  }),
  smsleopard: () => ({
    channel: 'sms',
    settings: { API_KEY: 'key', API_SECRET: 'secret', FROM: 'SMS_Leopard', HOOK_TOKEN },
    hookPath: `/${HOOK_TOKEN}`,
  }),
  vonage: () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    return {
      channel: 'sms',
      settings: {
        FROM: '15005550006',
        APPLICATION_ID: vonageAccount.applicationId,
        PRIVATE_KEY: privateKey.trim().replaceAll('\n', '\\n'),
        SIGNATURE_SECRET: vonageAccount.signatureSecret,
      },
      extra: { publicKey },
      laterCode: '1100',
    }
  },
}

/**
 * Starts a fake provider that posts its receipts to `publicUrl`. `releaseFakes` ends it.
 * @param publicUrl address of the process that serves the hooks
 * @param settings of the sender besides its account, by their names after `SENDER_MAIN_`
 */
export async function startFakeSender(
  kind: FakeKind,
  publicUrl: string,
  behaviour: Partial<Behaviour>,
  settings: Readonly<Record<string, string>>,
): Promise<FakeSender> {
  const use = uses[kind]()
  const fake = await startFake(kind, {
    ...behaviour,
    hookUrl: `${publicUrl}/hooks/main${use.hookPath ?? ''}`,
    ...(use.extra && { extra: use.extra }),
  })
  const all = { URL: `${fake.url}${use.basePath ?? ''}`, ...use.settings, ...settings }
  const environment = {
    PUBLIC_URL: publicUrl,
    SENDERS: `main:${kind}`,
    ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`SENDER_MAIN_${name}`, value])),
  }
  return { fake, channel: use.channel, laterCode: use.laterCode, environment }
}
