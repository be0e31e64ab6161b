/**
 * Message templates: text with placeholders for what is known about a customer. Compiled once, rendered for millions.
 *
 * A placeholder is `{name}` or `{name|fallback}`, all of it between one `{` and the next brace, which must be `}`:
 * - White space around the name is ignored: `{ first_name }` is `{first_name}`.
 * - The fallback is everything after the first `|`, kept as written, white space and further `|` included.
 * - A value that is null, missing, empty or shows nothing gives the fallback; without one it gives nothing. Any other
 *   value goes in as it is, and is never read again: a value cannot inject a field.
 * - A name that is no field, but looks like one, is `unknown`: it stays as it is and is reported. It looks like one when
 *   it is at most 64 characters, starts with a letter or `_`, and has only letters, digits, `_`, `-` and `.`, or also
 *   spaces if it is near a field: `{frist_name}`, `{City}` and `{first name}`, but not `{see below}`.
 * - Whatever else names a field and is no placeholder is `malformed`: it stays as it is and is reported, such as
 *   `{{first_name}}`, `{"first_name"}` and `{first_name` without its end.
 * - All other braces are text: `{}`, `{1}`, `{{`, an unclosed `{`.
 */
import { isBlank } from '../../text/invisible.ts'
import { nearest } from '../../text/nearest.ts'
import { fieldByName, type TemplateField, templateFields } from '../contacts/fields.ts'
import { findMalformed, type Malformed, type Piece } from './malformed-placeholder.ts'

export { type TemplateField, templateFields } from '../contacts/fields.ts'

/** Fields of a customer that a template may use. */
export type TemplateCustomer = { readonly [F in TemplateField]?: string | null | undefined }

export interface UnknownPlaceholder {
  readonly name: string
  /** The field that was probably meant. */
  readonly nearest?: string
}

export interface Template {
  /** Fields that it uses, each once. */
  readonly fields: readonly TemplateField[]
  /** Placeholders that name no field, each once, in their order; the first 20. */
  readonly unknown: readonly UnknownPlaceholder[]
  /** Malformed placeholders that name a field, in their order; the first 20. */
  readonly malformed: readonly Malformed[]
  /** The text for one customer. Never fails. */
  render(customer: TemplateCustomer): string
}

/** A field's place, and the text from there to the next one. */
interface Slot {
  readonly field: TemplateField
  readonly fallback: string
  after: string
}

const MAX_NAME = 64
const MAX_UNKNOWN = 20
/** Unknown names that are compared with the fields. No sane template has more, and a hostile one costs little. */
const MAX_LOOKED_AT = 200

/** Reads a template, in time linear in its length. Any text is a template: nothing is refused here, see `unknown`. */
export function compileTemplate(text: string): Template {
  const slots: Slot[] = []
  const strange = new Set<string>()
  // Split at `{`: what follows one holds no other, so that nothing is looked at twice.
  const [start = '', ...pieces] = text.split('{')
  const read: Piece[] = []
  let head = start
  for (const piece of pieces) {
    const slot = readSlot(piece, strange)
    read.push({ text: piece, length: slot ? piece.length - slot.after.length : 0 })
    const last = slots.at(-1)
    if (slot) slots.push(slot)
    else if (last) last.after += `{${piece}`
    else head += `{${piece}`
  }
  const fields = templateFields.filter((field) => slots.some((slot) => slot.field === field))
  const unknown = findUnknown(strange)
  const named = new Set(unknown.map(({ name }) => name))
  const malformed = findMalformed(start, read).filter(({ name }) => name === undefined || !named.has(name))
  return {
    fields,
    unknown,
    malformed: malformed.slice(0, MAX_UNKNOWN),
    render: (customer) => fill(head, slots, customer),
  }
}

/** Warnings for the author of a template about its unknown and malformed placeholders, each once. */
export function warnings({ unknown, malformed }: Template): string[] {
  const unknownTexts = unknown.map(({ name, nearest }) => {
    const hint = nearest ? `did you mean "{${nearest}}"?` : `use one of {${templateFields.join('}, {')}}`
    return `Unknown placeholder "{${name}}": ${hint}`
  })
  const malformedTexts = malformed.map(
    ({ text, write }) => `"${text}" is not a placeholder and is sent as it is: write {${write}}`,
  )
  return [...new Set([...unknownTexts, ...malformedTexts])]
}

function fill(head: string, slots: readonly Slot[], customer: TemplateCustomer): string {
  let text = head
  for (const slot of slots) {
    const value = customer[slot.field]
    text += value == null || isBlank(value) ? slot.fallback : value
    text += slot.after
  }
  return text
}

/** The slot that `piece`, the text after a `{`, begins with; a name that is no field goes to `strange`. */
function readSlot(piece: string, strange: Set<string>): Slot | undefined {
  const close = piece.indexOf('}')
  if (close < 0) return undefined
  const body = piece.slice(0, close)
  const bar = body.indexOf('|')
  const name = (bar < 0 ? body : body.slice(0, bar)).trim()
  const field = fieldByName.get(name)
  if (field) return { field, fallback: bar < 0 ? '' : body.slice(bar + 1), after: piece.slice(close + 1) }
  if (strange.size < MAX_LOOKED_AT) strange.add(name)
  return undefined
}

function findUnknown(strange: Iterable<string>): UnknownPlaceholder[] {
  const unknown: UnknownPlaceholder[] = []
  for (const name of strange) {
    if (name.length > MAX_NAME || !/^[\p{L}_][\p{L}\p{M}\p{N}_.\s-]*$/u.test(name)) continue
    const meant = meantBy(name)
    if (meant) unknown.push({ name, nearest: meant })
    else if (!/\s/.test(name)) unknown.push({ name })
    if (unknown.length === MAX_UNKNOWN) break
  }
  return unknown
}

/** The field name that is near `name`, however it is cased and its words are joined. */
function meantBy(name: string): string | undefined {
  const plain = name.toLowerCase().replace(/[\s.-]+/g, '_')
  return fieldByName.has(plain) ? plain : nearest(plain, fieldByName.keys())
}
