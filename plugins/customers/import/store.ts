/** Writes rows of an import, many at a time. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../core/db/schema.ts'
import type { ImportRow } from './check.ts'

type Db = Kysely<Pick<Database, 'customers'>>

const facts = ['first_name', 'last_name', 'location', 'prefered_product'] as const

/**
 * One statement. A customer who is known gets the values that the row has and keeps the others; one who gains nothing is
 * not written. Rows come in the order of their phones, so that two imports never wait for each other in a circle.
 * @param rows each phone once
 * @returns how many customers are new
 */
export async function upsertCustomers(db: Db, rows: readonly ImportRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const sorted = rows.toSorted((a, b) => (a.phone < b.phone ? -1 : 1))
  const column = (name: keyof ImportRow) => sql`${sorted.map((row) => row[name])}::text[]`
  const written = await db
    .insertInto('customers')
    .columns(['phone', ...facts])
    .expression((eb) =>
      eb
        .selectFrom(
          sql<ImportRow>`unnest(${column('phone')}, ${column('first_name')}, ${column('last_name')},
            ${column('location')}, ${column('prefered_product')})`.as<'given'>(
            sql`given(phone, first_name, last_name, location, prefered_product)`,
          ),
        )
        .select(['given.phone', ...facts.map((fact) => `given.${fact}` as const)]),
    )
    .onConflict((conflict) =>
      conflict
        .column('phone')
        .doUpdateSet((eb) => ({
          ...Object.fromEntries(
            facts.map((fact) => [fact, eb.fn.coalesce(eb.ref(`excluded.${fact}`), eb.ref(`customers.${fact}`))]),
          ),
          updated_at: sql<Date>`now()`,
        }))
        .where((eb) =>
          eb.or(
            facts.map((fact) =>
              eb.and([
                eb(`excluded.${fact}`, 'is not', null),
                eb(`customers.${fact}`, 'is distinct from', eb.ref(`excluded.${fact}`)),
              ]),
            ),
          ),
        ),
    )
    // Of a row that was there before, the transaction that writes it now is the one that replaced it.
    .returning(sql<boolean>`xmax = 0`.as('created'))
    .execute()
  return written.filter(({ created }) => created).length
}
