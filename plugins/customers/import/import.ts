/** Takes customers from a file: row by row as they arrive, written by the thousand, with a report of what was refused. */
import type { Kysely } from 'kysely'
import type { Database } from '../../../core/db/schema.ts'
import { AppError } from '../../../core/errors.ts'
import type { CountryCode } from '../../../core/phone.ts'
import { checkRow, type ImportRow, type Refusal } from './check.ts'
import { readCsv } from './csv.ts'
import { readNdjson } from './ndjson.ts'
import { Ignored } from './source.ts'
import { upsertCustomers } from './store.ts'
import { openText, requireSize, type Text } from './text.ts'

/** Refusals that a report lists; all are counted. */
export const MAX_REFUSALS = 500
const BATCH = 2000

export interface ImportReport {
  /** Each is created, updated or refused. */
  readonly rows: number
  readonly created: number
  /** Customers who were known, whether or not the row told anything new. */
  readonly updated: number
  readonly refused: number
  readonly refusals: readonly Refusal[]
  /** Columns or fields that are not ours. */
  readonly ignored_fields: readonly string[]
}

type Reader = typeof readCsv
const readers: Readonly<Record<string, Reader>> = {
  'text/csv': readCsv,
  'application/x-ndjson': readNdjson,
  'application/ndjson': readNdjson,
}

export interface Import {
  readonly text: Text
  run(): Promise<ImportReport>
}

/** @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE; nothing is read then */
export function openImport(db: Kysely<Pick<Database, 'customers'>>, request: Request, country: CountryCode): Import {
  const { headers } = request
  requireSize(headers)
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const read = readers[type.trim()]
  const foreign = parameters.some((one) => /charset=(?!"?utf-?8)/.test(one))
  if (!read || foreign || (headers.get('content-encoding') ?? 'identity') !== 'identity')
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      'The body must be CSV or NDJSON in UTF-8, not compressed: send the header "Content-Type: text/csv" or "application/x-ndjson"',
    )
  const text = openText(request)
  const ignored = new Ignored()
  return { text, run: () => take(db, read(text, ignored), ignored, country) }
}

async function take(
  db: Kysely<Pick<Database, 'customers'>>,
  source: ReturnType<Reader>,
  ignored: Ignored,
  country: CountryCode,
): Promise<ImportReport> {
  let [rows, created, refused] = [0, 0, 0]
  const refusals: Refusal[] = []
  const batch = new Map<string, ImportRow>()
  const write = async () => {
    created += await upsertCustomers(db, [...batch.values()])
    batch.clear()
  }
  for await (const one of source) {
    rows++
    const checked = checkRow(one, country)
    if ('row' in checked) batch.set(checked.row.phone, merge(batch.get(checked.row.phone), checked.row))
    else if (++refused <= MAX_REFUSALS) refusals.push(checked.refusal)
    if (batch.size >= BATCH) await write()
  }
  await write()
  return { rows, created, updated: rows - created - refused, refused, refusals, ignored_fields: [...ignored.names] }
}

/** Two rows of one phone count as if they had been written one after the other. */
function merge(before: ImportRow | undefined, row: ImportRow): ImportRow {
  if (!before) return row
  return {
    phone: row.phone,
    first_name: row.first_name ?? before.first_name,
    last_name: row.last_name ?? before.last_name,
    location: row.location ?? before.location,
    prefered_product: row.prefered_product ?? before.prefered_product,
  }
}
