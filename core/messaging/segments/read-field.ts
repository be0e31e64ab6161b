/** Reads the conditions of a rule on a field of the customer. Pure. */
import { typeName } from '../../text/text.ts'
import { operators, operatorsOf, readTest } from './read-test.ts'
import { count, nearestTo, type Place, type Reading, refuse, requireKeys } from './reading.ts'
import { type Condition, type Field, type TextColumn, textColumns } from './rule.ts'

export function readField(reading: Reading, place: Place): Condition | undefined {
  const { value, path } = place
  const field = fieldNamed(reading, value.field, `${path}.field`)
  if (!field) return undefined
  const known = operatorsOf[field.type]
  const [operator, second] = operators.filter((one) => Object.hasOwn(value, one))
  if (operator === undefined) {
    const isClean = requireKeys(reading, place, ['field', ...known])
    return isClean ? refuse(reading, path, `needs a comparison: one of ${known.join(', ')}`) : undefined
  }
  if (second !== undefined)
    return refuse(reading, path, `holds both ${operator} and ${second}: make two rules of it, and join them with all`)
  if (!known.includes(operator))
    return refuse(
      reading,
      `${path}.${operator}`,
      `does not go with ${titles[field.type]}: use one of ${known.join(', ')}`,
    )
  if (!requireKeys(reading, place, ['field', operator])) return undefined
  const at = `${path}.${operator}`
  const read = readTest(field.type, operator, value[operator], (problem, more = '') =>
    refuse(reading, at + more, problem),
  )
  if (!read || !count(reading, at, value[operator])) return undefined
  const condition = { kind: 'field', field, test: read.test } as const
  return read.negated ? { kind: 'not', of: condition } : condition
}

const titles: Readonly<Record<Field['type'], string>> = {
  text: 'a text',
  phone: 'a phone number',
  country: 'a country',
  number: 'a number',
  boolean: 'a value that is true or false',
  date: 'a date',
  time: 'a time',
}

const ATTRIBUTE = 'attributes.'

const fixedFields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ...textColumns.map((column): [TextColumn, Field] => [column, { type: 'text', column }]),
  ['preferred_product', { type: 'text', column: 'prefered_product' }],
  ['phone', { type: 'phone' }],
  ['country', { type: 'country' }],
  ['created_at', { type: 'time' }],
])

function fieldNamed(reading: Reading, name: unknown, path: string): Field | undefined {
  if (typeof name !== 'string') return refuse(reading, path, `must be the name of a field, not ${typeName(name)}`)
  const fixed = fixedFields.get(name)
  if (fixed) return fixed
  if (!name.startsWith(ATTRIBUTE)) {
    const known = [...fixedFields.keys()]
    const isAttribute = reading.attributes.has(name)
    const meant = isAttribute ? ATTRIBUTE + name : nearestTo(name, known)
    return refuse(
      reading,
      path,
      `is not a known field: ${meant ? `did you mean "${meant}"?` : `use one of ${known.join(', ')}, or attributes.NAME`}`,
    )
  }
  const attribute = name.slice(ATTRIBUTE.length)
  const type = reading.attributes.get(attribute)
  // Two forms to the compiler: only texts may be columns, too.
  if (type !== undefined) return type === 'text' ? { type, attribute } : { type, attribute }
  const meant = nearestTo(attribute, [...reading.attributes.keys()])
  return refuse(
    reading,
    path,
    `names an attribute that is not declared: ${meant ? `did you mean "${ATTRIBUTE}${meant}"?` : 'add it with POST /attributes, or use another one'}`,
  )
}
