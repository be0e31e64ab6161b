/** Customers in the database. A phone belongs to one customer, which the table's unique key sees to. */

import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Customers, Database } from '../schema.ts'
import type { AttributeValue, AttributeValues } from './attributes.ts'

type Db = Kysely<Pick<Database, 'customers'>>
export type CustomerRow = Selectable<Customers>

const UNIQUE_VIOLATION = '23505'

const texts = ['phone', 'first_name', 'last_name', 'location', 'prefered_product', 'language', 'time_zone'] as const

/** Changes of a customer: what is absent stays. */
export interface CustomerChanges extends Omit<Updateable<Customers>, 'attributes'> {
  /** Values by the names of attributes; null removes one, and the others stay. */
  readonly attributes?: Readonly<Record<string, AttributeValue | null>>
}

/**
 * A phone that is known is looked for first: an INSERT whose row conflicts takes an id all the same. ON CONFLICT is for
 * whoever inserts it at the same moment.
 * @throws AppError CUSTOMER_EXISTS
 */
export async function insertCustomer(db: Db, customer: Insertable<Customers>): Promise<CustomerRow> {
  const made = await db
    .insertInto('customers')
    .columns([...texts, 'tags', 'attributes'])
    .expression(
      db
        .selectNoFrom([
          ...texts.map((column) => sql<string>`${customer[column] ?? null}::text`.as(column)),
          sql`${customer.tags ?? []}::text[]`.as('tags'),
          sql`${customer.attributes ?? {}}::jsonb`.as('attributes'),
        ])
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('customers').select('id').where('phone', '=', customer.phone))),
        ),
    )
    .onConflict((conflict) => conflict.column('phone').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!made) throw exists()
  // Read again: the flags of a phone that is suppressed are set when the statement ends.
  return getCustomer(db, made.id)
}

/** @throws AppError CUSTOMER_NOT_FOUND */
export async function getCustomer(db: Db, id: number): Promise<CustomerRow> {
  const row = await db.selectFrom('customers').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound(id)
  return row
}

/** @throws AppError CUSTOMER_NOT_FOUND, CUSTOMER_EXISTS */
export async function updateCustomer(
  db: Db,
  id: number,
  { attributes, ...changes }: CustomerChanges,
): Promise<CustomerRow> {
  try {
    const changed = await db
      .updateTable('customers')
      .set({ ...changes, ...(attributes && { attributes: changedBy(attributes) }), updated_at: sql<Date>`now()` })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    // Read again: a withdrawal goes on with the customer when the statement ends.
    if (changed) return changes.phone === undefined ? changed : getCustomer(db, id)
  } catch (error) {
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) throw exists()
    throw error
  }
  throw notFound(id)
}

function changedBy(attributes: NonNullable<CustomerChanges['attributes']>) {
  const entries = Object.entries(attributes)
  const kept = Object.fromEntries(entries.filter(([, value]) => value !== null))
  const removed = entries.flatMap(([name, value]) => (value === null ? [name] : []))
  return sql<AttributeValues>`(attributes || ${kept}::jsonb) - ${removed}::text[]`
}

/** @throws AppError CUSTOMER_NOT_FOUND */
export async function deleteCustomer(db: Db, id: number): Promise<void> {
  const { numDeletedRows } = await db.deleteFrom('customers').where('id', '=', id).executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) throw notFound(id)
}

const notFound = (id: number) => new AppError(messagingErrors.CUSTOMER_NOT_FOUND, `Customer with ID ${id} not found`)
/** Says nothing of the other customer. */
const exists = () => new AppError(messagingErrors.CUSTOMER_EXISTS, 'A customer with this phone number already exists')
