/**
 * Placeholders that are spoilt: text that names a field and would reach the customer as it stands, such as `{{first_name}}`
 * or `{"first_name"}`. Pure, and linear in the text's length.
 *
 * In braces, whatever holds a field's name counts. Signs of other programs (`%first_name%`, `[first_name]`,
 * `<first_name>`, `$first_name`) count with names that no sentence holds, and not in a URL's parameters.
 */
import { tidy } from '../../text/invisible.ts'

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

/** The shortest name of a field: phone. */
const SHORTEST = 5

const compound = /(?:^| )(first ?name|last ?name|preferr?ed ?product)(?: |$)/
const single = /(?:^| )(phone|location)(?: |$)/
const strict = '(?:first|last)_name|preferr?ed_product'
const loose = '[^%&{}]{1,64}'
const foreign = new RegExp(
  [
    `%(${strict})%`,
    `(?<![\\w\\]])\\[(${strict})\\](?!=)`,
    `<(${strict})>`,
    `«(${strict})»`,
    `(?<![\\w?&=])\\$(${strict})(?![\\w=])`,
    `(?<![\\w{])(${strict})["' ]?\\}`,
    `%7B(${loose})%7D`,
    `&(?:#123|#x7b|lbrace|lcub);(${loose})&(?:#125|#x7d|rbrace|rcub);`,
    '[｛﹛❴]([^｛﹛❴｝﹜❵{}]{1,64})[｝﹜❵}]',
  ].join('|'),
  'giu',
)

/** @param start the text before the first `{` */
export function findMalformed(start: string, pieces: readonly Piece[]): Malformed[] {
  const findings = [...inText(start)]
  let before = start
  let open = false
  for (const { text, length } of pieces) {
    const after = text.slice(length)
    if (length === 0) findings.push(...inBraces(text))
    else if (!open) findings.push(...doubled(before, text.slice(0, length), after))
    if (length > 0) findings.push(...inText(after))
    open = length === 0 && !text.includes('}') && nameAtStart(text) !== undefined
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
function inBraces(text: string): Malformed[] {
  const close = text.indexOf('}')
  if (close < 0) {
    const write = nameAtStart(text)
    return write === undefined ? inText(text) : [{ text: excerptOf(`{${text}`), write }]
  }
  const body = text.slice(0, close)
  const name = body.split('|', 1)[0] ?? ''
  const write = nameIn(name)
  const here = write === undefined ? [] : [{ text: excerptOf(`{${body}}`), name: name.trim(), write }]
  return [...here, ...inText(text.slice(close + 1))]
}

function inText(text: string): Malformed[] {
  if (!/[%[<«$}｛﹛❴&]/.test(text)) return []
  return [...text.matchAll(foreign)].flatMap(([whole, ...names]) => {
    const write = nameIn(names.find((name) => name !== undefined) ?? '')
    return write === undefined ? [] : [{ text: excerptOf(whole), write }]
  })
}

const wordsOf = (text: string): string =>
  tidy(text.normalize('NFKC').replace(/[^\p{L}\p{N}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu, ' ')).toLowerCase()

/** The field that `text` names: one of two words anywhere in it, one of one word among at most three. */
function nameIn(text: string): string | undefined {
  if (text.length < SHORTEST) return undefined
  const words = wordsOf(text)
  const [, long] = compound.exec(words) ?? []
  if (long !== undefined) return canonical(long)
  return words.split(' ').length > 3 ? undefined : single.exec(words)?.[1]
}

/** The field that an unclosed placeholder names. A word of the language counts only where no sentence goes on. */
function nameAtStart(text: string): string | undefined {
  if (text.length < SHORTEST) return undefined
  const start = tidy(text.slice(0, MAX_LENGTH))
  const token = start.split(/[ |]/, 1)[0] ?? ''
  const [, long] = compound.exec(wordsOf(token)) ?? /^(first name|last name|preferr?ed product)\b/i.exec(start) ?? []
  if (long !== undefined) return canonical(long.toLowerCase())
  return /^["']?(phone|location)["']?(?! ?[\p{L}\p{N}])/iu.exec(start)?.[1]?.toLowerCase()
}

const canonical = (words: string): string => words.replace(/ ?(name|product)$/, '_$1')

/** For a warning: what cannot be seen as its code, and no more of it than a line holds. */
function excerptOf(text: string): string {
  const visible = text.replace(
    /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu,
    (sign) => `<U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  )
  const line = visible.replace(/\s+/g, ' ')
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH).toWellFormed()}...` : line
}
