/** A line of text that is being typed. Pure; the cursor stands before the grapheme of its number. */
import { splitGraphemes } from '../text.ts'

export interface Input {
  readonly text: string
  readonly cursor: number
}

export type Edit =
  | { readonly edit: 'insert'; readonly text: string }
  | { readonly edit: 'erase' | 'delete' | 'left' | 'right' | 'home' | 'end' | 'eraseWord' | 'eraseAll' }

export const inputOf = (text = ''): Input => ({ text, cursor: splitGraphemes(text).length })

export function editInput(input: Input, change: Edit): Input {
  const all = splitGraphemes(input.text)
  const [before, after] = [all.slice(0, input.cursor), all.slice(input.cursor)]
  const join = (head: readonly string[], tail: readonly string[]): Input => {
    const text = head.join('') + tail.join('')
    return { text, cursor: splitGraphemes(head.join('')).length }
  }
  switch (change.edit) {
    case 'insert':
      return join([...before, change.text], after)
    case 'erase':
      return join(before.slice(0, -1), after)
    case 'delete':
      return join(before, after.slice(1))
    case 'left':
      return { ...input, cursor: Math.max(0, input.cursor - 1) }
    case 'right':
      return { ...input, cursor: Math.min(all.length, input.cursor + 1) }
    case 'home':
      return { ...input, cursor: 0 }
    case 'end':
      return { ...input, cursor: all.length }
    case 'eraseWord':
      return join(splitGraphemes(before.join('').replace(/\S+\s*$/, '')), after)
    case 'eraseAll':
      return { text: '', cursor: 0 }
  }
}
