/** A file that a request brings: its format and its rows, the same for everything that is imported by phone. */
import type { Clock } from '../../../clock.ts'
import { AppError, errors } from '../../../errors.ts'
import { chooseColumns } from '../csv/choose.ts'
import type { AttributeColumns } from '../csv/columns.ts'
import { CsvError } from '../csv/error.ts'
import { openCsvReader, type RowReader } from '../csv/reader.ts'
import { type Body, openBody, requireSize } from './body.ts'
import { Ignored } from './ignored.ts'
import { openNdjsonReader } from './ndjson.ts'

type OpenReader = (ignored: Ignored, attributes: AttributeColumns) => RowReader

const openCsv: OpenReader = (ignored, attributes) =>
  openCsvReader((names) => {
    const columns = chooseColumns(names, attributes)
    for (const [nth, name] of names.entries()) if (!columns[nth]) ignored.add(name)
    return columns
  })

const readers: Readonly<Record<string, OpenReader>> = {
  'text/csv': openCsv,
  'application/x-ndjson': openNdjsonReader,
  'application/ndjson': openNdjsonReader,
}
/** Charsets whose encoding the bytes show; text of any other would be read as nonsense. */
const charset = /^\s*charset="?(utf-?8|us-ascii|utf-16(le|be)?|windows-1252|iso-8859-1|latin1)"?\s*$/

export interface Source {
  readonly body: Body
  /** Unknown columns or fields, as far as it was read. */
  readonly ignored: Ignored
  openReader(attributes: AttributeColumns): RowReader
}

/** @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE; nothing is read then */
export function openSource(request: Request, clock: Clock): Source {
  const { headers } = request
  requireSize(headers)
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const open = readers[type.trim()]
  const foreign = parameters.some((one) => one.includes('charset=') && !charset.test(one))
  if (!open || foreign || (headers.get('content-encoding') ?? 'identity') !== 'identity')
    throw new AppError(
      errors.UNSUPPORTED_MEDIA_TYPE,
      'The body must be CSV or NDJSON in UTF-8, UTF-16 or Windows-1252, not compressed: send the header "Content-Type: text/csv" or "application/x-ndjson"',
    )
  const ignored = new Ignored()
  return { body: openBody(request, clock), ignored, openReader: (attributes) => open(ignored, attributes) }
}

/** Turns a fault of the file into an answer. */
export function answerable(error: unknown): never {
  if (!(error instanceof CsvError)) throw error
  throw new AppError(errors.INVALID_REQUEST, error.message, [{ path: error.path, message: error.message }])
}
