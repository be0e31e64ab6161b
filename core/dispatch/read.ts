/** Reads the messages of a leased chunk, with the customers' fields that their texts use. */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../db/prepare.ts'
import type { Database } from '../db/schema.ts'
import type { TemplateCustomer, TemplateField } from '../template.ts'
import type { Lease } from './lease.ts'

/** A pending message of a leased chunk, with its customer's fields; null where the customer was deleted. */
export interface Waiting extends TemplateCustomer {
  readonly id: string
  readonly attempts: number
  readonly phone: string | null
}

type ReadTables = Pick<Database, 'customers' | 'outbound_messages'>
type Read = (lease: Lease) => Promise<Waiting[]>

/**
 * @returns reads the messages that still stand at the turn of their chunk, in order of id, with these fields of the
 *   customer beside the phone
 */
export function openRead(
  db: Kysely<ReadTables>,
): (lease: Lease, fields: readonly TemplateField[]) => Promise<Waiting[]> {
  const reads = new Map<string, Read>()
  const prepareOnce = (byIds: boolean, fields: readonly TemplateField[]) => {
    const key = [byIds, ...fields].join()
    const read = reads.get(key) ?? prepareRead(db, byIds, fields)
    reads.set(key, read)
    return read
  }
  return (lease, fields) => prepareOnce(lease.ids !== null, fields)(lease)
}

/**
 * Race 38: the customer is read now, not when the campaign was queued. Only columns that the text uses are read: each costs
 * more on its way here than in the database.
 */
function prepareRead(db: Kysely<ReadTables>, byIds: boolean, fields: readonly TemplateField[]): Read {
  const columns = fields.filter((field) => field !== 'phone')
  return prepare<Lease, Waiting>(db, (param) =>
    db
      .selectFrom('outbound_messages as m')
      .leftJoin('customers as c', 'c.id', 'm.customer_id')
      .select(['m.id', 'm.attempts', 'c.phone'])
      .select(columns.map((field) => `c.${field}` as const))
      .$if(byIds, (query) => query.where('m.id', '=', sql<string>`any(${param('ids')}::bigint[])`))
      .$if(!byIds, (query) =>
        query
          .where('m.id', '>=', sql<string>`${param('first_id')}::bigint`)
          .where('m.id', '<=', sql<string>`${param('last_id')}::bigint`)
          // `+ 0` keeps Postgres from reading the whole campaign out of its index: on a table it has no statistics of
          // yet, it takes a campaign for a few rows, and each chunk would cost as much as all of them.
          .where(sql<number>`m.campaign_id + 0`, '=', sql<number>`${param('campaign_id')}::int`),
      )
      .where('m.status', '=', 'pending')
      .where('m.turn', '=', sql<number>`${param('turn')}::smallint`)
      .orderBy('m.id'),
  )
}
