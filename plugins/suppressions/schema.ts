/** Schemas of the suppression routes: bodies, queries and answers. */
import { type Static, t } from 'elysia'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { digits, oneOf, text } from '../../core/http/fields.ts'
import { MAX_PHONE } from '../../core/messaging/contacts/csv/check.ts'
import { channels } from '../../core/messaging/schema.ts'
import {
  liftableReasons,
  suppressedChannels,
  suppressionReasons,
  suppressionSources,
} from '../../core/messaging/suppressions/service.ts'

const strict = { additionalProperties: false } as const

export const MAX_PHONES = 10_000
export const MAX_NOTE = 500
export const MAX_LIMIT = 500

const channel = oneOf(suppressedChannels, {
  description: '`all` also holds for channels that come later',
  example: 'all',
})
const reason = oneOf(liftableReasons, {
  description:
    '`opt_out`: the person does not want messages. `complaint`: they complained. `invalid`: nothing reaches the number. `manual`: any other reason',
  example: 'manual',
})

export const suppressBody = t.Object(
  {
    phones: t.Array(
      text({
        min: 1,
        max: MAX_PHONE,
        description: 'In international format, or in the national format of DEFAULT_COUNTRY',
      }),
      {
        description: `Phone numbers, at most ${MAX_PHONES}`,
        example: ['+254712345678'],
        minItems: 1,
        maxItems: MAX_PHONES,
      },
    ),
    channel: t.Optional(channel),
    reason: t.Optional(reason),
    note: t.Optional(
      text({ max: MAX_NOTE, description: 'Words for whoever looks at it later', example: 'By phone on 3 May' }),
    ),
  },
  { ...strict, title: 'NewSuppressions' },
)
export type SuppressRequest = Static<typeof suppressBody>

export const phonePath = t.Object({
  phone: text({
    min: 1,
    max: MAX_PHONE,
    description: 'Phone number, as for POST /suppressions',
    example: '+254712345678',
  }),
})
export const liftQuery = t.Object(
  {
    channel: t.Optional(
      oneOf(suppressedChannels, {
        description:
          'Only suppressions for exactly this channel: `sms` leaves one for `all` as it is. Default: all of them',
        example: 'sms',
      }),
    ),
    reason: t.Optional(
      oneOf(liftableReasons, { description: 'Only suppressions for this reason', example: 'opt_out' }),
    ),
  },
  strict,
)

const filter = {
  reason: t.Optional(
    oneOf(suppressionReasons, { description: 'Only suppressions for this reason', example: 'opt_out' }),
  ),
  channel: t.Optional(
    oneOf(channels, {
      description: 'Only suppressions that hold on this channel: those for all channels too',
      example: 'sms',
    }),
  ),
  q: t.Optional(
    text({
      max: MAX_PHONE,
      description: 'Only phones that begin with this number, in E.164 or in the national format of DEFAULT_COUNTRY',
      example: '+2547123',
    }),
  ),
}
export const exportQuery = t.Object(filter, strict)
export type FilterQuery = Static<typeof exportQuery>
export const listQuery = t.Object(
  {
    ...filter,
    cursor: t.Optional(text({ max: 64, description: 'next_cursor of the previous page' })),
    limit: t.Optional(
      digits({
        min: 1,
        description: `Suppressions per page; default: 50, at most ${MAX_LIMIT}: a higher number counts as ${MAX_LIMIT}`,
      }),
    ),
  },
  strict,
)
export type ListQuery = Static<typeof listQuery>

export const importQuery = t.Object(
  {
    channel: t.Optional(
      oneOf(suppressedChannels, { description: 'For rows without a channel; default: `all`', example: 'all' }),
    ),
    reason: t.Optional(
      oneOf(liftableReasons, { description: 'For rows without a reason; default: `manual`', example: 'opt_out' }),
    ),
  },
  strict,
)
export type ImportQuery = Static<typeof importQuery>

const which = {
  phone: t.String({ description: 'E.164' }),
  channel: t.String({ enum: [...suppressedChannels] }),
  reason: t.String({ enum: [...suppressionReasons] }),
}
const details = t.Object(
  {
    ...which,
    source: t.String({
      enum: [...suppressionSources],
      description:
        '`api`, `import`: a person or a program added it. `answer`, `receipt`: a provider reported it. `inbound`: the person wrote it. `link`: the person followed a link',
    }),
    sender: orNull(t.String({ description: 'Name of the sender that it came through' })),
    code: orNull(t.String({ description: 'Code of the provider' })),
    note: orNull(t.String()),
    created_at: utcTime('Time at which it was added'),
  },
  { title: 'Suppression' },
)
export const suppressionPage = t.Object(
  { data: t.Array(details), next_cursor: orNull(t.String()) },
  { title: 'SuppressionPage' },
)
export const suppressReport = t.Object(
  {
    added: t.Integer({ description: 'New suppressions' }),
    known: t.Integer({ description: 'Phones that were suppressed before for the same channel and reason' }),
  },
  { title: 'SuppressReport' },
)
export const liftReport = t.Object(
  {
    lifted: t.Array(t.Object(which, { title: 'LiftedSuppression' })),
    kept: t.Array(details, { description: 'Suppressions of the phone that still hold' }),
  },
  { title: 'LiftReport' },
)
export const importReport = t.Object(
  {
    rows: t.Integer({ description: 'All rows: each is added, known or refused' }),
    added: t.Integer(),
    known: t.Integer(),
    refused: t.Integer(),
    refusals: t.Array(
      t.Object({ line: t.Integer(), path: t.String(), message: t.String() }, { title: 'RefusedSuppression' }),
      {
        description: 'The first 500 refused rows: line number, starting at 1, field and problem',
      },
    ),
    ignored_fields: t.Array(t.String(), { description: 'Unknown columns or fields' }),
    encoding: t.String({ description: 'Detected encoding: utf-8, utf-16le, utf-16be or windows-1252' }),
  },
  { title: 'SuppressionImportReport' },
)
