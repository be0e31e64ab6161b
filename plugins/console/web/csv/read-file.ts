/** Reads a CSV file in the browser, part by part, with the API's own reader. */
import type { ImportColumns } from '../../../../core/messaging/contacts/csv/columns.ts'
import type { Encoding } from '../../../../core/messaging/contacts/csv/decode.ts'
import { openCsvReader, type SourceRow } from '../../../../core/messaging/contacts/csv/reader.ts'
import { inSlices } from '../../../../core/messaging/contacts/csv/slices.ts'

export interface Table {
  readonly names: readonly string[]
  /** First rows, as examples. */
  readonly sample: readonly (readonly string[])[]
}

/** As many as decide the type of a new attribute in the API. */
const SAMPLE = 200
/** Milliseconds of work without a break, before it is noticed. */
const BUSY_MS = 16

/** @throws CsvError for a file that is no CSV, or has no line of names */
export async function readTable(file: File): Promise<Table> {
  let names: readonly string[] = []
  const sample: (readonly string[])[] = []
  const choose = (given: readonly string[]): ImportColumns => {
    names = given
    return given.map(() => undefined)
  }
  const take = (rows: readonly SourceRow[]) => sample.push(...rows.slice(0, SAMPLE).map(({ cells }) => cells ?? []))
  await readRows(file, choose, (rows) => take(rows) < SAMPLE)
  return { names, sample: sample.slice(0, SAMPLE) }
}

/**
 * Reads every row below the line of names.
 * @param take gets some hundred rows at a time, and says whether to go on
 */
export async function readRows(
  file: File,
  choose: (names: readonly string[]) => ImportColumns,
  take: (rows: readonly SourceRow[]) => boolean,
): Promise<Encoding> {
  const reader = openCsvReader(choose)
  for await (const slice of inSlices(chunksOf(file), openPause())) if (!take(reader.push(slice))) return reader.encoding
  take(reader.end())
  return reader.encoding
}

/** Not every browser has an async iterator for streams. */
async function* chunksOf(file: File): AsyncGenerator<Uint8Array, void> {
  const reader = file.stream().getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}

function openPause(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < BUSY_MS) return
    await new Promise((resolve) => setTimeout(resolve))
    since = performance.now()
  }
}
