/** Columns of a file, each matched to a field, to an attribute, or to a new attribute. Pure. */
import {
  type AttributeType,
  type AttributeTypes,
  attributeNameOf,
  attributeNameProblem,
  inferType,
} from '../../../../core/messaging/contacts/attributes.ts'
import {
  attributeColumn,
  guessImportColumns,
  type ImportColumn,
  type ImportColumns,
  type ImportGuess,
} from '../../../../core/messaging/contacts/csv/columns.ts'

/** An attribute that the import adds. */
export interface NewAttribute {
  readonly name: string
  readonly type: AttributeType
}

/** For each column; undefined leaves it out. */
export type Mapping = readonly (ImportColumn | NewAttribute | undefined)[]

export const guessMapping = (names: readonly string[], attributes: AttributeTypes): ImportGuess =>
  guessImportColumns(names, { attributes, declare: false })

/** Maps a column to a field, which no other column keeps. */
export function mapColumn(mapping: Mapping, column: number, to: Mapping[number]): Mapping {
  return mapping.map((one, nth) => (nth === column ? to : typeof to === 'string' && one === to ? undefined : one))
}

/** New attribute with the name of a column, and the type that the values have in common. */
export function newAttributeOf(column: string, values: readonly string[]): NewAttribute {
  const given = values.map((value) => value.trim()).filter(Boolean)
  return { name: attributeNameOf(column) ?? '', type: inferType(given) }
}

export const isNew = (choice: Mapping[number]): choice is NewAttribute => typeof choice === 'object'
export const newAttributes = (mapping: Mapping): NewAttribute[] => mapping.filter(isNew)

export const columnsOf = (mapping: Mapping): ImportColumns =>
  mapping.map((one) => (isNew(one) ? attributeColumn(one.name) : one))

/** Attributes as they are once the new ones are added. */
export const typesOf = (mapping: Mapping, attributes: AttributeTypes): AttributeTypes =>
  new Map([...attributes, ...newAttributes(mapping).map(({ name, type }) => [name, type] as const)])

/** Reason why a new attribute cannot have its name; undefined where it can, and for other columns. */
export function nameProblem(mapping: Mapping, column: number, attributes: AttributeTypes): string | undefined {
  const choice = mapping[column]
  if (!isNew(choice)) return undefined
  if (choice.name === '') return 'Give the attribute a name'
  if (attributes.has(choice.name)) return 'This attribute is there already: choose it from the list above'
  const problem = attributeNameProblem(choice.name)
  if (problem !== undefined) return `The name ${problem}`
  const isTwice = newAttributes(mapping).filter(({ name }) => name === choice.name).length > 1
  return isTwice ? 'Another column has this name: choose another one' : undefined
}
