/** Resources that the plugin is granted, and the settings of each of its senders. */
import type { Static } from '@sinclair/typebox'
import { t } from 'elysia'

export const needs = { clock: true } as const

export const settings = t.Object({
  url: t.String({
    default: 'https://api.twilio.com',
    pattern: '^https?://[^\\s/@?#]+[^\\s?#]*$',
    allowed: 'an http:// or https:// URL',
    description: 'Base URL of Twilio’s API; change it for another region, a proxy or a test server',
  }),
  accountSid: t.String({
    pattern: '^AC[0-9a-fA-F]{32}$',
    allowed: 'AC and 32 hexadecimal digits',
    description: 'Account SID, from Twilio’s console',
  }),
  authToken: t.String({
    secret: true,
    description: 'Auth token of the account: verifies webhook requests, and sends messages if no API key is set',
  }),
  from: t.Optional(
    t.String({
      pattern: '^((whatsapp:)?\\+[1-9]\\d{6,14}|\\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11})$',
      allowed: 'a phone number such as +15005550006, a short code, or a name of up to 11 letters and digits',
      description: 'Phone number, short code or name that messages are sent from',
    }),
  ),
  messagingServiceSid: t.Optional(
    t.String({
      pattern: '^MG[0-9a-fA-F]{32}$',
      allowed: 'MG and 32 hexadecimal digits',
      description: 'Messaging service that chooses the sender of each message',
    }),
  ),
  apiKeySid: t.Optional(
    t.String({
      pattern: '^SK[0-9a-fA-F]{32}$',
      allowed: 'SK and 32 hexadecimal digits',
      description: 'API key to use instead of the auth token for sending',
    }),
  ),
  apiKeySecret: t.Optional(t.String({ secret: true, description: 'Secret of the API key' })),
})

export type TwilioSettings = Static<typeof settings>
