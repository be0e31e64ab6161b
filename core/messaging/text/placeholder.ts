/** Names that placeholders may have: fields that every customer has, and declared attributes with their formats. Pure. */
import { nearest } from '../../text/nearest.ts'
import { type AttributeTypes, MAX_NAME } from '../contacts/attributes.ts'
import { fieldByName, STOP_LINK, type TemplateField } from '../contacts/fields.ts'
import { type Format, formats } from './format.ts'

/** The value that a placeholder stands for. */
export type Source =
  | { readonly field: TemplateField | typeof STOP_LINK; readonly attribute: undefined; readonly format: undefined }
  | { readonly field: undefined; readonly attribute: string; readonly format: Format | undefined }

interface Named {
  /** `attributes.`, or nothing. */
  readonly prefix: string
  readonly name: string
  readonly format: string | undefined
}

const pattern = new RegExp(`^(attributes\\.)?([a-z][a-z0-9_]{0,${MAX_NAME - 1}})(?:\\s*:\\s*([a-z]{1,20}))?$`)

function attributeNamed(text: string): Named | undefined {
  const [whole, prefix = '', name = '', format] = pattern.exec(text) ?? []
  return whole === undefined ? undefined : { prefix, name, format }
}

/** @returns undefined for a name that is neither a field nor an attribute, or a format that does not suit it */
export function sourceOf(text: string, attributes: AttributeTypes): Source | undefined {
  const field = text === STOP_LINK ? STOP_LINK : fieldByName.get(text)
  if (field) return { field, attribute: undefined, format: undefined }
  if (attributes.size === 0) return undefined
  const named = attributeNamed(text)
  const type = named && attributes.get(named.name)
  if (!named || type === undefined) return undefined
  const format = formats.find((one) => one === named.format)
  if (named.format !== undefined && format !== type) return undefined
  return { field: undefined, attribute: named.name, format }
}

/**
 * True for a text that may name an attribute, in a placeholder or in one that is spoilt: nearly all texts name fields alone,
 * and need nobody to look up what is declared.
 */
export function mayNameAttribute(text: string): boolean {
  const rest = text.replace(/\{([^{}|]*)(?:\|[^{}]*)?\}/g, (whole, name: string) => (isField(name.trim()) ? '' : whole))
  return /[{}%[<«$｛﹛❴&]/.test(rest)
}

const isField = (name: string) => name === STOP_LINK || fieldByName.has(name)

const MAX_LENGTH = 64

/** @returns the name that is near, if any, for a text that was meant to be a placeholder; undefined for other text */
export function lookOf(text: string, attributes: AttributeTypes): { readonly nearest?: string } | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const [base = '', format, ...rest] = text.split(':').map((part) => part.trim())
  const isFormat = rest.length === 0 && formats.some((one) => one === format)
  if (format !== undefined) {
    const named = attributeNamed(base)
    const type = named && attributes.get(named.name)
    // A format that there is not, or that the type does not have.
    if (type !== undefined)
      return {
        nearest: withFormat(
          base,
          formats.find((one) => one === type),
        ),
      }
    if (!isFormat) return undefined
  }
  if (!/^[\p{L}_][\p{L}\p{M}\p{N}_.\s-]*$/u.test(base)) return undefined
  const meant = meantBy(base, attributes)
  if (meant !== undefined) return { nearest: attributes.has(meant) ? withFormat(meant, format) : meant }
  return /\s/.test(base) ? undefined : {}
}

const withFormat = (name: string, format: string | undefined) => (format === undefined ? name : `${name}:${format}`)

/** The name that is near `name`, however it is cased and its words are joined. */
function meantBy(name: string, attributes: AttributeTypes): string | undefined {
  const plain = name
    .toLowerCase()
    .replace(/^attributes\./, '')
    .replace(/[\s.-]+/g, '_')
  return isField(plain) || attributes.has(plain)
    ? plain
    : nearest(plain, [...fieldByName.keys(), STOP_LINK, ...attributes.keys()])
}
