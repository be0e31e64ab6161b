/** Schemas and documentation of the routes about senders. */
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
export const routePath = t.Object({ channel: oneOf(channels, { description: 'The channel' }) })

export const changeBody = t.Object(
  {
    rate: t.Optional(
      nullable(
        number({
          min: 0.01,
          max: 100_000,
          description: 'Segments or messages a second, over all processes; null: as the settings say',
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
          description: 'Messages in flight at once, over all processes; null: as the settings say',
          example: 20,
        }),
      ),
    ),
    paused: t.Optional(t.Boolean({ description: 'True: nothing more is started through it' })),
  },
  { ...strict, title: 'SenderChanges', minProperties: 1 },
)

export const routeBody = t.Object(
  {
    senders: t.Nullable(
      t.Array(text({ min: 1, max: 30 }), {
        description: 'Names, the first choice first; null: as the settings say, from the next start of a process on',
        example: ['main', 'spare'],
        maxItems: 20,
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
    rate: orNull(t.Number({ description: 'Units a second; null: no limit' })),
    rate_now: orNull(
      t.Number({
        description: 'The rate now: it is halved when the provider asks to slow down, and grows back within a minute',
      }),
    ),
    concurrency: orNull(t.Integer({ description: 'Messages in flight at once; null: no limit' })),
    in_flight: t.Integer({ description: 'Messages in flight in all processes' }),
    processes: t.Integer({ description: 'Running processes that have it' }),
    paused: orNull(t.Object({ at: utcTime('Time of the pause'), by: t.String() })),
    held_until: orNull(utcTime('The provider asked to be left alone until then')),
    circuit: orNull(
      t.Object(
        {
          reason: t.String({ description: 'Code of the failures' }),
          opened_at: utcTime('Time at which it was paused'),
          probe_at: utcTime('Time of the next test message'),
        },
        { description: 'Set while it is paused because it fails' },
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
    senders: t.Array(t.String(), { description: 'The first choice first' }),
    set_at: orNull(utcTime('Time at which it was set here; null: it is as the settings say')),
  },
  { title: 'Route' },
)
const routeExample = { channel: 'sms', senders: ['main', 'spare'], set_at: null }

export const listDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'List senders',
  description: 'Limits, pauses and circuits, as all processes see them now.',
  answers: [
    {
      status: 200,
      description: 'By name',
      schema: t.Object({ senders: t.Array(sender) }, { title: 'SenderList' }),
      example: { senders: [senderExample] },
    },
  ],
})

export const getDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'Get a sender',
  description: 'Limits, pause and circuit, as all processes see them now.',
  answers: [{ status: 200, description: 'The sender', schema: sender, example: senderExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SENDER_NOT_FOUND],
})

export const changeDocs = route({
  scope: 'senders:write',
  tag,
  summary: 'Change a sender’s limits, or pause it',
  description: 'In force in every process within a second, while messages are sent. Messages in flight are finished.',
  answers: [{ status: 200, description: 'The sender now', schema: sender, example: senderExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SENDER_NOT_FOUND],
  body: true,
})

export const checkDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'Ask the provider whether the account works',
  description: 'Sends no message. `ok` is false where the provider refuses the credentials or cannot be reached.',
  answers: [
    {
      status: 200,
      description: 'The provider’s answer',
      schema: t.Object(
        {
          name: t.String(),
          ok: t.Boolean(),
          code: orNull(t.String({ description: 'Code of what is wrong' })),
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

export const routesDocs = route({
  scope: 'senders:read',
  tag,
  summary: 'List routes',
  description: 'The senders of each channel, in the order in which they are tried.',
  answers: [
    {
      status: 200,
      description: 'By channel',
      schema: t.Object({ routes: t.Array(routeSchema) }, { title: 'RouteList' }),
      example: { routes: [routeExample] },
    },
  ],
})

export const setRouteDocs = route({
  scope: 'senders:write',
  tag,
  summary: 'Set the route of a channel',
  description: 'A sender is used while those before it are paused or fail. In force in every process within a second.',
  answers: [{ status: 200, description: 'The route now', schema: routeSchema, example: routeExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.INVALID_ROUTE],
  body: true,
})
