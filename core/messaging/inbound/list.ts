/** Reads of what people wrote, the newest first. */
import { type Kysely, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Review } from '../receipts/tables.ts'
import type { Database } from '../schema.ts'
import type { WrittenIntent } from '../text/keywords/keywords.ts'

type Db = Kysely<Pick<Database, 'inbound_messages' | 'customers'>>

export interface InboundFilter {
  /** E.164. */
  readonly phone?: string | undefined
  readonly sender?: string | undefined
  readonly intent?: WrittenIntent | undefined
  readonly review?: Review | undefined
}

export interface InboundPage {
  /** Messages with smaller ids follow. Zero: from the newest. */
  readonly before: number
  readonly limit: number
}

const selectRows = (db: Db) =>
  db
    .selectFrom('inbound_messages as m')
    // The phone of a customer is unique.
    .leftJoin('customers as c', 'c.phone', 'm.phone')
    .select([
      'm.id',
      'm.sender',
      'm.channel',
      'm.phone',
      'm.sent_to',
      'm.body',
      'm.intent',
      'm.reading',
      'm.review',
      'm.reviewed_at',
    ])
    .select(['m.sent_at', 'm.received_at'])
    .select(['c.id as customer_id', 'c.first_name', 'c.last_name'])

export type InboundRow = Awaited<ReturnType<ReturnType<typeof selectRows>['execute']>>[number]

/** @returns a page, and the id before which the next one begins; null: that was all */
export async function listInbound(
  db: Db,
  { phone, sender, intent, review }: InboundFilter,
  { before, limit }: InboundPage,
) {
  const rows = await selectRows(db)
    .$if(phone !== undefined, (query) => query.where('m.phone', '=', phone ?? ''))
    .$if(sender !== undefined, (query) => query.where('m.sender', '=', sender ?? ''))
    // As a literal, or the planner does not see that the partial indexes fit.
    .$if(intent !== undefined, (query) => query.where('m.reading', '=', sql.lit(intent ?? 'other')))
    .$if(review !== undefined, (query) => query.where('m.review', '=', sql.lit(review ?? 'open')))
    .$if(before > 0, (query) => query.where('m.id', '<', String(before)))
    .orderBy('m.id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  return { rows: page, next: rows.length > limit ? Number(page.at(-1)?.id) : null }
}

/** @throws AppError INBOUND_NOT_FOUND */
export async function getInbound(db: Db, id: number): Promise<InboundRow> {
  const row = await selectRows(db).where('m.id', '=', String(id)).executeTakeFirst()
  if (!row) throw new AppError(messagingErrors.INBOUND_NOT_FOUND, `There is no message with ID ${id} from a person`)
  return row
}

/** @throws AppError CUSTOMER_NOT_FOUND */
export async function getPhone(db: Db, customerId: number): Promise<string> {
  const row = await db.selectFrom('customers').select('phone').where('id', '=', customerId).executeTakeFirst()
  if (!row) throw new AppError(messagingErrors.CUSTOMER_NOT_FOUND, `Customer with ID ${customerId} not found`)
  return row.phone
}
