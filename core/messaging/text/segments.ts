/**
 * Parts of a text as SMS. Pure. 3GPP TS 23.038 6.2.1 gives the GSM 7-bit alphabet and its extension table, whose
 * characters take two septets; whatever is in neither turns the whole text into UCS-2. TS 23.040 9.2.3.24.1 takes the
 * header of a part of a longer text from its 140 bytes: 153 septets or 67 UCS-2 units are left.
 */

const alphabet: ReadonlySet<string> = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extension: ReadonlySet<string> = new Set('\f^{}\\[~]|€')

export type Encoding = 'GSM-7' | 'UCS-2'
const limits = { 'GSM-7': { single: 160, part: 153 }, 'UCS-2': { single: 70, part: 67 } } as const

export interface Segments {
  readonly encoding: Encoding
  /** Septets or UCS-2 units. */
  readonly units: number
  /** Messages that are paid for; 0 for no text. */
  readonly parts: number
  /** Units that one part holds. */
  readonly perPart: number
  /** Units that still fit into the last part. */
  readonly left: number
  /** Characters that are not in the GSM alphabet, each once, in their order. */
  readonly forcing: readonly string[]
}

export const isGsm = (character: string): boolean => alphabet.has(character) || extension.has(character)

const classOf = (characters: Iterable<string>) =>
  [...characters].map((one) => `\\u{${one.codePointAt(0)?.toString(16)}}`).join('')
const allGsm = new RegExp(`^[${classOf(alphabet)}${classOf(extension)}]*$`, 'u')

/** True for a text that is sent in the GSM alphabet. */
export const isGsmText = (text: string): boolean => allGsm.test(text)

/** Code points: a surrogate pair is one, and half of one is one by itself. */
export function countSegments(text: string): Segments {
  const characters = [...text]
  const forcing = [...new Set(characters.filter((one) => !isGsm(one)))]
  const encoding: Encoding = forcing.length > 0 ? 'UCS-2' : 'GSM-7'
  const size = (one: string) => (encoding === 'UCS-2' ? one.length : extension.has(one) ? 2 : 1)
  const sizes = characters.map(size)
  const units = sizes.reduce((sum, one) => sum + one, 0)
  const { single, part } = limits[encoding]
  const { parts, used } = units <= single ? { parts: units > 0 ? 1 : 0, used: units } : fill(sizes, part)
  const perPart = parts > 1 ? part : single
  return { encoding, units, parts, perPart, left: perPart - used, forcing }
}

/** A character that takes two units and finds room for one begins the next part: none is split. */
function fill(sizes: readonly number[], part: number): { parts: number; used: number } {
  let [parts, used] = [1, 0]
  for (const size of sizes) {
    if (used + size > part) {
      parts++
      used = 0
    }
    used += size
  }
  return { parts, used }
}

export interface Run {
  readonly text: string
  /** None of it is in the GSM alphabet. */
  readonly forcing: boolean
  /** Index of its first character. */
  readonly at: number
}

/** The text in runs of characters that force UCS-2 and those that do not. */
export function markForcing(text: string): Run[] {
  const runs: { text: string; forcing: boolean; at: number }[] = []
  let at = 0
  for (const character of text) {
    const forcing = !isGsm(character)
    const last = runs.at(-1)
    if (last?.forcing === forcing) last.text += character
    else runs.push({ text: character, forcing, at })
    at += character.length
  }
  return runs
}

/** Parts of a text as SMS, as `countSegments` counts them, without the rest: it is asked for each message that is sent. */
export function countParts(text: string): number {
  // Most texts: short, and of characters that both alphabets and ASCII share.
  if (text.length <= limits['UCS-2'].single) return text.length > 0 ? 1 : 0
  return countSegments(text).parts
}
