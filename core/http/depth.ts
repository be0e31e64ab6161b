/** Bound on the nesting of JSON that others send: whatever walks a value later may recurse. */

/** Levels of objects and lists in a request's body, or in a line of NDJSON. */
export const MAX_DEPTH = 64

const BACKSLASH = 0x5c

/**
 * True for JSON text that nests deeper than `levels`. Reads the text itself, once and without recursion, so that it is safe to
 * ask before `JSON.parse`; of text that is no JSON it says no more than that it may be parsed.
 */
export function isDeeperThan(json: string, levels = MAX_DEPTH): boolean {
  const mark = /["[\]{}]/g
  let depth = 0
  while (mark.test(json)) {
    const sign = json[mark.lastIndex - 1]
    if (sign === '"') mark.lastIndex = endOfString(json, mark.lastIndex - 1) + 1
    else if (sign === '[' || sign === '{') {
      if (++depth > levels) return true
    } else depth--
  }
  return false
}

/** Index of the quote that closes the string opened at `start`; the end of the text where none does. */
function endOfString(json: string, start: number): number {
  let at = start
  do {
    at = json.indexOf('"', at + 1)
    if (at < 0) return json.length
  } while (isEscaped(json, at))
  return at
}

/** A quote after an odd number of backslashes belongs to the string. */
function isEscaped(json: string, at: number): boolean {
  let first = at
  while (json.charCodeAt(first - 1) === BACKSLASH) first--
  return (at - first) % 2 === 1
}
