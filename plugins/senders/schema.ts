/** Schemas and documentation of the sender routes. */
import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { nullable, number, oneOf, text } from '../../core/http/fields.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { channels } from '../../core/messaging/schema.ts'

const tag = 'Senders'
const strict = { additionalProperties: false } as const

export const senderPath = t.Object({
  name: text({ min: 1, max: 30, description: 'Name of the sender, as in SENDERS', example: 'main' }),
})
export const routePath = t.Object({ channel: oneOf(channels, { description: 'Channel of the route', example: 'sms' }) })

export const changeBody = t.Object(
  {
    rate: t.Optional(
      nullable(
        number({
          min: 0.01,
          max: 100_000,
          description: 'Segments or messages per second, over all processes; null: the value of the settings',
          example: 50,
        }),
      ),
    ),
    concurrency: t.Optional(
      nullable(
        number({
          min: 1,
          max: 10_000,
          whole: true,
          description: 'Maximum number of messages in flight, over all processes; null: the value of the settings',
          example: 20,
        }),
      ),
    ),
    paused: t.Optional(
      t.Boolean({ description: 'True to pause the sender: it starts no more messages', example: true }),
    ),
  },
  { ...strict, title: 'SenderChanges', minProperties: 1 },
)

export const routeBody = t.Object(
  {
    senders: t.Nullable(
      t.Array(text({ min: 1, max: 30 }), {
        description: 'Names of senders in order of preference; null: the route of the settings, once a process starts',
        example: ['main', 'spare'],
        maxItems: 20,
      }),
    ),
    countries: t.Optional(
      t.Record(t.String(), t.Array(text({ min: 1, max: 30 }), { maxItems: 20 }), {
        description:
          'All countries whose phones go by other senders, by ISO 3166 code, each with its senders in order of preference; {}: none. Absent: they stay as they are. Null in `senders` takes them back to the settings too',
        example: { KE: ['at', 'main'] },
      }),
    ),
  },
  { ...strict, title: 'RouteChange' },
)

const sender = t.Object(
  {
    name: t.String(),
    kind: t.String({ description: 'Kind of sender: the provider that it talks to' }),
    channels: t.Array(t.String()),
    unit: t.String({ enum: ['segment', 'message'], description: 'Unit of the rate' }),
    rate: orNull(t.Number({ description: 'Units per second; null: no limit' })),
    rate_now: orNull(
      t.Number({
        description: 'Current rate: it is halved when the provider asks to slow down, and grows back within a minute',
      }),
    ),
    concurrency: orNull(t.Integer({ description: 'Maximum number of messages in flight; null: no limit' })),
    in_flight: t.Integer({ description: 'Messages in flight in all processes' }),
    processes: t.Integer({ description: 'Number of running processes that have this sender' }),
    paused: orNull(t.Object({ at: utcTime('Time of the pause'), by: t.String() })),
    held_until: orNull(utcTime('Time until which the provider asked for no more messages')),
    circuit: orNull(
      t.Object(
        {
          reason: t.String({ description: 'Error code of the failures' }),
          opened_at: utcTime('Time at which it was paused'),
          probe_at: utcTime('Time at which the next message may be tried'),
        },
        { description: 'Set while the sender is paused because it keeps failing' },
      ),
    ),
  },
  { title: 'Sender' },
)

const senderExample = {
  name: 'main',
  kind: 'twilio',
  channels: ['sms', 'whatsapp'],
  unit: 'segment',
  rate: 50,
  rate_now: 50,
  concurrency: 20,
  in_flight: 12,
  processes: 3,
  paused: null,
  held_until: null,
  circuit: null,
}

const routeSchema = t.Object(
  {
    channel: t.String({ enum: [...channels] }),
    senders: t.Array(t.String(), { description: 'Names of senders in order of preference' }),
    countries: t.Record(t.String(), t.Array(t.String()), {
      description: 'Countries whose phones go by other senders, by ISO 3166 code',
    }),
    set_at: orNull(utcTime('Time at which it was set over the API; null: it comes from the settings')),
  },
  { title: 'Route' },
)
const routeExample = { channel: 'sms', senders: ['main', 'spare'], countries: { KE: ['at', 'main'] }, set_at: null }

export const listDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'List senders',
  description: 'Returns all senders with their limits, pauses and circuits, which all processes share.',
  answers: [
    {
      status: 200,
      description: 'The senders, by name',
      schema: t.Object({ senders: t.Array(sender) }, { title: 'SenderList' }),
      example: { senders: [senderExample] },
    },
  ],
})

export const getDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'Get a sender',
  description: 'Returns a sender with its limits, pause and circuit, which all processes share.',
  answers: [{ status: 200, description: 'The sender', schema: sender, example: senderExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SENDER_NOT_FOUND],
})

export const changeDocs = route({
  scope: 'senders:write',
  tag,
  summary: 'Update a sender',
  description:
    'Changes the limits of a sender, or pauses or resumes it. Every process applies the change within a second; messages in flight are finished.',
  answers: [{ status: 200, description: 'The updated sender', schema: sender, example: senderExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SENDER_NOT_FOUND],
  body: true,
})

export const checkDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'Check a sender’s account',
  description:
    'Checks the account at the provider without sending a message. `ok` is false if the provider rejects the credentials or cannot be reached.',
  answers: [
    {
      status: 200,
      description: 'The provider’s answer',
      schema: t.Object(
        {
          name: t.String(),
          ok: t.Boolean(),
          code: orNull(t.String({ description: 'Error code, if the check failed' })),
          detail: orNull(t.String()),
        },
        { title: 'SenderCheck' },
      ),
      example: { name: 'main', ok: true, code: null, detail: 'Account "Acme" is active' },
    },
  ],
  errors: [
    errors.INVALID_REQUEST,
    messagingErrors.SENDER_NOT_FOUND,
    messagingErrors.SENDER_NOT_OPEN,
    messagingErrors.SENDER_UNCHECKABLE,
  ],
})

const listedTemplate = t.Object({
  name: t.String(),
  language: t.String(),
  status: t.String({ description: 'The provider’s word for it: `approved`, `pending`, `rejected`, `paused`, ...' }),
  category: orNull(t.String()),
  text: orNull(t.String({ description: 'Its text, with {{1}}, {{2}}, ... as placeholders' })),
  parameters: t.Integer({ description: 'Number of placeholders in its text' }),
  unusable: orNull(t.String({ description: 'Reason why a campaign cannot use it; null if it can' })),
})

export const templatesDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'List a sender’s WhatsApp templates',
  description:
    'Asks the provider for the templates that a campaign may name in `template`. `ok` is false if the provider rejects the credentials or cannot be reached.',
  answers: [
    {
      status: 200,
      description: 'The provider’s answer',
      schema: t.Object(
        {
          name: t.String(),
          ok: t.Boolean(),
          code: orNull(t.String({ description: 'Error code, if the provider could not be asked' })),
          detail: orNull(t.String()),
          templates: t.Array(listedTemplate),
        },
        { title: 'SenderTemplates' },
      ),
      example: {
        name: 'wa',
        ok: true,
        code: null,
        detail: null,
        templates: [
          {
            name: 'spring_sale',
            language: 'en_US',
            status: 'approved',
            category: 'marketing',
            text: 'Hi {{1}}, {{2}} is back!',
            parameters: 2,
            unusable: null,
          },
        ],
      },
    },
  ],
  errors: [
    errors.INVALID_REQUEST,
    messagingErrors.SENDER_NOT_FOUND,
    messagingErrors.SENDER_NOT_OPEN,
    messagingErrors.SENDER_WITHOUT_TEMPLATES,
  ],
})

export const routesDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'List routes',
  description: 'Returns the senders of each channel, in the order in which they are tried.',
  answers: [
    {
      status: 200,
      description: 'The routes, by channel',
      schema: t.Object({ routes: t.Array(routeSchema) }, { title: 'RouteList' }),
      example: { routes: [routeExample] },
    },
  ],
})

export const setRouteDocs = route({
  scope: 'senders:write',
  tag,
  summary: 'Set the route of a channel',
  description:
    'Sets the senders of a channel, and of countries whose phones go by other senders. A sender is used while those before it are paused or failing. Every process applies the change within a second; recipients who were queued before a country had senders of its own go on by the senders of the channel.',
  answers: [{ status: 200, description: 'The updated route', schema: routeSchema, example: routeExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.INVALID_ROUTE],
  body: true,
})
