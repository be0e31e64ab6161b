/** Values of a row that a customer need not have: tags, language, time zone and attributes. Pure. */
import { typeName } from '../../../text/text.ts'
import { type AttributeTypes, type AttributeValue, type AttributeValues, parseAttribute } from '../attributes.ts'
import { parseLanguage, readTimeZone } from '../locale.ts'
import { readTags, splitTags } from '../tags.ts'
import { attributeIn } from './columns.ts'
import type { SourceRow } from './reader.ts'

export const DAMAGED = 'holds a letter that is damaged: save the file as "CSV UTF-8"'
export const isDamaged = (text: string): boolean => text.includes('\ufffd')

/** The field, and what is wrong with it as a sentence that goes on from its name. */
interface Fault {
  readonly path: string
  readonly problem: string
}

/** Each is absent where the row says nothing of it. */
export interface More {
  readonly tags?: readonly string[]
  readonly language?: string
  readonly time_zone?: string
  readonly attributes?: AttributeValues
}
type Values = SourceRow['values']

export function readMore(values: Values, attributes: AttributeTypes): More | Fault {
  const more: { -readonly [K in keyof More]: More[K] } = {}
  const { tags, language, time_zone } = values
  if (tags !== undefined) {
    const read = readTagCell(tags)
    if ('problem' in read) return { path: 'tags', problem: read.problem }
    if (read.tags.length > 0) more.tags = read.tags
  }
  if (language !== undefined) {
    const read = readText(language, parseLanguage)
    if ('problem' in read) return { path: 'language', problem: read.problem }
    more.language = read.value
  }
  if (time_zone !== undefined) {
    const read = readText(time_zone, readTimeZone)
    if ('problem' in read) return { path: 'time_zone', problem: read.problem }
    more.time_zone = read.value
  }
  const own = readAttributes(values, attributes)
  if (own !== undefined && 'problem' in own) return own
  return own === undefined ? more : { ...more, attributes: own.attributes }
}

function readTagCell(given: unknown): ReturnType<typeof readTags> {
  const isList = Array.isArray(given) && given.every((one) => typeof one === 'string')
  if (!isList && typeof given !== 'string') return { problem: 'must be text or a list of texts' }
  const list: readonly string[] = isList ? given : splitTags(given)
  return list.some(isDamaged) ? { problem: DAMAGED } : readTags(list)
}

const readText = <R>(given: unknown, read: (text: string) => R): R | { readonly problem: string } =>
  typeof given === 'string' ? read(given) : { problem: `must be text, not ${typeName(given)}` }

/** @returns undefined where the row has none that is declared */
function readAttributes(
  values: Values,
  types: AttributeTypes,
): { readonly attributes: Record<string, AttributeValue> } | Fault | undefined {
  let attributes: Record<string, AttributeValue> | undefined
  for (const [column, given] of Object.entries(values)) {
    const name = attributeIn(column)
    const type = name === undefined ? undefined : types.get(name)
    if (name === undefined || type === undefined) continue
    const read = parseAttribute(type, given)
    if ('problem' in read) return { path: column, problem: read.problem }
    if (typeof read.value === 'string' && isDamaged(read.value)) return { path: column, problem: DAMAGED }
    if (read.value === null) continue
    attributes ??= {}
    attributes[name] = read.value
  }
  return attributes && { attributes }
}
