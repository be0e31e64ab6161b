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

/**
 * Whole lines at a time, since a line is what one program has written. A line that is not UTF-8 is Windows-1252, unless
 * lines before it were UTF-8 beyond ASCII: then the line itself is damaged, and nobody is given a wrong name.
 */
function openLines(marked: boolean): Decoder {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const damaged = new TextDecoder('utf-8', { ignoreBOM: true })
  const ansi = new TextDecoder('windows-1252')
  let held = new Uint8Array(1024)
  let size = 0
  let seen = marked
  let encoding: Encoding = 'utf-8'
  let cut = false
  const decodeLine = (line: Uint8Array): string => {
    const text = valid(line)
    if (text !== undefined) return text
    if (cut || (seen && encoding === 'utf-8')) return damaged.decode(line)
    encoding = 'windows-1252'
    return ansi.decode(line)
  }
  const valid = (bytes: Uint8Array): string | undefined => {
    try {
      const text = utf8.decode(bytes)
      seen ||= text.length !== bytes.length
      return text
    } catch {
      return undefined
    }
  }
  const decodeLines = (bytes: Uint8Array): string => {
    const all = valid(bytes)
    if (all !== undefined) return all
    let text = ''
    let from = 0
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] !== LF && bytes[at] !== CR) continue
      text += decodeLine(bytes.subarray(from, at + 1))
      cut = false
      from = at + 1
    }
    return text + decodeLine(bytes.subarray(from))
  }
  const hold = (bytes: Uint8Array) => {
    if (size + bytes.length > held.length) {
      const larger = new Uint8Array(Math.max(held.length * 2, size + bytes.length))
      larger.set(held.subarray(0, size))
      held = larger
    }
    held.set(bytes, size)
    size += bytes.length
  }
  const release = () => {
    const bytes = held.subarray(0, size)
    size = 0
    return bytes
  }
  return {
    get encoding() {
      return encoding
    },
    push(bytes) {
      // A carriage return alone ends a line too; where a line feed follows in the next part, the line is the same.
      const end = Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1
      if (end > 0) hold(bytes.subarray(0, end))
      const text = end > 0 ? decodeLines(release()) : ''
      hold(bytes.subarray(end))
      if (size <= MAX_ROW) return text
      // No row is so long: it is refused as a whole, so a letter that is cut here does not matter.
      cut = true
      return text + damaged.decode(release())
    },
    end: () => decodeLines(release()),
  }
}
