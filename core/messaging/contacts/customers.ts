/** Customers in the database. A phone belongs to one customer, which the table's unique key sees to. */

import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Customers, Database } from '../schema.ts'

type Db = Kysely<Pick<Database, 'customers'>>
export type CustomerRow = Selectable<Customers>

const UNIQUE_VIOLATION = '23505'

const given = ['phone', 'first_name', 'last_name', 'location', 'prefered_product'] as const

/**
 * A phone that is known is looked for first: an INSERT whose row conflicts takes an id all the same. ON CONFLICT is for
 * whoever inserts it at the same moment.
 * @throws AppError CUSTOMER_EXISTS
 */
export async function insertCustomer(db: Db, customer: Insertable<Customers>): Promise<CustomerRow> {
  const made = await db
    .insertInto('customers')
    .columns([...given])
    .expression(
      db
        .selectNoFrom(given.map((column) => sql<string>`${customer[column] ?? null}::text`.as(column)))
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('customers').select('id').where('phone', '=', customer.phone))),
        ),
    )
    .onConflict((conflict) => conflict.column('phone').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!made) throw exists()
  return made
}

/** @throws AppError CUSTOMER_NOT_FOUND */
export async function getCustomer(db: Db, id: number): Promise<CustomerRow> {
  const row = await db.selectFrom('customers').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound(id)
  return row
}

/** @throws AppError CUSTOMER_NOT_FOUND, CUSTOMER_EXISTS */
export async function updateCustomer(db: Db, id: number, changes: Updateable<Customers>): Promise<CustomerRow> {
  try {
    const changed = await db
      .updateTable('customers')
      .set({ ...changes, updated_at: sql<Date>`now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (changed) return changed
  } catch (error) {
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) throw exists()
    throw error
  }
  throw notFound(id)
}

/** @throws AppError CUSTOMER_NOT_FOUND */
export async function deleteCustomer(db: Db, id: number): Promise<void> {
  const { numDeletedRows } = await db.deleteFrom('customers').where('id', '=', id).executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) throw notFound(id)
}

const notFound = (id: number) => new AppError(messagingErrors.CUSTOMER_NOT_FOUND, `Customer with ID ${id} not found`)
/** Says nothing of the other customer. */
const exists = () => new AppError(messagingErrors.CUSTOMER_EXISTS, 'A customer with this phone number already exists')
