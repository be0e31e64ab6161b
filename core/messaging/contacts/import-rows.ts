/** Writes rows of an import, many at a time. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { ImportRow } from './csv/check.ts'

type Db = Kysely<Pick<Database, 'customers'>>

const facts = ['first_name', 'last_name', 'location', 'prefered_product'] as const

/**
 * Writes rows in two statements: customers who are known first, then the new ones. An INSERT whose row conflicts takes an
 * id all the same, and an hourly import of a million known customers would use up all ids in 89 days. Rows come in the
 * order of their phones in both, so that two imports never wait for each other in a circle.
 * @param rows each phone once
 * @returns how many customers are new
 */
export async function upsertCustomers(db: Db, rows: readonly ImportRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const sorted = rows.toSorted((a, b) => (a.phone < b.phone ? -1 : 1))
  const unknown = await updateKnown(db, sorted)
  return unknown.size === 0
    ? 0
    : insertNew(
        db,
        sorted.filter(({ phone }) => unknown.has(phone)),
      )
}

function givenRows(rows: readonly ImportRow[]) {
  const column = (name: keyof ImportRow) => sql`${rows.map((row) => row[name])}::text[]`
  return sql<ImportRow>`unnest(${column('phone')}, ${column('first_name')}, ${column('last_name')},
    ${column('location')}, ${column('prefered_product')})`.as<'given'>(
    sql`given(phone, first_name, last_name, location, prefered_product)`,
  )
}

/**
 * Gives customers who are known the values that their row has; they keep the others, and one who gains nothing is neither
 * locked nor written.
 * @returns phones that no customer has
 */
async function updateKnown(db: Db, rows: readonly ImportRow[]): Promise<ReadonlySet<string>> {
  const unknown = await db
    .with('given', (cte) => cte.selectFrom(givenRows(rows)).select(['given.phone', ...factsOf('given')]))
    .with(
      (name) => name('changed').materialized(),
      (cte) =>
        cte
          .selectFrom('given')
          .innerJoin('customers', 'customers.phone', 'given.phone')
          .select(['customers.id', ...factsOf('given')])
          .where((eb) =>
            eb.or(
              facts.map((fact) =>
                eb.and([
                  eb(`given.${fact}`, 'is not', null),
                  eb(`customers.${fact}`, 'is distinct from', eb.ref(`given.${fact}`)),
                ]),
              ),
            ),
          )
          .orderBy('given.phone')
          .forUpdate('customers'),
    )
    .with('updated', (cte) =>
      cte
        .updateTable('customers')
        .from('changed')
        .set((eb) => ({
          ...Object.fromEntries(
            facts.map((fact) => [fact, eb.fn.coalesce(eb.ref(`changed.${fact}`), eb.ref(`customers.${fact}`))]),
          ),
          updated_at: sql<Date>`now()`,
        }))
        .whereRef('customers.id', '=', 'changed.id'),
    )
    .selectFrom('given')
    .leftJoin('customers', 'customers.phone', 'given.phone')
    .select('given.phone')
    .where('customers.id', 'is', null)
    .execute()
  return new Set(unknown.map(({ phone }) => phone))
}

const factsOf = <T extends string>(table: T) => facts.map((fact) => `${table}.${fact}` as const)

/** Inserts customers; one whom somebody else inserted meanwhile is updated, at the price of an id. */
async function insertNew(db: Db, rows: readonly ImportRow[]): Promise<number> {
  const written = await db
    .insertInto('customers')
    .columns(['phone', ...facts])
    .expression((eb) => eb.selectFrom(givenRows(rows)).select(['given.phone', ...factsOf('given')]))
    .onConflict((conflict) =>
      conflict.column('phone').doUpdateSet((eb) => ({
        ...Object.fromEntries(
          facts.map((fact) => [fact, eb.fn.coalesce(eb.ref(`excluded.${fact}`), eb.ref(`customers.${fact}`))]),
        ),
        updated_at: sql<Date>`now()`,
      })),
    )
    // A row that existed before was replaced by this transaction, whose id is then its xmax.
    .returning(sql<boolean>`xmax = 0`.as('created'))
    .execute()
  return written.filter(({ created }) => created).length
}
