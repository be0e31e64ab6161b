/** Sends checked rows to the API. */
import type { ImportRow } from '../../../../core/messaging/contacts/csv/check.ts'
import { attributeIn, customerFields, type ImportColumn } from '../../../../core/messaging/contacts/csv/columns.ts'
import { csvCell, csvLine } from '../../../../core/messaging/contacts/csv/write.ts'
import { joinTags } from '../../../../core/messaging/contacts/tags.ts'
import { ApiError, post, query, send, write } from '../api/client.ts'
import type { ImportReport } from '../api/types.ts'
import type { Checked } from './check.ts'
import type { NewAttribute } from './mapping.ts'

/**
 * Adds the new attributes, and imports the rows.
 * @param key the same for the same rows and consent, so that a repeated call returns the first report
 * @param consent recorded for each row; undefined: nothing is
 */
export async function uploadRows(
  checked: Pick<Checked, 'rows' | 'columns' | 'added'>,
  key: string,
  consent?: { readonly wording: string },
): Promise<ImportReport> {
  for (const attribute of checked.added) await declare(attribute)
  const headers = { 'content-type': 'text/csv', 'idempotency-key': key }
  const wording = consent?.wording.trim() || undefined
  const path = `/customers/import${query(consent ? { consent: 'given', consent_wording: wording } : {})}`
  return (await send('POST', path, { body: new Blob(csvOf(checked)), headers })).json()
}

/** An attribute that an earlier, failed call has added is there already. */
async function declare(attribute: NewAttribute): Promise<void> {
  try {
    await post('/attributes', attribute)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'ATTRIBUTE_EXISTS') throw error
  }
}

/** Lines with the API's own names of the columns. */
export function csvOf({ rows, columns }: Pick<Checked, 'rows' | 'columns'>): string[] {
  const more = columns.filter((column) => column !== undefined && !customerFields.some((field) => field === column))
  const taken: readonly ImportColumn[] = [...customerFields, ...more.flatMap((column) => column ?? [])]
  const lines = [...rows.values()].map((row) => csvLine(taken.map((column) => csvCell(cellOf(row, column)))))
  return [csvLine([...taken]), ...lines]
}

function cellOf(row: ImportRow, column: ImportColumn): string | null {
  const attribute = attributeIn(column)
  if (attribute !== undefined) {
    const value = row.attributes?.[attribute]
    return value === undefined ? null : String(value)
  }
  if (column === 'tags') return row.tags ? joinTags(row.tags) : null
  return row[column as Exclude<keyof ImportRow, 'tags' | 'attributes'>] ?? null
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
