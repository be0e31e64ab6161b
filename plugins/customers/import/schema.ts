/** Schema and documentation of an import's answer. */

import { t } from 'elysia'
import { errors } from '../../../core/errors.ts'
import { route } from '../../../core/http/route.ts'
import { customerErrors } from '../errors.ts'

const report = t.Object(
  {
    rows: t.Integer({ description: 'Each is created, updated or refused' }),
    created: t.Integer(),
    updated: t.Integer({ description: 'Of customers who were known, whether or not it told anything new' }),
    refused: t.Integer(),
    refusals: t.Array(t.Object({ line: t.Integer(), path: t.String(), message: t.String() }, { title: 'RefusedRow' }), {
      description: 'The first 500: the line, from 1, the field, and what is wrong with it',
    }),
    ignored_fields: t.Array(t.String(), { description: 'Columns or fields that are not known' }),
    encoding: t.String({ description: 'Encoding of the text: utf-8, utf-16le, utf-16be or windows-1252' }),
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
    'From CSV whose first line names the columns, or NDJSON, of up to 64 MB, read as it arrives. Columns may have their usual names (`Mobile`, `First name`, `City`), be separated by commas, semicolons, tabs or bars, and be written in UTF-8, UTF-16 or Windows-1252. A customer whose phone is known gets the values that the row has and keeps the others; rows that are wrong are refused and told of, and the rest is stored. Stored rows stay when the request breaks off: send it again. Under an `Idempotency-Key` a body is imported once, and whoever repeats it within a day gets the first report, with the header `Idempotency-Replayed: true`.',
  answers: [{ status: 200, description: 'What became of the rows', schema: report, example }],
  errors: [errors.INVALID_REQUEST, customerErrors.IDEMPOTENCY_KEY_IN_USE, customerErrors.IDEMPOTENCY_KEY_REUSED],
  streamed: {
    'text/csv': 'phone,first_name,location\n0712345678,Amina,Nairobi\n',
    'application/x-ndjson': '{"phone":"+254712345678","first_name":"Amina"}\n',
  },
  headers: { 'Idempotency-Key': 'A name for this import, 1 to 255 characters, such as a UUID' },
})
