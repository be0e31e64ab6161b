/** Resources that the plugin is granted, and the settings of each of its senders. */
import type { Static } from '@sinclair/typebox'
import { t } from 'elysia'

export const needs = { clock: true } as const

export const settings = t.Object({
  url: t.String({
    default: 'https://api.nexmo.com',
    pattern: '^https?://[^\\s/@?#]+[^\\s?#]*$',
    allowed: 'an http:// or https:// URL',
    description: 'Base URL of Vonage’s API; change it for another region, a proxy or a test server',
  }),
  from: t.String({
    pattern: '^(\\+?[1-9]\\d{2,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$',
    allowed: 'a phone number, a short code, or a name of up to 11 letters and digits',
    description: 'Phone number, short code or name that messages are sent from',
  }),
  applicationId: t.Optional(
    t.String({
      pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      allowed: 'a UUID',
      description: 'Application whose key signs the calls; receipts are sent for messages of an application only',
    }),
  ),
  privateKey: t.Optional(
    t.String({
      secret: true,
      description: 'Private key of the application in PEM format, with \\n for line breaks',
    }),
  ),
  apiKey: t.Optional(
    t.String({
      pattern: '^[0-9a-zA-Z]{1,64}$',
      allowed: 'letters and digits',
      description: 'API key of the account, used for sending if no application is set',
    }),
  ),
  apiSecret: t.Optional(t.String({ secret: true, description: 'API secret of the account' })),
  signatureSecret: t.Optional(
    t.String({ secret: true, description: 'Signature secret of the account: verifies webhook requests' }),
  ),
})

export type VonageSettings = Static<typeof settings>
