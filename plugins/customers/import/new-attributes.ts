/** Attributes of an import: those that are declared, and those that it declares as their first values come. */
import { type AttributeType, type AttributeTypes, inferType } from '../../../core/messaging/contacts/attributes.ts'
import { attributeColumn, attributeIn } from '../../../core/messaging/contacts/csv/columns.ts'
import type { SourceRow } from '../../../core/messaging/contacts/csv/reader.ts'
import type { CustomerGrant } from '../grant.ts'

/** Rows, from the first that has a new attribute on, whose values decide its type. */
const INFERRED_FROM = 200

export interface Declared {
  readonly name: string
  readonly type: AttributeType
}

export interface NewAttributes {
  /** Attributes that are declared by now. */
  readonly types: AttributeTypes
  /** @returns rows whose attributes are declared, or will not be; others are held back */
  take(rows: readonly SourceRow[]): Promise<readonly SourceRow[]>
  /** The same for the last rows. */
  end(rows: readonly SourceRow[]): Promise<readonly SourceRow[]>
  /** Attributes that this import declared, in their order. */
  declared(): readonly Declared[]
}

/**
 * @param declare false: only what is declared already is known
 * @param ignore told of a column for which there is no room
 */
export async function openNewAttributes(
  { read, write }: CustomerGrant['contacts'],
  declare: boolean,
  ignore: (column: string) => void,
): Promise<NewAttributes> {
  const types = new Map(await read.findAttributes())
  const declared: Declared[] = []
  const refused = new Set<string>()
  const isNew = (name: string) => !types.has(name) && !refused.has(name)
  const declareIn = async (rows: readonly SourceRow[]) => {
    const found = Map.groupBy(rows.flatMap(valuesOf), ([name]) => name)
    const wanted = [...found]
      .filter(([name]) => isNew(name))
      .map(([name, values]): Declared => ({ name, type: inferType(values.map(([, value]) => value)) }))
    const known = await write.declareAttributes(wanted)
    for (const { name } of wanted) {
      const type = known.get(name)
      if (type === undefined) {
        refused.add(name)
        ignore(attributeColumn(name))
      } else {
        types.set(name, type)
        declared.push({ name, type })
      }
    }
  }
  const held: SourceRow[] = []
  const take = async (rows: readonly SourceRow[], last: boolean) => {
    if (!declare) return rows
    held.push(...rows)
    for (;;) {
      const first = held.findIndex((row) => valuesOf(row).some(([name]) => isNew(name)))
      if (first < 0) return held.splice(0)
      // However the file is cut into parts, and whatever its format: the same rows decide.
      if (held.length - first < INFERRED_FROM && !last) return held.splice(0, first)
      await declareIn(held.slice(first, first + INFERRED_FROM))
    }
  }
  return { types, take: (rows) => take(rows, false), end: (rows) => take(rows, true), declared: () => declared }
}

/** Names and values of the attributes that a row has. */
const valuesOf = ({ values }: SourceRow): [name: string, value: unknown][] =>
  Object.entries(values).flatMap(([column, value]): [string, unknown][] => {
    const name = attributeIn(column)
    return name === undefined ? [] : [[name, value]]
  })
