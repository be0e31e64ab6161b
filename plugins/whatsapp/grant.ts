/** Resources that the plugin is granted, and settings of each of its senders. */
import type { Static } from '@sinclair/typebox'
import { t } from 'elysia'
import type { SenderUse } from '../../core/messaging/senders/contract.ts'

export const needs = { clock: true } as const

export const settings = t.Object({
  phoneNumberId: t.String({
    pattern: '^\\d{5,30}$',
    allowed: 'the id of a phone number at Meta: digits, and not the number itself',
    description: 'Id of the WhatsApp phone number that sends',
  }),
  accessToken: t.String({
    pattern: '^\\S{20,}$',
    allowed: 'a token of a system user, without spaces',
    secret: true,
    description: 'Access token of Meta with the right whatsapp_business_messaging',
  }),
  appSecret: t.String({
    pattern: '^\\S{16,}$',
    allowed: 'the App Secret of the Meta app, without spaces',
    secret: true,
    description: 'App Secret of the Meta app, which signs receipts',
  }),
  verifyToken: t.String({
    minLength: 16,
    allowed: 'a random text of at least 16 characters',
    secret: true,
    description: 'Text that Meta shows when it checks the callback address; enter the same one at Meta',
  }),
  businessAccountId: t.Optional(
    t.String({
      pattern: '^\\d{5,30}$',
      allowed: 'the id of a WhatsApp Business Account: digits',
      description:
        'WhatsApp Business Account; when set, its templates can be listed, and receipts of other accounts of the same app are ignored',
    }),
  ),
  url: t.String({
    default: 'https://graph.facebook.com/v25.0',
    pattern: '^https?://[^\\s/]+\\S*$',
    allowed: 'an http:// or https:// URL with the version of the Graph API',
    description: 'Base address of the Graph API, with its version',
  }),
})

export type WhatsappUse = SenderUse<Static<typeof settings>>
