/** Import of customers from a file: rows are read as they arrive and written in batches, with a report of refused ones. */
import type { Clock } from '../../../core/clock.ts'
import { AppError, errors } from '../../../core/errors.ts'
import { checkRow, type ImportRow, mergeRows, type Refusal } from '../../../core/messaging/contacts/csv/check.ts'
import { chooseColumns } from '../../../core/messaging/contacts/csv/choose.ts'
import type { AttributeColumns } from '../../../core/messaging/contacts/csv/columns.ts'
import type { Encoding } from '../../../core/messaging/contacts/csv/decode.ts'
import { CsvError } from '../../../core/messaging/contacts/csv/error.ts'
import { openCsvReader, type RowReader, type SourceRow } from '../../../core/messaging/contacts/csv/reader.ts'
import { inSlices } from '../../../core/messaging/contacts/csv/slices.ts'
import type { CountryCode } from '../../../core/messaging/text/phone.ts'
import type { CustomerGrant } from '../grant.ts'
import { FIRST_BATCH, nextBatchSize } from './batch-size.ts'
import { type Body, openBody, requireSize } from './body.ts'
import { Ignored } from './ignored.ts'
import { measureTurns } from './longest-turn.ts'
import { openNdjsonReader } from './ndjson.ts'
import { type Declared, openNewAttributes } from './new-attributes.ts'

/** Refusals that a report lists; all are counted. */
export const MAX_REFUSALS = 500
/** Rows after which a search by name may need new statistics. */
const REFRESH_EVERY = 20_000

export interface ImportReport {
  /** Each is created, updated or refused. */
  readonly rows: number
  readonly created: number
  /** Rows of known customers, whether or not they changed anything. */
  readonly updated: number
  readonly refused: number
  readonly refusals: readonly Refusal[]
  /** Unknown columns or fields. */
  readonly ignored_fields: readonly string[]
  /** Attributes that it declared; absent where it may declare none. */
  readonly new_attributes?: readonly Declared[]
  readonly encoding: Encoding
}

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

export interface Import {
  readonly body: Body
  run(): Promise<ImportReport>
}

export interface ImportTools {
  readonly contacts: CustomerGrant['contacts']
  readonly clock: Clock
  readonly country: CountryCode
}

export interface ImportOptions {
  /** Columns that mean nothing else become attributes. */
  readonly declare: boolean
}

/** @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE; nothing is read then */
export function openImport(tools: ImportTools, request: Request, options: ImportOptions): Import {
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
  const body = openBody(request, tools.clock)
  return { body, run: () => take(tools, body, open, options).catch(answerable) }
}

function answerable(error: unknown): never {
  if (!(error instanceof CsvError)) throw error
  throw new AppError(errors.INVALID_REQUEST, error.message, [{ path: error.path, message: error.message }])
}

async function take(
  { contacts, clock, country }: ImportTools,
  body: Body,
  open: OpenReader,
  { declare }: ImportOptions,
): Promise<ImportReport> {
  const ignored = new Ignored()
  const attributes = await openNewAttributes(contacts, declare, (column) => ignored.add(column))
  const reader = open(ignored, { attributes: attributes.types, declare })
  const writer = openWriter(contacts.write, clock)
  let [rows, refused] = [0, 0]
  const refusals: Refusal[] = []
  const add = async (some: readonly SourceRow[]) => {
    for (const one of some) {
      if (++rows % REFRESH_EVERY === 0) await writer.refresh()
      const checked = checkRow(one, country, attributes.types)
      if ('row' in checked) writer.add(checked.row)
      else if (++refused <= MAX_REFUSALS) refusals.push(checked.refusal)
      if (writer.isFull()) await writer.write()
    }
  }
  for await (const slice of inSlices(body, () => clock.sleep(0))) await add(await attributes.take(reader.push(slice)))
  await add(await attributes.end(reader.end()))
  const created = await writer.end()
  return {
    rows,
    created,
    updated: rows - created - refused,
    refused,
    refusals,
    ignored_fields: [...ignored.names],
    ...(declare && { new_attributes: attributes.declared() }),
    encoding: reader.encoding,
  }
}

/** Writes rows in batches, each phone once in a batch. */
function openWriter(contacts: CustomerGrant['contacts']['write'], clock: Clock) {
  const batch = new Map<string, ImportRow>()
  let [created, size] = [0, FIRST_BATCH]
  const write = async () => {
    const written = [...batch.values()]
    batch.clear()
    const { result, longest } = await measureTurns(() => contacts.upsert(written), clock)
    created += result
    size = nextBatchSize(size, { rows: written.length, ms: longest })
  }
  // An import does not fail with them: a search takes longer.
  const refresh = () => contacts.refreshStatistics().catch(() => {})
  return {
    refresh,
    write,
    isFull: () => batch.size >= size,
    add: (row: ImportRow) => batch.set(row.phone, mergeRows(batch.get(row.phone), row)),
    /** @returns how many customers were new */
    end: async () => {
      await write()
      await refresh()
      return created
    },
  }
}
