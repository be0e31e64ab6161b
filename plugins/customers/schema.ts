/** Schemas of the customer routes: bodies, queries and answers. */
import { type Static, t } from 'elysia'
import { answeredValues, orNull, utcTime } from '../../core/http/docs.ts'
import { digits, formatted, MAX_ID, nullable, text, valuesByName } from '../../core/http/fields.ts'
import { pageQuery, paginationSchema } from '../../core/http/page.ts'
import { searchText } from '../../core/http/search.ts'
import { consentStatuses } from '../../core/messaging/consents/service.ts'
import { MAX_FIELD, MAX_PHONE } from '../../core/messaging/contacts/csv/check.ts'
import { MAX_LANGUAGE, MAX_TIME_ZONE, readLanguage, readTimeZone } from '../../core/messaging/contacts/locale.ts'
import { MAX_TAG, MAX_TAGS } from '../../core/messaging/contacts/tags.ts'
import { type Channel, channels } from '../../core/messaging/schema.ts'
import { suppressionReasons } from '../../core/messaging/suppressions/service.ts'
import { consentBody } from './consents/schema.ts'

const strict = { additionalProperties: false } as const

const phone = text({
  min: 1,
  max: MAX_PHONE,
  description: 'Phone number in international format, or in the national format of DEFAULT_COUNTRY; returned as E.164',
  example: '+254712345678',
})

const optional = (description: string, example: string) =>
  t.Optional(nullable(text({ max: MAX_FIELD, description, example })))

/** Form of a text that `read` puts into its usual spelling. */
const problemOf = (read: (text: string) => object) => (value: string) => {
  const result = read(value)
  return 'problem' in result ? String(result.problem) : undefined
}

const facts = {
  first_name: optional('Fills {first_name}', 'Amina'),
  last_name: optional('Fills {last_name}', 'Otieno'),
  location: optional('Fills {location}', 'Nairobi'),
  prefered_product: optional('Fills {prefered_product}', 'Solar lamp'),
  preferred_product: optional('The same field as prefered_product, correctly spelt', 'Solar lamp'),
  language: t.Optional(
    nullable(
      formatted({
        format: 'language-tag',
        max: MAX_LANGUAGE,
        problem: problemOf(readLanguage),
        description: 'Language as a BCP 47 tag, in which numbers and dates are written; without one DEFAULT_LANGUAGE',
        example: 'en-KE',
      }),
    ),
  ),
  time_zone: t.Optional(
    nullable(
      formatted({
        format: 'time-zone',
        max: MAX_TIME_ZONE,
        problem: problemOf(readTimeZone),
        description: 'Time zone by its name in the IANA database',
        example: 'Africa/Nairobi',
      }),
    ),
  ),
  tags: t.Optional(
    t.Array(text({ min: 1, max: MAX_TAG, description: 'Without commas and semicolons; stored in lower case' }), {
      maxItems: MAX_TAGS,
      description: `All tags of the customer, at most ${MAX_TAGS}`,
      example: ['vip', 'newsletter'],
    }),
  ),
  attributes: t.Optional(
    valuesByName({
      description:
        'Values of attributes that are declared with POST /attributes, by name: text, a number, true or false, or a date such as 2030-01-31. Null or empty text removes a value; attributes that are not named keep theirs',
      example: { points: 1250 },
    }),
  ),
}

export const customerBody = t.Object(
  { phone, ...facts, consent: t.Optional(consentBody) },
  { ...strict, title: 'NewCustomer' },
)
export const customerChanges = t.Object(
  { phone: t.Optional(phone), ...facts },
  { ...strict, title: 'CustomerChanges', minProperties: 1 },
)
/** Fields that both bodies may have. */
export type CustomerInput = Static<typeof customerChanges>

export const customerPath = t.Object({
  id: digits({ min: 1, max: MAX_ID, description: 'Id of the customer', example: 1 }),
})

const filter = {
  q: t.Optional(
    searchText(
      'Only customers whose name contains each of these words, in any case and without regard to accents, or whose phone begins with this number, in E.164 or in the national format of DEFAULT_COUNTRY',
      'amina',
    ),
  ),
  location: t.Optional(searchText('Only customers whose location contains each of these words', 'nairobi')),
  prefered_product: t.Optional(
    searchText('Only customers whose preferred product contains each of these words', 'lamp'),
  ),
  tag: t.Optional(text({ max: MAX_TAG, description: 'Only customers with this tag', example: 'vip' })),
  attribute: t.Optional(
    text({
      max: 250,
      description: 'Only customers whose attribute has this value: its name, a colon and the value',
      example: 'points:1250',
    }),
  ),
}
/** Filter of a list, as it is asked for. */
export type FilterQuery = Static<typeof countQuery>
export const countQuery = t.Object(filter, strict)
export const customerCount = t.Object({ count: t.Integer() }, { title: 'CustomerCount' })
export const listQuery = t.Object({ ...pageQuery, ...filter }, strict)

/** Ids on a page: as many as one call to /send accepts. */
export const MAX_IDS = 100_000
const cursor = text({ max: 64, description: 'next_cursor of the previous page' })
export const idsQuery = t.Object({ ...filter, cursor: t.Optional(cursor) }, strict)

export const idsPage = t.Object(
  { data: t.Array(t.Integer()), next_cursor: orNull(t.String()) },
  { title: 'CustomerIdPage' },
)

export const lookupBody = t.Object(
  {
    phones: t.Array(text({ max: MAX_PHONE }), {
      description: `Phone numbers in E.164, at most ${MAX_IDS}`,
      example: ['+254712345678'],
      maxItems: MAX_IDS,
    }),
  },
  { ...strict, title: 'PhoneLookup' },
)
export const lookupAnswer = t.Object(
  {
    data: t.Array(t.Integer(), { description: 'Ids of the customers, in ascending order' }),
  },
  { title: 'CustomerIds' },
)

export const customerDetails = t.Object(
  {
    id: t.Integer(),
    first_name: orNull(t.String()),
    last_name: orNull(t.String()),
    phone: t.String({ description: 'E.164' }),
    location: orNull(t.String()),
    prefered_product: orNull(t.String()),
    language: orNull(t.String({ description: 'BCP 47 tag' })),
    time_zone: orNull(t.String({ description: 'Name in the IANA time zone database' })),
    tags: t.Array(t.String()),
    attributes: answeredValues('Values by the names of attributes; those without a value are absent'),
    suppressed: t.Array(
      t.Object(
        {
          channel: t.String({ enum: [...channels] }),
          reason: t.String({ enum: [...suppressionReasons] }),
        },
        { title: 'SuppressedOn' },
      ),
      { description: 'Channels on which nothing is sent to the phone, and why; empty for nearly everybody' },
    ),
    consent: t.Object(
      Object.fromEntries(
        channels.map((channel) => [channel, t.String({ enum: [...consentStatuses, 'none'] })]),
      ) as Readonly<Record<Channel, ReturnType<typeof t.String>>>,
      { title: 'ConsentByChannel', description: 'Consent to marketing, by channel: what was recorded last decides' },
    ),
    created_at: utcTime('Time at which it was created'),
    updated_at: utcTime('Time of its last change'),
  },
  { title: 'Customer' },
)
export const customerPage = t.Object(
  { data: t.Array(customerDetails), pagination: paginationSchema },
  { title: 'CustomerPage' },
)
