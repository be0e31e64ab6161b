/** Declared attributes in the database, and their removal from customers. */
import { type Kysely, type Selectable, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { type AttributeType, type AttributeTypes, MAX_ATTRIBUTES } from './attributes.ts'
import type { Attributes } from './tables.ts'

type Db = Kysely<Pick<Database, 'attributes' | 'customers'>>
export type AttributeRow = Selectable<Attributes>

export interface NewAttribute {
  readonly name: string
  readonly type: AttributeType
  readonly description?: string | null
}

/** In the order of their names. */
export const listAttributes = (db: Kysely<Pick<Database, 'attributes'>>): Promise<AttributeRow[]> =>
  db.selectFrom('attributes').selectAll().orderBy('name').execute()

export async function findAttributeTypes(db: Kysely<Pick<Database, 'attributes'>>): Promise<AttributeTypes> {
  const rows = await db.selectFrom('attributes').select(['name', 'type']).orderBy('name').execute()
  return new Map(rows.map(({ name, type }) => [name, type]))
}

/** @throws AppError ATTRIBUTE_EXISTS, TOO_MANY_ATTRIBUTES */
export async function insertAttribute(db: Db, attribute: NewAttribute): Promise<AttributeRow> {
  const [made] = await insertMissing(db, [attribute])
  if (made) return made
  const { name } = attribute
  if ((await findAttributeTypes(db)).has(name))
    throw new AppError(messagingErrors.ATTRIBUTE_EXISTS, `The attribute "${name}" is declared already`)
  throw new AppError(
    messagingErrors.TOO_MANY_ATTRIBUTES,
    `Cannot declare the attribute "${name}": there are ${MAX_ATTRIBUTES} already. Remove one with DELETE /attributes/{name}`,
  )
}

/**
 * Declares those that are not declared yet, as far as there is room for them.
 * @returns types of all that are declared now, which may differ from those that were asked for
 */
export async function declareAttributes(db: Db, attributes: readonly NewAttribute[]): Promise<AttributeTypes> {
  await insertMissing(db, attributes)
  return findAttributeTypes(db)
}

async function insertMissing(db: Db, attributes: readonly NewAttribute[]): Promise<AttributeRow[]> {
  const known = await findAttributeTypes(db)
  const missing = attributes.filter(({ name }) => !known.has(name)).slice(0, MAX_ATTRIBUTES - known.size)
  if (missing.length === 0) return []
  // Leftovers of a removal that was interrupted may be of another type.
  await removeValues(
    db,
    missing.map(({ name }) => name),
  )
  return db.transaction().execute(async (trx) => {
    // Two that declare at once would both find room for one more.
    await sql`lock table attributes in share row exclusive mode`.execute(trx)
    const { size } = await findAttributeTypes(trx.$pickTables<'attributes'>())
    const some = missing.slice(0, MAX_ATTRIBUTES - size)
    if (some.length === 0) return []
    return trx
      .insertInto('attributes')
      .values(some.map(({ name, type, description = null }) => ({ name, type, description })))
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returningAll()
      .execute()
  })
}

/**
 * Removes an attribute and its values.
 * @param requireUnused throws where it is used; asked again once the values are gone, since that may take a while
 * @throws AppError ATTRIBUTE_NOT_FOUND
 */
export async function deleteAttribute(
  db: Db,
  name: string,
  requireUnused: (type: AttributeType) => Promise<void>,
): Promise<void> {
  const type = (await findAttributeTypes(db)).get(name)
  if (type === undefined) throw new AppError(messagingErrors.ATTRIBUTE_NOT_FOUND, `There is no attribute "${name}"`)
  await requireUnused(type)
  // Before the attribute: whoever is interrupted here may delete it again.
  await removeValues(db, [name])
  await requireUnused(type)
  await db.deleteFrom('attributes').where('name', '=', name).execute()
  // Values that were written meanwhile.
  await removeValues(db, [name])
}

/** Customers that one statement reads: some 15 ms, in which the embedded database lets no other request have a turn. */
const SLICE = 10_000

async function removeValues(db: Db, names: readonly string[]): Promise<void> {
  for (let after: number | null = 0; after !== null; ) {
    const slice: { last: number | null; ids: number[] | null } = await findHolders(db, names, after)
    if (slice.ids)
      await db
        .updateTable('customers')
        .set({ attributes: sql`attributes - ${names}::text[]` })
        .where('id', '=', sql<number>`any(${slice.ids}::int[])`)
        .execute()
    after = slice.last
  }
}

const findHolders = (db: Db, names: readonly string[], after: number) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('customers')
        .select(['id', 'attributes'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(SLICE)
        .as('customers'),
    )
    .select(({ fn }) => [
      fn.max<number | null>('customers.id').as('last'),
      fn
        .agg<number[] | null>('array_agg', ['customers.id'])
        .filterWhere(sql<boolean>`customers.attributes ?| ${names}::text[]`)
        .as('ids'),
    ])
    .executeTakeFirstOrThrow()
