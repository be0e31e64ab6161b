/** The recipients of a campaign as the API shows them: a page at a time, or all of them as CSV. */
import { readCursor, readPair, writeCursor, writePair } from '../../core/http/cursor.ts'
import { isoTime } from '../../core/http/time.ts'
import { answerCsv } from '../../core/messaging/contacts/csv/answer.ts'
import { csvCell, csvLine, csvPhone } from '../../core/messaging/contacts/csv/write.ts'
import {
  FIRST,
  type Place,
  type RecipientFilter,
  type RecipientRow,
  readSearch,
} from '../../core/messaging/recipients/service.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import type { CampaignGrant } from './grant.ts'
import type { ExportQuery, MessagesQuery } from './schema.ts'

type Recipients = CampaignGrant['messaging']['recipients']

const DEFAULT_LIMIT = 50
export const MAX_LIMIT = 500
/** Rows of an export that are in memory at once. */
const EXPORT_STEP = 2000

/** Campaign whose recipients are read, and the country of phone numbers that are written without one. */
export interface RecipientsOf {
  readonly campaignId: number
  readonly country: CountryCode
}

export async function listRecipients(
  recipients: Recipients,
  { campaignId, country }: RecipientsOf,
  query: MessagesQuery,
) {
  const limit = Math.min(Number(query.limit ?? DEFAULT_LIMIT), MAX_LIMIT)
  const search = readSearch(query.q, country)
  const { status, delivery } = query
  if (status !== undefined && delivery === undefined && search === undefined) {
    const [chunk, id] = readPair(query.cursor)
    const { rows, next } = await recipients.readByStatus({ campaignId, status, after: { chunk, id }, limit })
    return { data: rows.map(viewRecipient), next_cursor: next && writePair(next.chunk, next.id) }
  }
  const filter = { campaignId, after: readCursor(query.cursor), status, delivery, search, limit }
  const { rows, next } = await recipients.read(filter)
  return { data: rows.map(viewRecipient), next_cursor: next === null ? null : writeCursor(next) }
}

function viewRecipient(row: RecipientRow) {
  const { found_id, phone, first_name, last_name } = row
  return {
    customer: found_id === null || phone === null ? null : { id: found_id, first_name, last_name, phone },
    ...viewMessage(row),
  }
}

type MessageRow = Omit<RecipientRow, 'customer_id' | 'found_id' | 'phone' | 'first_name' | 'last_name'>

/** A message without the person and the campaign. */
export const viewMessage = (row: MessageRow) => ({
  status: row.status,
  attempts: row.attempts,
  provider_message_id: row.provider_message_id,
  last_error: row.last_error,
  history: (row.history ?? []).map(({ code, at }) => ({ code, at: new Date(at).toISOString() })),
  rendered_content: row.rendered_content,
  delivery: row.delivery,
  delivery_code: row.delivery_code,
  created_at: isoTime(row.created_at),
  updated_at: isoTime(row.updated_at),
})

/** Each column of an export, and what stands in it. */
const columns: Readonly<Record<string, (row: RecipientRow) => string>> = {
  customer_id: (row) => csvCell(row.customer_id),
  phone: (row) => csvPhone(row.phone),
  first_name: (row) => csvCell(row.first_name),
  last_name: (row) => csvCell(row.last_name),
  status: (row) => row.status,
  attempts: (row) => csvCell(row.attempts),
  provider_message_id: (row) => csvCell(row.provider_message_id),
  last_error: (row) => csvCell(row.last_error),
  rendered_content: (row) => csvCell(row.rendered_content),
  delivery: (row) => row.delivery ?? '',
  delivery_code: (row) => csvCell(row.delivery_code),
  created_at: (row) => isoTime(row.created_at),
  updated_at: (row) => isoTime(row.updated_at) ?? '',
}

/** All of them, some thousand at a time and as fast as they are read. */
export async function exportRecipients(
  recipients: Recipients,
  { campaignId, country }: RecipientsOf,
  query: ExportQuery,
) {
  const search = readSearch(query.q, country)
  const parts = exportParts(walk(recipients, { campaignId, status: query.status, delivery: query.delivery, search }))
  return answerCsv(`campaign-${campaignId}-recipients.csv`, parts)
}

async function* exportParts(steps: AsyncIterable<readonly RecipientRow[]>): AsyncGenerator<string, void> {
  const cells = Object.values(columns)
  let head = csvLine(Object.keys(columns))
  for await (const rows of steps) {
    yield head + rows.map((row) => csvLine(cells.map((cell) => cell(row)))).join('')
    head = ''
  }
}

/** All pages of a list; at least one. */
async function* walk(recipients: Recipients, filter: Omit<RecipientFilter, 'after' | 'limit'>) {
  const limit = EXPORT_STEP
  if (filter.status !== undefined && filter.delivery === undefined && filter.search === undefined) {
    const { campaignId, status } = filter
    for (let after: Place | null = FIRST; after !== null; ) {
      const page: Awaited<ReturnType<Recipients['readByStatus']>> = await recipients.readByStatus({
        campaignId,
        status,
        after,
        limit,
      })
      yield page.rows
      after = page.next
    }
    return
  }
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<Recipients['read']>> = await recipients.read({ ...filter, after, limit })
    yield page.rows
    after = page.next
  }
}
