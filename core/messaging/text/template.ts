/**
 * Message templates: text with placeholders for what is known about a customer. Compiled once, rendered for millions.
 *
 * A placeholder is `{name}` or `{name|fallback}`, all of it between one `{` and the next brace, which must be `}`:
 * - White space around the name is ignored: `{ first_name }` is `{first_name}`.
 * - The name is that of a field, or of a declared attribute, `{points}` or `{attributes.points}`. A number or a date may have
 *   a format, `{points:number}` or `{due:date}`: it is written as in the customer's language.
 * - `{stop_link}` is the address of a page on which the recipient opts out.
 * - The fallback is everything after the first `|`, kept as written, white space and further `|` included.
 * - A value that is null, missing, empty or shows nothing gives the fallback; without one it gives nothing. Any other
 *   value goes in as it is, and is never read again: a value cannot inject a field.
 * - A name that is neither, but looks like one, is `unknown`: it stays as it is and is reported. It looks like one when
 *   it is at most 64 characters, starts with a letter or `_`, and has only letters, digits, `_`, `-` and `.`, a format behind
 *   it, or also spaces if it is near a name: `{frist_name}`, `{City}` and `{first name}`, but not `{see below}`.
 * - Whatever else names a field and is no placeholder is `malformed`: it stays as it is and is reported, such as
 *   `{{first_name}}`, `{"first_name"}` and `{first_name` without its end.
 * - All other braces are text: `{}`, `{1}`, `{{`, an unclosed `{`.
 */
import { isBlank } from '../../text/invisible.ts'
import { type AttributeTypes, type AttributeValues, noAttributes } from '../contacts/attributes.ts'
import { STOP_LINK, type TemplateField, templateFields } from '../contacts/fields.ts'
import { DEFAULT_LANGUAGE, formatValue } from './format.ts'
import { findMalformed, type Malformed, type Piece } from './malformed-placeholder.ts'
import { lookOf, type Source, sourceOf } from './placeholder.ts'

export { type TemplateField, templateFields } from '../contacts/fields.ts'

/** Facts about a customer that a template may use. */
export type TemplateCustomer = { readonly [F in TemplateField]?: string | null | undefined } & {
  readonly attributes?: AttributeValues | null | undefined
  /** For the stop link. */
  readonly customer_id?: number | null | undefined
  /** Language that numbers and dates are written in. */
  readonly language?: string | null | undefined
}

/** Address of the page on which a customer opts out. */
export type StopLink = (customerId: number) => string

export interface TemplateOptions {
  /** Attributes that are declared. */
  readonly attributes?: AttributeTypes | undefined
  /** Language of customers whose own is not known. */
  readonly language?: string | undefined
  /** Undefined: there are no links, and nobody has one. */
  readonly stopLink?: StopLink | undefined
}

export interface UnknownPlaceholder {
  readonly name: string
  /** The name that was probably meant. */
  readonly nearest?: string
}

export interface Template {
  /** Fields that it uses, each once. */
  readonly fields: readonly TemplateField[]
  /** Attributes that it could use. */
  readonly declared: AttributeTypes
  /** Names of those that it uses, each once. */
  readonly attributes: readonly string[]
  /** True where a value is written as in the customer's language. */
  readonly formatted: boolean
  /** True where it has a stop link. */
  readonly linked: boolean
  /** Placeholders that name nothing, each once, in their order; the first 20. */
  readonly unknown: readonly UnknownPlaceholder[]
  /** Malformed placeholders that name a field or an attribute, in their order; the first 20. */
  readonly malformed: readonly Malformed[]
  /** The text for one customer. Never fails. */
  render(customer: TemplateCustomer): string
  /** Values that the customer lacks and that have no fallback, each once: `first_name`, `attributes.points`. */
  lacking(customer: TemplateCustomer): readonly string[]
}

/** The place of a value, and the text from there to the next one. */
type Slot = Source & {
  readonly fallback: string
  after: string
}

const MAX_UNKNOWN = 20
/** Unknown names that are compared with the known ones. No sane template has more, and a hostile one costs little. */
const MAX_LOOKED_AT = 200

/** Reads a template, in time linear in its length. Any text is a template: nothing is refused here, see `unknown`. */
export function compileTemplate(text: string, options: TemplateOptions = {}): Template {
  const { attributes = noAttributes } = options
  const slots: Slot[] = []
  const strange = new Set<string>()
  // Split at `{`: what follows one holds no other, so that nothing is looked at twice.
  const [start = '', ...pieces] = text.split('{')
  const read: Piece[] = []
  let head = start
  for (const piece of pieces) {
    const slot = readSlot(piece, attributes, strange)
    read.push({ text: piece, length: slot ? piece.length - slot.after.length : 0 })
    const last = slots.at(-1)
    if (slot) slots.push(slot)
    else if (last) last.after += `{${piece}`
    else head += `{${piece}`
  }
  const fields = templateFields.filter((field) => slots.some((slot) => slot.field === field))
  const unknown = findUnknown(strange, attributes)
  const named = new Set(unknown.map(({ name }) => name))
  const malformed = findMalformed(start, read, attributes).filter(({ name }) => name === undefined || !named.has(name))
  return {
    fields,
    declared: attributes,
    attributes: [...new Set(slots.flatMap((slot) => slot.attribute ?? []))],
    formatted: slots.some((slot) => slot.format !== undefined),
    linked: slots.some((slot) => slot.field === STOP_LINK),
    unknown,
    malformed: malformed.slice(0, MAX_UNKNOWN),
    render: (customer) => fill(head, slots, customer, options),
    lacking: (customer) => findLacking(slots, customer, options),
  }
}

/** Names that a warning lists. */
const MOST_LISTED = 20

/** Warnings for the author of a template about its unknown and malformed placeholders, each once. */
export function warnings({ unknown, malformed, declared }: Template): string[] {
  const names = [...templateFields, ...declared.keys()]
  const listed = `{${names.slice(0, MOST_LISTED).join('}, {')}}${names.length > MOST_LISTED ? ', ...' : ''}`
  const unknownTexts = unknown.map(({ name, nearest }) => {
    const hint = nearest ? `did you mean "{${nearest}}"?` : `use one of ${listed}`
    return `Unknown placeholder "{${name}}": ${hint}`
  })
  const malformedTexts = malformed.map(
    ({ text, write }) => `"${text}" is not a placeholder and is sent as it is: write {${write}}`,
  )
  return [...new Set([...unknownTexts, ...malformedTexts])]
}

function fill(head: string, slots: readonly Slot[], customer: TemplateCustomer, options: TemplateOptions): string {
  let text = head
  for (const slot of slots) {
    // Nearly all placeholders name a field, which is read without a call.
    const { field } = slot
    const value = field === undefined || field === STOP_LINK ? textOf(slot, customer, options) : customer[field]
    text += value == null || isBlank(value) ? slot.fallback : value
    text += slot.after
  }
  return text
}

function findLacking(slots: readonly Slot[], customer: TemplateCustomer, options: TemplateOptions): string[] {
  const lacking = new Set<string>()
  for (const slot of slots) {
    const value = textOf(slot, customer, options)
    if ((value == null || isBlank(value)) && isBlank(slot.fallback))
      lacking.add(slot.field ?? `attributes.${slot.attribute}`)
  }
  return [...lacking]
}

function textOf(slot: Slot, customer: TemplateCustomer, { language = DEFAULT_LANGUAGE, stopLink }: TemplateOptions) {
  if (slot.field === undefined) return attributeText(slot, customer, language)
  if (slot.field !== STOP_LINK) return customer[slot.field]
  return customer.customer_id == null ? undefined : stopLink?.(customer.customer_id)
}

function attributeText(
  { attribute, format }: Extract<Slot, { readonly attribute: string }>,
  customer: TemplateCustomer,
  language: string,
): string | undefined {
  const value: unknown = customer.attributes?.[attribute]
  // An object has more than its own values, such as its constructor.
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
  return formatValue(value, format, customer.language ?? language)
}

/** The slot that `piece`, the text after a `{`, begins with; a name that is not known goes to `strange`. */
function readSlot(piece: string, attributes: AttributeTypes, strange: Set<string>): Slot | undefined {
  const close = piece.indexOf('}')
  if (close < 0) return undefined
  const body = piece.slice(0, close)
  const bar = body.indexOf('|')
  const name = (bar < 0 ? body : body.slice(0, bar)).trim()
  const source = sourceOf(name, attributes)
  if (source) return { ...source, fallback: bar < 0 ? '' : body.slice(bar + 1), after: piece.slice(close + 1) }
  if (strange.size < MAX_LOOKED_AT) strange.add(name)
  return undefined
}

function findUnknown(strange: Iterable<string>, attributes: AttributeTypes): UnknownPlaceholder[] {
  const unknown: UnknownPlaceholder[] = []
  for (const name of strange) {
    const look = lookOf(name, attributes)
    if (look) unknown.push({ name, ...look })
    if (unknown.length === MAX_UNKNOWN) break
  }
  return unknown
}
