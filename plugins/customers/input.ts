/** From what a request says about customers to what is stored or looked for. Pure. */
import { AppError, type ErrorDetail, errors } from '../../core/errors.ts'
import {
  type AttributeTypes,
  type AttributeValue,
  parseAttribute,
  readAttribute,
} from '../../core/messaging/contacts/attributes.ts'
import { readLanguage, readTimeZone } from '../../core/messaging/contacts/locale.ts'
import type { CustomerFilter } from '../../core/messaging/contacts/service.ts'
import { readTags, tagOf } from '../../core/messaging/contacts/tags.ts'
import { type CountryCode, parsePhone } from '../../core/messaging/text/phone.ts'
import { nearest } from '../../core/text/nearest.ts'
import type { CustomerInput, FilterQuery } from './schema.ts'

type Facts = Omit<CustomerInput, 'phone' | 'preferred_product' | 'attributes'>

const refuse = (path: string, message: string) => new AppError(errors.INVALID_REQUEST, message, [{ path, message }])

/** @throws AppError INVALID_REQUEST when it is not a valid number */
export function readPhone(input: string, country: CountryCode): string {
  const parsed = parsePhone(input, country)
  if (parsed.ok) return parsed.phone
  throw refuse('phone', parsed.reason)
}

/**
 * Fields of the request without the phone and the attributes. Both spellings of the product are one field.
 * @throws AppError INVALID_REQUEST
 */
export function readFacts({ phone: _, attributes: __, preferred_product, ...facts }: CustomerInput): Facts {
  const { language, time_zone, tags } = facts
  if (preferred_product !== undefined) {
    if (facts.prefered_product !== undefined && facts.prefered_product !== preferred_product)
      throw refuse(
        'preferred_product',
        'preferred_product and prefered_product are the same field: give only one of them',
      )
    facts.prefered_product = preferred_product
  }
  return {
    ...facts,
    ...(language != null && { language: spelt('language', readLanguage(language)) }),
    ...(time_zone != null && { time_zone: spelt('time_zone', readTimeZone(time_zone)) }),
    ...(tags && { tags: requireTags(tags) }),
  }
}

function spelt(path: string, read: ReturnType<typeof readLanguage>): string {
  if ('value' in read) return read.value
  throw refuse(path, `${path} ${read.problem}`)
}

function requireTags(given: readonly string[]): string[] {
  const read = readTags(given)
  if ('tags' in read) return read.tags
  const path = read.nth === undefined ? 'tags' : `tags[${read.nth}]`
  throw refuse(path, `${path} ${read.problem}`)
}

/** Problems that one answer lists. */
const MOST_PROBLEMS = 20

/**
 * @param given null for those to be removed
 * @throws AppError INVALID_REQUEST with each attribute that is not declared, or whose value is of another type
 */
export function readAttributes(
  given: Readonly<Record<string, unknown>>,
  types: AttributeTypes,
): Readonly<Record<string, AttributeValue | null>> {
  const values: Record<string, AttributeValue | null> = {}
  const problems: ErrorDetail[] = []
  for (const [name, value] of Object.entries(given)) {
    const path = `attributes.${shown(name)}`
    const type = types.get(name)
    const read = type && readAttribute(type, value)
    if (!read) problems.push({ path, message: `${path} ${undeclared(name, types)}` })
    else if ('problem' in read) problems.push({ path, message: told(path, value, read.problem) })
    else values[name] = read.value
    if (problems.length === MOST_PROBLEMS) break
  }
  const [first] = problems
  if (!first) return values
  const message = problems.length === 1 ? first.message : `The request has ${problems.length} problems: see details`
  throw new AppError(errors.INVALID_REQUEST, message, problems)
}

const MOST_SHOWN = 40
const shown = (text: string) => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN).toWellFormed()}...` : text)

/** A value of the wrong type is repeated, as far as it fits a line. */
const told = (path: string, value: unknown, problem: string) =>
  problem.startsWith('is not') ? `${path}: ${shown(JSON.stringify(value))} ${problem}` : `${path} ${problem}`

function undeclared(name: string, types: AttributeTypes): string {
  const meant = name.length <= MOST_SHOWN ? nearest(name, types.keys()) : undefined
  const hint = meant === undefined ? '' : `, or did you mean "attributes.${meant}"?`
  return `is not declared: declare it with POST /attributes${hint}`
}

/**
 * @param find is asked only where an attribute is looked for
 * @throws AppError INVALID_REQUEST
 */
export async function readFilter(
  { q, location, prefered_product, tag, attribute }: FilterQuery,
  find: () => Promise<AttributeTypes>,
): Promise<CustomerFilter> {
  return {
    q,
    location,
    prefered_product,
    tag: tag && tagOf(tag),
    attribute: attribute ? readAttributeFilter(attribute, await find()) : undefined,
  }
}

function readAttributeFilter(text: string, types: AttributeTypes): NonNullable<CustomerFilter['attribute']> {
  const path = 'query.attribute'
  const colon = text.indexOf(':')
  if (colon < 0)
    throw refuse(path, `${path} must be the name of an attribute, a colon and a value, such as points:1250`)
  const name = text.slice(0, colon).trim()
  const type = types.get(name)
  if (type === undefined) {
    const known = types.size === 0 ? 'none is' : `use one of ${[...types.keys()].slice(0, MOST_PROBLEMS).join(', ')}`
    throw refuse(path, `${path} names an attribute that is not declared: ${known}`)
  }
  const read = parseAttribute(type, text.slice(colon + 1))
  if ('problem' in read) throw refuse(path, `${path}: the value ${read.problem}`)
  if (read.value === null) throw refuse(path, `${path} must have a value behind the colon`)
  return { name, value: read.value }
}
