/** Schemas and documentation of the policy routes. */
import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import {
  capSchema,
  certainties,
  minGapSchema,
  policiesExample,
  presets,
  quietHoursSchema,
} from '../../core/messaging/policy/service.ts'

const tag = 'Policies'

const answer = t.Object(
  { quiet_hours: t.Array(quietHoursSchema), caps: t.Array(capSchema), min_gap_hours: minGapSchema },
  { title: 'PoliciesInForce' },
)

const preset = t.Object(
  {
    name: t.String({ description: 'Country, or EU' }),
    quiet_hours: t.Array(quietHoursSchema, { description: 'To be added to those of PUT /policies' }),
    certainty: t.String({
      enum: [...certainties],
      description:
        '`law`: a rule in force says so. `authority`: an authority is reported to say so. `custom`: no rule was found; this is what is usual',
    }),
    source: t.String({ description: 'What the hours rest on' }),
    note: t.String({ description: 'What they leave open' }),
  },
  { title: 'PolicyPreset' },
)

export const getDocs = route({
  scope: 'policies:read',
  tag,
  summary: 'Get the policies',
  description: 'Returns the policies that hold marketing messages back. At first there are none.',
  answers: [{ status: 200, description: 'The policies', schema: answer, example: policiesExample }],
})

export const putDocs = route({
  scope: 'policies:write',
  tag,
  summary: 'Replace the policies',
  description:
    'Replaces all policies; they are in force in every process within two seconds, and for messages that wait already. A marketing message that is due in the quiet hours of its recipient waits until they end, at no cost of attempts, and is checked again then. The clock is that of the customer’s `time_zone`, otherwise of the only time zone of the phone’s country; for a country of several time zones, a message starts only while all of them are out of their quiet hours.\n\nA marketing message that would be one more than a cap allows, or follow another one within the least gap, is skipped as `capped` when it is due. Messages count by phone, over all campaigns of marketing, from their start: those that were accepted, whose result is unknown, or that are being sent or tried again; not those that failed or were skipped. They count from when the first cap or gap is set.',
  answers: [{ status: 200, description: 'The new policies', schema: answer, example: policiesExample }],
  errors: [errors.INVALID_REQUEST],
  body: true,
})

export const presetsDocs = route({
  scope: 'policies:read',
  tag,
  summary: 'List presets of policies',
  description:
    'Returns quiet hours of some countries to start from, with their sources. They are no legal advice: check them before you rely on them.',
  answers: [
    {
      status: 200,
      description: 'The presets',
      schema: t.Object({ data: t.Array(preset) }, { title: 'PolicyPresets' }),
      example: { data: presets.slice(0, 1) },
    },
  ],
})
