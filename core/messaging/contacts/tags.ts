/** Tags of customers: words in lower case, each once. `,` and `;` separate them in files. Pure. */
import { isBlank } from '../../text/invisible.ts'
import { textProblem } from '../../text/text.ts'

export const MAX_TAGS = 50
export const MAX_TAG = 50

/** The tag that a text means: `VIP ` is `vip`. */
export const tagOf = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase().normalize('NFC')

/** The fault of the tag at `nth`, or of the list where there is no such place, as a sentence that goes on from its name. */
export type ReadTags = { readonly tags: string[] } | { readonly nth?: number; readonly problem: string }

export function readTags(given: readonly string[]): ReadTags {
  const tags = new Set<string>()
  for (const [nth, text] of given.entries()) {
    const tag = tagOf(text)
    const problem = tagProblem(tag)
    if (problem !== undefined) return { nth, problem }
    tags.add(tag)
  }
  if (tags.size > MAX_TAGS) return { problem: `must hold at most ${MAX_TAGS} tags` }
  return { tags: [...tags] }
}

function tagProblem(tag: string): string | undefined {
  if (isBlank(tag)) return 'must not be empty'
  return /[,;]/.test(tag) ? 'must not contain a comma or a semicolon, which separate tags' : textProblem(tag, MAX_TAG)
}

/** Tags of a cell. */
export const splitTags = (cell: string): string[] => cell.split(/[,;]/).filter((part) => !isBlank(part))
/** A cell with these tags. */
export const joinTags = (tags: readonly string[]): string => tags.join(';')
