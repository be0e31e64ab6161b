/** Schemas of the customer routes: bodies, queries and answers. */
import { type Static, t } from 'elysia'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { digits, MAX_ID, nullable, text } from '../../core/http/fields.ts'
import { pageQuery, paginationSchema } from '../../core/http/page.ts'
import { searchText } from '../../core/http/search.ts'
import { MAX_FIELD, MAX_PHONE } from '../../core/messaging/contacts/csv/check.ts'

const strict = { additionalProperties: false } as const

const phone = text({
  min: 1,
  max: MAX_PHONE,
  description: 'Phone number in international format, or in the national format of DEFAULT_COUNTRY; returned as E.164',
  example: '+254712345678',
})

const optional = (description: string, example: string) =>
  t.Optional(nullable(text({ max: MAX_FIELD, description, example })))

const facts = {
  first_name: optional('Fills {first_name}', 'Amina'),
  last_name: optional('Fills {last_name}', 'Otieno'),
  location: optional('Fills {location}', 'Nairobi'),
  prefered_product: optional('Fills {prefered_product}', 'Solar lamp'),
  preferred_product: optional('The same field as prefered_product, correctly spelt', 'Solar lamp'),
}

export const customerBody = t.Object({ phone, ...facts }, { ...strict, title: 'NewCustomer' })
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
}
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
    created_at: utcTime('Time at which it was created'),
    updated_at: utcTime('Time of its last change'),
  },
  { title: 'Customer' },
)
export const customerPage = t.Object(
  { data: t.Array(customerDetails), pagination: paginationSchema },
  { title: 'CustomerPage' },
)
