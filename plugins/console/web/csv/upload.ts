/** Sends checked rows to the API. */
import type { ImportRow } from '../../../../core/messaging/contacts/csv/check.ts'
import { csvCell, csvLine } from '../../../../core/messaging/contacts/csv/write.ts'
import { send, write } from '../api/client.ts'
import { customerFields, type ImportReport } from '../api/types.ts'

/** @param key the same for the same rows, so that a repeated call returns the first report */
export async function uploadRows(rows: readonly ImportRow[], key: string): Promise<ImportReport> {
  const lines = rows.map((row) => csvLine(customerFields.map((name) => csvCell(row[name]))))
  const headers = { 'content-type': 'text/csv', 'idempotency-key': key }
  return (
    await send('POST', '/customers/import', { body: new Blob([csvLine([...customerFields]), ...lines]), headers })
  ).json()
}

/** Largest number of ids per call. */
const STEP = 50_000

export async function findIds(phones: readonly string[]): Promise<number[]> {
  const ids: number[] = []
  for (let at = 0; at < phones.length; at += STEP)
    ids.push(
      ...(await write<{ data: number[] }>('POST', '/customers/ids', { phones: phones.slice(at, at + STEP) })).data,
    )
  return ids
}
