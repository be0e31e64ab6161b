/** Schema and documentation of an import. */

import { type Static, t } from 'elysia'
import { errors } from '../../../core/errors.ts'
import { oneOf } from '../../../core/http/fields.ts'
import { route } from '../../../core/http/route.ts'
import { attributeTypes } from '../../../core/messaging/contacts/attributes.ts'
import { consentFields } from '../consents/schema.ts'
import { customerErrors } from '../errors.ts'

export const importQuery = t.Object(
  {
    new_attributes: t.Optional(
      oneOf(['true', 'false'], {
        description:
          'true: columns that mean nothing else become attributes, with the type that all values of their first 200 rows have, otherwise text. Default: false, and they are ignored',
        example: 'true',
      }),
    ),
    ...consentFields,
  },
  { additionalProperties: false },
)
export type ImportQuery = Static<typeof importQuery>

const report = t.Object(
  {
    rows: t.Integer({ description: 'All rows: each is created, updated or refused' }),
    created: t.Integer(),
    updated: t.Integer({ description: 'Rows of known customers, whether or not they changed anything' }),
    refused: t.Integer(),
    refusals: t.Array(t.Object({ line: t.Integer(), path: t.String(), message: t.String() }, { title: 'RefusedRow' }), {
      description: 'The first 500 refused rows: line number, starting at 1, field and problem',
    }),
    ignored_fields: t.Array(t.String(), { description: 'Unknown columns or fields' }),
    new_attributes: t.Optional(
      t.Array(
        t.Object({ name: t.String(), type: t.String({ enum: [...attributeTypes] }) }, { title: 'NewAttributeColumn' }),
        {
          description: 'Attributes that were declared; only with `new_attributes=true`',
        },
      ),
    ),
    consents_recorded: t.Optional(t.Integer({ description: 'New records of consent; only with `consent`' })),
    consents_withdrawn: t.Optional(
      t.Integer({ description: 'Rows of customers who have withdrawn consent, and stay so; only with `consent`' }),
    ),
    encoding: t.String({ description: 'Detected encoding: utf-8, utf-16le, utf-16be or windows-1252' }),
  },
  { title: 'ImportReport' },
)

const example = {
  rows: 3,
  created: 1,
  updated: 1,
  refused: 1,
  refusals: [{ line: 4, path: 'phone', message: 'The phone number is too short for KE (+254)' }],
  ignored_fields: ['email'],
  encoding: 'utf-8',
}

export const importDocs = route({
  scope: 'customers:write',
  tag: 'Customers',
  summary: 'Import customers',
  description:
    'Imports customers from CSV with a header line, or from NDJSON, up to 64 MB, as the body arrives. Columns may have common names (`Mobile`, `First name`, `City`) and be separated by commas, semicolons, tabs or pipes; the encoding may be UTF-8, UTF-16 or Windows-1252. Columns may be named after declared attributes (`points` or `attributes.points`); `tags` are separated by commas or semicolons. `consent=given` records that the customers of the file agreed to marketing. A row whose phone is known updates that customer with the values that it has: an empty cell changes nothing, and tags replace those of the customer. Invalid rows are refused and reported; all others are stored. If the connection breaks, stored rows stay: send the request again. With an `Idempotency-Key`, a body is imported only once: repeating the request within a day returns the first report, with the header `Idempotency-Replayed: true`.',
  answers: [{ status: 200, description: 'Report of the import', schema: report, example }],
  errors: [errors.INVALID_REQUEST, customerErrors.IDEMPOTENCY_KEY_IN_USE, customerErrors.IDEMPOTENCY_KEY_REUSED],
  streamed: {
    'text/csv': 'phone,first_name,location\n0712345678,Amina,Nairobi\n',
    'application/x-ndjson': '{"phone":"+254712345678","first_name":"Amina"}\n',
  },
  headers: { 'Idempotency-Key': 'Unique key of this import, 1 to 255 characters, such as a UUID' },
})
