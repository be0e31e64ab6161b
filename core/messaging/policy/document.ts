/** The document of policies: its schema, for the API, and the faults that a schema does not see. Pure. */
import { type Static, t } from 'elysia'
import { getCountries } from 'libphonenumber-js/max'
import type { ErrorDetail } from '../../errors.ts'
import { formatted, nullable, number, oneOf } from '../../http/fields.ts'
import { channels } from '../channel.ts'
import { countryName } from '../text/country-name.ts'
import { isCountry } from '../text/phone.ts'
import { ANY_COUNTRY, findClosed } from './quiet-hours.ts'
import type { PolicyDocument } from './tables.ts'
import { zonesOf } from './time-zones.ts'
import { weekdays } from './week.ts'

const strict = { additionalProperties: false } as const

/** More than three for each country. */
const MAX_QUIET_HOURS = 1000

/** More than anybody needs; each is compared for each message. */
const MAX_CAPS = 10
/** Messages to a person are kept for as long as they count. */
const MAX_CAP_MESSAGES = 100
const MAX_DAYS = 366
const MAX_GAP_HOURS = 24 * MAX_DAYS

const timeOfDay = (description: string, example: string) =>
  formatted({
    format: 'time-of-day',
    max: 5,
    description,
    example,
    problem: (text) =>
      /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text) ? undefined : 'must be a time of day from 00:00 to 23:59, such as 08:00',
  })

export const quietHoursSchema = t.Object(
  {
    country: formatted({
      format: 'country',
      max: 2,
      description:
        'Country of the phone: ISO 3166-1, two capital letters; `*`: every country without quiet hours of its own',
      example: 'KE',
      problem: (text) =>
        text === ANY_COUNTRY || isCountry(text)
          ? undefined
          : 'must be the code of a country in two capital letters, such as KE, or * for all others',
    }),
    from: timeOfDay('First minute in which no marketing message starts, by the recipient’s clock', '20:00'),
    to: timeOfDay(
      'The minute in which messages may start again; on the next day if it is not after `from`. As `from`: 24 hours',
      '08:00',
    ),
    days: t.Optional(
      t.Array(oneOf(weekdays, { description: 'Day of the week' }), {
        minItems: 1,
        maxItems: weekdays.length,
        uniqueItems: true,
        description: 'Days on which these hours begin; absent: every day',
        example: ['sat', 'sun'],
      }),
    ),
  },
  { ...strict, title: 'QuietHours' },
)

export const capSchema = t.Object(
  {
    messages: number({
      min: 1,
      max: MAX_CAP_MESSAGES,
      whole: true,
      description: 'Marketing messages to a person, at most, over all campaigns',
      example: 4,
    }),
    days: number({
      min: 1,
      max: MAX_DAYS,
      whole: true,
      description: 'Days, of 24 hours each, in which they count; at each moment those that have passed just now',
      example: 30,
    }),
    channel: t.Optional(
      oneOf(channels, {
        description: 'Only messages of this channel count, and are held; absent: those of all',
        example: 'sms',
      }),
    ),
  },
  { ...strict, title: 'Cap' },
)

export const minGapSchema = nullable(
  number({
    min: 1,
    max: MAX_GAP_HOURS,
    whole: true,
    description:
      'At least so many hours lie between two marketing messages to a person, on whatever channel. Null or absent: no such gap',
    example: 20,
  }),
)

export const policiesExample = {
  quiet_hours: [
    { country: 'KE', from: '19:00', to: '08:00' },
    { country: '*', from: '20:00', to: '08:00' },
  ],
  caps: [
    { messages: 4, days: 30 },
    { messages: 1, days: 1, channel: 'whatsapp' },
  ],
  min_gap_hours: 20,
}

/** Body of PUT /policies. */
export const policiesSchema = t.Object(
  {
    quiet_hours: t.Optional(
      t.Array(quietHoursSchema, {
        maxItems: MAX_QUIET_HOURS,
        description: `Times of day in which marketing messages wait, at most ${MAX_QUIET_HOURS}. Several entries of a country count together, in place of those of \`*\`. Absent or empty: messages are sent at any hour`,
        example: policiesExample.quiet_hours,
      }),
    ),
    caps: t.Optional(
      t.Array(capSchema, {
        maxItems: MAX_CAPS,
        description: `Caps on marketing messages to a person, at most ${MAX_CAPS}; all of them hold. Absent or empty: nobody’s messages are counted`,
        example: policiesExample.caps,
      }),
    ),
    min_gap_hours: t.Optional(minGapSchema),
  },
  { ...strict, title: 'Policies', example: policiesExample },
)
export type PolicyInput = Static<typeof policiesSchema>

/** Quiet hours that leave some country no time, each with its place. @param now milliseconds since the epoch */
export function findProblems({ quiet_hours = [] }: PolicyDocument, now: number): ErrorDetail[] {
  return findClosed(quiet_hours, getCountries(), now).map((country) => {
    const own = quiet_hours.findIndex((one) => one.country === country)
    const place = own < 0 ? quiet_hours.findIndex((one) => one.country === ANY_COUNTRY) : own
    const path = `quiet_hours[${place}]`
    const instead = own < 0 ? `, or add an entry for ${country}` : ''
    const why =
      zonesOf(country).length > 1
        ? '. A country of several time zones needs hours that are open in all of them at once'
        : ''
    const message = `${path} leaves no time at which messages to ${countryName(country)} may start: give it shorter hours${instead}${why}`
    return { path, message }
  })
}
