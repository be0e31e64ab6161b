/** Writes rows of an import, many at a time. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { ImportRow } from './csv/check.ts'
import { joinTags } from './tags.ts'

type Db = Kysely<Pick<Database, 'customers'>>

const facts = ['first_name', 'last_name', 'location', 'prefered_product'] as const
/** Columns that few files have: rows of which none has any are written without them. */
const more = ['language', 'time_zone', 'tags', 'attributes'] as const
type Column = (typeof facts)[number] | (typeof more)[number]

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
  const columns: readonly Column[] = [...facts, ...more.filter((name) => rows.some((row) => row[name] !== undefined))]
  const unknown = await updateKnown(db, sorted, columns)
  return unknown.size === 0
    ? 0
    : insertNew(
        db,
        sorted.filter(({ phone }) => unknown.has(phone)),
        columns,
      )
}

/** Text of a value: arrays of anything else, or of arrays, are not sent as parameters. */
function cellOf(row: ImportRow, name: Column | 'phone'): string | null {
  if (name === 'tags') return row.tags ? joinTags(row.tags) : null
  if (name === 'attributes') return row.attributes ? JSON.stringify(row.attributes) : null
  return row[name] ?? null
}

/** The values of the table `given`, from their text. */
function givenValue(name: Column): RawBuilder<unknown> {
  if (name === 'tags') return sql`string_to_array(given.tags, ';')`
  return name === 'attributes' ? sql`given.attributes::jsonb` : columnOf('given', name)
}

const columnOf = (table: 'given' | 'changed' | 'customers' | 'excluded', name: Column) => sql.ref(`${table}.${name}`)

interface Given {
  readonly phone: string
}

function givenRows(rows: readonly ImportRow[], columns: readonly Column[]) {
  const names = ['phone', ...columns] as const
  const lists = names.map((name) => sql`${rows.map((row) => cellOf(row, name))}::text[]`)
  return sql<Given>`unnest(${sql.join(lists)})`.as<'given'>(sql`given(${sql.join(names.map((name) => sql.id(name)))})`)
}

/** True where the row has a value that the customer has not. */
function differs(name: Column): RawBuilder<unknown> {
  const [given, stored] = [columnOf('given', name), columnOf('customers', name)]
  if (name === 'attributes') return sql`not ${stored} @> ${given}`
  return sql`(${given} is not null and ${stored} is distinct from ${given})`
}

/** Value that the customer has afterwards: attributes are added one by one, everything else is replaced. */
function merged(name: Column, from: 'changed' | 'excluded'): RawBuilder<unknown> {
  const [given, stored] = [columnOf(from, name), columnOf('customers', name)]
  if (name === 'attributes') return sql`${stored} || coalesce(${given}, '{}')`
  // A row to be inserted has no tags where none are given.
  if (name === 'tags' && from === 'excluded') return sql`case when ${given} = '{}' then ${stored} else ${given} end`
  return sql`coalesce(${given}, ${stored})`
}

const mergedColumns = (columns: readonly Column[], from: 'changed' | 'excluded') => ({
  ...Object.fromEntries(columns.map((name) => [name, merged(name, from)])),
  updated_at: sql<Date>`now()`,
})

/**
 * Gives customers who are known the values that their row has; they keep the others, and one who gains nothing is neither
 * locked nor written.
 * @returns phones that no customer has
 */
async function updateKnown(
  db: Db,
  rows: readonly ImportRow[],
  columns: readonly Column[],
): Promise<ReadonlySet<string>> {
  const unknown = await db
    .with('given', (cte) =>
      cte
        .selectFrom(givenRows(rows, columns))
        .select('given.phone')
        .select(columns.map((name) => givenValue(name).as(name))),
    )
    .with(
      (name) => name('changed').materialized(),
      (cte) =>
        cte
          .selectFrom('given')
          .innerJoin('customers', 'customers.phone', 'given.phone')
          .select('customers.id')
          .select(columns.map((name) => columnOf('given', name).as(name)))
          .where(sql<boolean>`(${sql.join(columns.map(differs), sql` or `)})`)
          .orderBy('given.phone')
          .forUpdate('customers'),
    )
    .with('updated', (cte) =>
      cte
        .updateTable('customers')
        .from('changed')
        .set(mergedColumns(columns, 'changed'))
        .whereRef('customers.id', '=', 'changed.id'),
    )
    .selectFrom('given')
    .leftJoin('customers', 'customers.phone', 'given.phone')
    .select('given.phone')
    .where('customers.id', 'is', null)
    .execute()
  return new Set(unknown.map(({ phone }) => phone))
}

/** The value of a new customer: two of the columns are never null. */
function inserted(name: Column): RawBuilder<unknown> {
  return name === 'tags' || name === 'attributes' ? sql`coalesce(${givenValue(name)}, '{}')` : givenValue(name)
}

/** Inserts customers; one whom somebody else inserted meanwhile is updated, at the price of an id. */
async function insertNew(db: Db, rows: readonly ImportRow[], columns: readonly Column[]): Promise<number> {
  const written = await db
    .insertInto('customers')
    .columns(['phone', ...columns])
    .expression((eb) =>
      eb
        .selectFrom(givenRows(rows, columns))
        .select('given.phone')
        .select(columns.map((name) => inserted(name).as(name))),
    )
    .onConflict((conflict) => conflict.column('phone').doUpdateSet(mergedColumns(columns, 'excluded')))
    // A row that existed before was replaced by this transaction, whose id is then its xmax.
    .returning(sql<boolean>`xmax = 0`.as('created'))
    .execute()
  return written.filter(({ created }) => created).length
}
