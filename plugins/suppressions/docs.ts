/** Documentation of the suppression routes. */
import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import { suppressionErrors } from './errors.ts'
import { importReport, liftReport, suppressionPage, suppressReport } from './schema.ts'

const tag = 'Suppressions'

const example = {
  phone: '+254712345678',
  channel: 'all',
  reason: 'opt_out',
  source: 'api',
  sender: null,
  code: null,
  note: 'By phone on 3 May',
  created_at: '2030-05-03T08:15:30.123Z',
}

export const listDocs = route({
  scope: 'suppressions:read',
  tag,
  summary: 'List suppressions',
  description:
    'Returns the phones that nothing is sent to, newest first, a page at a time: repeat the request with `cursor` set to `next_cursor` until that is null.',
  answers: [
    {
      status: 200,
      description: 'A page of suppressions',
      schema: suppressionPage,
      example: { data: [example], next_cursor: null },
    },
  ],
  errors: [errors.INVALID_REQUEST],
})

export const suppressDocs = route({
  scope: 'suppressions:write',
  tag,
  summary: 'Suppress phones',
  description:
    'Suppresses one or many phones, whether or not a customer has them. It holds from the answer on: messages that are queued are skipped, except those that a worker was allowed to start before. Repeating the request changes nothing.',
  answers: [
    { status: 200, description: 'The phones are suppressed', schema: suppressReport, example: { added: 1, known: 0 } },
  ],
  errors: [errors.INVALID_REQUEST],
  body: true,
})

export const liftDocs = route({
  scope: 'suppressions:write',
  tag,
  summary: 'Lift suppressions',
  description:
    'Lifts the suppressions of a phone, and returns which were lifted and which still hold. Those of an erased person cannot be lifted.',
  answers: [
    {
      status: 200,
      description: 'What was lifted',
      schema: liftReport,
      example: { lifted: [{ phone: '+254712345678', channel: 'all', reason: 'opt_out' }], kept: [] },
    },
  ],
  errors: [errors.INVALID_REQUEST, suppressionErrors.SUPPRESSION_NOT_FOUND, suppressionErrors.SUPPRESSION_ERASED],
})

export const importDocs = route({
  scope: 'suppressions:write',
  tag,
  summary: 'Import suppressions',
  description:
    'Imports suppressions from CSV with a header line, or from NDJSON, up to 64 MB, as the body arrives, read in the same way as POST /customers/import. Only the phone is required; columns `channel`, `reason` and `note` hold for their row. Invalid rows are refused and reported; all others are stored. If the connection breaks, stored rows stay: send the request again.',
  answers: [
    {
      status: 200,
      description: 'Report of the import',
      schema: importReport,
      example: {
        rows: 3,
        added: 1,
        known: 1,
        refused: 1,
        refusals: [{ line: 4, path: 'phone', message: 'The phone number is too short for KE (+254)' }],
        ignored_fields: ['name'],
        encoding: 'utf-8',
      },
    },
  ],
  errors: [errors.INVALID_REQUEST],
  streamed: {
    'text/csv': 'phone,reason,note\n0712345678,opt_out,By phone on 3 May\n',
    'application/x-ndjson': '{"phone":"+254712345678","channel":"sms","reason":"opt_out"}\n',
  },
})

export const exportDocs = route({
  scope: 'suppressions:read',
  tag,
  summary: 'Export suppressions as CSV',
  description:
    'Returns the suppressions that match as CSV, newest first. POST /suppressions/import accepts the file. Cells that a spreadsheet would execute have a leading apostrophe, which an import removes.',
  answers: [
    {
      status: 200,
      description: 'The suppressions',
      type: 'text/csv',
      schema: t.String(),
      example:
        'phone,channel,reason,note,source,sender,code,created_at\r\n+254712345678,all,opt_out,By phone on 3 May,api,,,2030-05-03T08:15:30.123Z\r\n',
    },
  ],
  errors: [errors.INVALID_REQUEST],
})
