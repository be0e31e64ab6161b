/** Hooks of real kinds of senders on a test's database, called without a socket: Twilio, which carries both channels, and WhatsApp. */
import { createHmac } from 'node:crypto'
import type { Kysely } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { baseServer } from '../../core/http/server.ts'
import { openReceiptService } from '../../core/messaging/receipts/service.ts'
import type { Database } from '../../core/messaging/schema.ts'
import type { ReceiptsGrant } from '../../plugins/receipts/grant.ts'
import { hookRoutes } from '../../plugins/receipts/routes.ts'
import { twilioKind } from '../../plugins/twilio/plugin.ts'
import { whatsappKind } from '../../plugins/whatsapp/plugin.ts'
import { openLogged } from './api.ts'
import { twilioAccount } from './providers/twilio-parts.ts'
import { openSender } from './sender-use.ts'
import { entryOf, signed, whatsappSettings } from './whatsapp-posts.ts'

const PUBLIC_URL = 'https://example.org'

export interface HookApp {
  /** Somebody writes to Twilio's number. @returns status of the answer */
  sms(from: string, body: string, more?: Readonly<Record<string, string>>): Promise<number>
  /** Meta posts changes, such as `{ messages: [...] }`. */
  meta(change: object): Promise<number>
  /** Somebody writes by WhatsApp. */
  whatsapp(from: string, body: string): Promise<number>
}

export function openHookApp(db: Kysely<Database>): HookApp {
  const { accountSid, authToken } = twilioAccount
  const twilio = openSender(twilioKind, { accountSid, authToken, from: '+15005550006', url: 'http://127.0.0.1' }).sender
  const wa = openSender(whatsappKind, whatsappSettings).sender
  const senders: Readonly<Record<string, object>> = {
    main: { channels: twilioKind.channels, hook: twilio.hook },
    wa: { channels: whatsappKind.channels, hook: wa.hook },
  }
  const log = openLogged([])
  const grant = {
    messaging: { receipts: openReceiptService(db), senders: { get: (name: string) => senders[name] } },
    clock: systemClock,
    wakeUps: { notify: async () => {} },
    log,
    config: { publicUrl: PUBLIC_URL },
  } as unknown as ReceiptsGrant
  const app = baseServer({ log }).use(hookRoutes(grant))
  let messages = 0
  const post = async (path: string, body: string, headers: Headers) =>
    (await app.handle(new Request(`${PUBLIC_URL}${path}`, { method: 'POST', body, headers }))).status
  const meta = (change: object) => {
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [entryOf([change])] })
    return post('/hooks/wa', body, signed(new TextEncoder().encode(body)))
  }
  return {
    sms: (from, body, more = {}) => {
      const sid = `SM${String(++messages).padStart(32, '0')}`
      const fields = { MessageSid: sid, From: from, To: '+15005550006', Body: body, NumMedia: '0', ...more }
      const form = new URLSearchParams(fields).toString()
      const text = `${PUBLIC_URL}/hooks/main${Object.entries(fields)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flat()
        .join('')}`
      const signature = createHmac('sha1', authToken).update(text, 'utf8').digest('base64')
      return post(
        '/hooks/main',
        form,
        new Headers({ 'x-twilio-signature': signature, 'content-type': 'application/x-www-form-urlencoded' }),
      )
    },
    meta,
    whatsapp: (from, body) =>
      meta({
        contacts: [{ profile: { name: 'Amina' }, wa_id: from.slice(1) }],
        messages: [
          { from: from.slice(1), id: `wamid.${++messages}`, timestamp: '1749416383', type: 'text', text: { body } },
        ],
      }),
  }
}
