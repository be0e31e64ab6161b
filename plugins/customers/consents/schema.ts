/** Schemas of the consent routes. */
import { type Static, t } from 'elysia'
import { orNull, utcTime } from '../../../core/http/docs.ts'
import { digits, moment, oneOf, text } from '../../../core/http/fields.ts'
import {
  consentChannels,
  consentMethods,
  consentStatuses,
  MAX_WORDS,
  storedMethods,
} from '../../../core/messaging/consents/service.ts'

const strict = { additionalProperties: false } as const

export const MAX_LIMIT = 500

const about = {
  status: '`given`: the person agreed to marketing. `withdrawn`: they do not want it any more',
  channel: 'Default: `all`, which also holds for channels that come later',
  wording: 'Text that the person agreed to, or its version',
  evidence: 'What proves it: a form and an address, a file, the id of a message',
  capturedAt: 'Time at which the person said so; default: now. Of several records the one with the latest time decides',
}

export const consentBody = t.Object(
  {
    status: oneOf(consentStatuses, { description: about.status, example: 'given' }),
    channel: t.Optional(oneOf(consentChannels, { description: about.channel, example: 'all' })),
    purpose: t.Optional(
      oneOf(['marketing'], { description: 'The only purpose that needs consent', example: 'marketing' }),
    ),
    method: t.Optional(
      oneOf(consentMethods, { description: 'Way in which the person said so; default: `api`', example: 'web_form' }),
    ),
    wording: t.Optional(text({ max: MAX_WORDS, description: about.wording, example: 'Offers by SMS, version 3' })),
    evidence: t.Optional(
      text({ max: MAX_WORDS, description: about.evidence, example: 'example.com/join, order 1042' }),
    ),
    captured_at: t.Optional(moment({ description: about.capturedAt, example: '2026-01-31T09:00:00+03:00' })),
  },
  { ...strict, title: 'NewConsent', example: { status: 'given', method: 'web_form' } },
)
export type ConsentInput = Static<typeof consentBody>

/** Fields of an import: the same consent for all customers of the file. */
export const consentFields = {
  consent: t.Optional(
    oneOf(consentStatuses, {
      description:
        'Records for each customer of the file that they gave or withdrew consent to marketing. `given` changes nothing for those who have withdrawn; a record that a customer has already is not repeated',
      example: 'given',
    }),
  ),
  consent_channel: t.Optional(oneOf(consentChannels, { description: about.channel, example: 'all' })),
  consent_wording: t.Optional(
    text({ max: MAX_WORDS, description: about.wording, example: 'Offers by SMS, version 3' }),
  ),
  consent_evidence: t.Optional(text({ max: MAX_WORDS, description: about.evidence, example: 'Fair in Nairobi, May' })),
  consent_captured_at: t.Optional(moment({ description: about.capturedAt, example: '2026-01-31T09:00:00+03:00' })),
} as const

const fields = t.Object(consentFields)
export type ConsentFields = Static<typeof fields>

export const listQuery = t.Object(
  {
    cursor: t.Optional(text({ max: 64, description: 'next_cursor of the previous page' })),
    limit: t.Optional(
      digits({
        min: 1,
        description: `Records per page; default: 50, at most ${MAX_LIMIT}: a higher number counts as ${MAX_LIMIT}`,
      }),
    ),
  },
  strict,
)
export type ListQuery = Static<typeof listQuery>

export const consentDetails = t.Object(
  {
    id: t.String(),
    status: t.String({ enum: [...consentStatuses], description: about.status }),
    channel: t.String({ enum: [...consentChannels] }),
    purpose: t.String({ enum: ['marketing'] }),
    method: t.String({
      enum: [...storedMethods],
      description:
        '`carried_over`: a withdrawal that goes on with the customer’s new phone, or with the phone of a customer who was deleted',
    }),
    wording: orNull(t.String({ description: about.wording })),
    evidence: orNull(t.String({ description: about.evidence })),
    captured_at: utcTime('Time at which the person said so'),
    actor: orNull(
      t.String({ description: 'Caller who recorded it: `key:` and the beginning of the key’s hash, or `local`' }),
    ),
    created_at: utcTime('Time at which it was recorded'),
  },
  { title: 'Consent' },
)
export const consentPage = t.Object(
  { data: t.Array(consentDetails), next_cursor: orNull(t.String()) },
  { title: 'ConsentPage' },
)
