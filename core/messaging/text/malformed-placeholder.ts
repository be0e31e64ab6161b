/**
 * Placeholders that are spoilt: text that names a field or an attribute and would reach the customer as it stands, such as
 * `{{first_name}}` or `{"first_name"}`. Pure, and linear in the text's length.
 *
 * In braces, whatever holds a name counts. Signs of other programs (`%first_name%`, `[first_name]`, `<first_name>`,
 * `$first_name`) count with names that no sentence holds, which are those of two words, and not in a URL's parameters.
 */
import { tidy } from '../../text/invisible.ts'
import type { AttributeTypes } from '../contacts/attributes.ts'
import { namesFor, type PlaceholderNames } from './placeholder-names.ts'

export interface Malformed {
  /** As the template has it, with invisible characters made visible; shortened. */
  readonly text: string
  /** Between its braces, where it has both. */
  readonly name?: string
  /** The placeholder that was probably meant, without its braces. */
  readonly write: string
}

/** A template split at `{`: the text after one, and the length of the placeholder that it begins with, 0 for none. */
export interface Piece {
  readonly text: string
  readonly length: number
}

/** The longest text that is looked at for a name in braces that are not closed, and that a warning repeats. */
const MAX_LENGTH = 64

/** @param start the text before the first `{` */
export function findMalformed(start: string, pieces: readonly Piece[], attributes: AttributeTypes): Malformed[] {
  const names = namesFor(attributes)
  const findings = [...inText(start, names)]
  let before = start
  let open = false
  for (const { text, length } of pieces) {
    const after = text.slice(length)
    if (length === 0) findings.push(...inBraces(text, names))
    else if (!open) findings.push(...doubled(before, text.slice(0, length), after))
    if (length > 0) findings.push(...inText(after, names))
    open = length === 0 && !text.includes('}') && nameAtStart(text, names) !== undefined
    before = length === 0 ? `{${text}` : after
  }
  return findings
}

/** A placeholder with a second pair of braces around it, which stay in the text. */
function doubled(before: string, placeholder: string, after: string): Malformed[] {
  const opened = /\{\s*$/.test(before.slice(-MAX_LENGTH))
  const closed = /^\s*\}/.test(after.slice(0, MAX_LENGTH))
  if (!opened && !closed) return []
  const text = `${opened ? '{' : ''}{${placeholder}${closed ? '}' : ''}`
  const name = placeholder.slice(0, -1).split('|', 1)[0] ?? ''
  return [{ text: excerptOf(text), write: name.trim() }]
}

/** Text that follows a `{` and is no placeholder. */
function inBraces(text: string, names: PlaceholderNames): Malformed[] {
  const close = text.indexOf('}')
  if (close < 0) {
    const write = nameAtStart(text, names)
    return write === undefined ? inText(text, names) : [{ text: excerptOf(`{${text}`), write }]
  }
  const body = text.slice(0, close)
  const name = body.split('|', 1)[0] ?? ''
  const write = nameIn(name, names)
  const here = write === undefined ? [] : [{ text: excerptOf(`{${body}}`), name: name.trim(), write }]
  return [...here, ...inText(text.slice(close + 1), names)]
}

function inText(text: string, names: PlaceholderNames): Malformed[] {
  if (!/[%[<«$}｛﹛❴&]/.test(text)) return []
  return [...text.matchAll(names.foreign)].flatMap(([whole, ...found]) => {
    const write = nameIn(found.find((name) => name !== undefined) ?? '', names)
    return write === undefined ? [] : [{ text: excerptOf(whole), write }]
  })
}

const wordsOf = (text: string): string =>
  tidy(text.normalize('NFKC').replace(/[^\p{L}\p{N}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu, ' ')).toLowerCase()

/** The name that `text` holds: one of two words anywhere in it, one of one word among at most three. */
function nameIn(text: string, { shortest, compound, single, nameOf }: PlaceholderNames): string | undefined {
  if (text.length < shortest) return undefined
  const words = wordsOf(text)
  const [, long] = compound.exec(words) ?? []
  if (long !== undefined) return nameOf(long)
  return words.split(' ').length > 3 ? undefined : single.exec(words)?.[1]
}

/** The name that an unclosed placeholder has. A word of the language counts only where no sentence goes on. */
function nameAtStart(text: string, names: PlaceholderNames): string | undefined {
  if (text.length < names.shortest) return undefined
  const start = tidy(text.slice(0, MAX_LENGTH))
  const token = start.split(/[ |]/, 1)[0] ?? ''
  const [, long] = names.compound.exec(wordsOf(token)) ?? names.compoundStart.exec(start) ?? []
  if (long !== undefined) return names.nameOf(long.toLowerCase())
  return names.singleStart.exec(start)?.[1]?.toLowerCase()
}

/** For a warning: what cannot be seen as its code, and no more of it than a line holds. */
function excerptOf(text: string): string {
  const visible = text.replace(
    /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu,
    (sign) => `<U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  )
  const line = visible.replace(/\s+/g, ' ')
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH).toWellFormed()}...` : line
}
