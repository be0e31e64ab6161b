/**
 * Bytes of a file to text, as they arrive: UTF-8, UTF-16 (by its byte order mark, or by the zeros of ASCII letters), and
 * Windows-1252 line by line where a line is not UTF-8. Work is linear in bytes, however they are cut. Pure.
 */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** Bytes and, later, characters of the longest row that is read. */
export const MAX_ROW = 256 * 1024

export interface Decoder {
  readonly encoding: Encoding
  /** Text that is complete by now; bytes that no encoding explains are U+FFFD. */
  push(bytes: Uint8Array): string
  end(): string
}

/** @param head the first bytes of the file, not taken yet: at least 4, unless the file is shorter */
export function openDecoder(head: Uint8Array): Decoder {
  const encoding = utf16Of(head)
  if (!encoding) return openLines(head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
  const decoder = new TextDecoder(encoding)
  return { encoding, push: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
}

function utf16Of([a, b, c, d]: Uint8Array): Encoding | undefined {
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (a && b === 0 && c && d === 0) return 'utf-16le'
  return a === 0 && b && c === 0 && d ? 'utf-16be' : undefined
}

const LF = 10
const CR = 13

/** Whole lines at a time, since a line is what one program has written. */
function openLines(marked: boolean): Decoder {
  const held = openBytes()
  const decoder = openLineDecoder(marked)
  /** Set while the line's beginning has been handed out. */
  let cut = false
  const decodeLines = (bytes: Uint8Array): string => {
    const all = decoder.valid(bytes)
    if (all !== undefined) return all
    let text = ''
    let from = 0
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] !== LF && bytes[at] !== CR) continue
      text += decoder.decode(bytes.subarray(from, at + 1), cut)
      cut = false
      from = at + 1
    }
    return text + decoder.decode(bytes.subarray(from), cut)
  }
  return {
    get encoding() {
      return decoder.encoding()
    },
    push(bytes) {
      // A carriage return alone ends a line too; where a line feed follows in the next part, the line is the same.
      const end = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1
      if (end > 0) held.add(bytes.subarray(0, end))
      const text = end > 0 ? decodeLines(held.take()) : ''
      held.add(bytes.subarray(end))
      if (held.size() <= MAX_ROW) return text
      // No row is so long: it is refused as a whole, so a letter that is cut here does not matter.
      cut = true
      return text + decoder.damaged(held.take())
    },
    end: () => decodeLines(held.take()),
  }
}

/**
 * A line that is not UTF-8 is Windows-1252, unless lines before it were UTF-8 beyond ASCII: then the line itself is damaged,
 * and nobody is given a wrong name.
 */
function openLineDecoder(marked: boolean) {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
  const ansi = new TextDecoder('windows-1252')
  let beyondAscii = marked
  let encoding: Encoding = 'utf-8'
  const damaged = (bytes: Uint8Array) => lenient.decode(bytes)
  /** @returns undefined when they are not UTF-8 */
  const valid = (bytes: Uint8Array): string | undefined => {
    try {
      const text = utf8.decode(bytes)
      beyondAscii ||= text.length !== bytes.length
      return text
    } catch {
      return undefined
    }
  }
  return {
    encoding: () => encoding,
    valid,
    damaged,
    /** @param cut true for the rest of a line whose beginning is not among the bytes */
    decode: (line: Uint8Array, cut: boolean): string => {
      const text = valid(line)
      if (text !== undefined) return text
      if (cut || (beyondAscii && encoding === 'utf-8')) return damaged(line)
      encoding = 'windows-1252'
      return ansi.decode(line)
    },
  }
}

/** Bytes that wait for the end of their line; the space for them doubles, so that all copies together are linear. */
function openBytes() {
  let space = new Uint8Array(1024)
  let size = 0
  return {
    size: () => size,
    add: (bytes: Uint8Array) => {
      if (size + bytes.length > space.length) {
        const larger = new Uint8Array(Math.max(space.length * 2, size + bytes.length))
        larger.set(space.subarray(0, size))
        space = larger
      }
      space.set(bytes, size)
      size += bytes.length
    },
    /** All of them, valid until the next `add`. */
    take: () => {
      const bytes = space.subarray(0, size)
      size = 0
      return bytes
    },
  }
}
