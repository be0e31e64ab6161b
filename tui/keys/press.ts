/** A key by one name, however the terminal sent it. Pure. */
import type { Key } from 'ink'

/** `up`, `enter`, `ctrl+c`, or the text that was typed or pasted. */
export interface Press {
  readonly name: string
  /** What was typed; empty for a key that types nothing. */
  readonly text: string
}

const named = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
] as const satisfies readonly (readonly [keyof Key, string])[]

export function pressOf(input: string, key: Partial<Key>): Press {
  if (key.tab) return { name: key.shift ? 'shift+tab' : 'tab', text: '' }
  const found = named.find(([flag]) => key[flag])
  if (found) {
    const [, name] = found
    return { name: name === 'enter' && key.meta ? 'alt+enter' : name, text: '' }
  }
  if (key.ctrl) return { name: `ctrl+${input}`, text: '' }
  if (key.meta) return { name: `alt+${input}`, text: '' }
  return { name: input, text: input }
}
