/** Names of keys, however the terminal sent them. Pure. */
import type { Key } from 'ink'

/** `up`, `enter`, `ctrl+c`, or the text that was typed or pasted. */
export interface Press {
  readonly name: string
  /** Typed text; empty for a key that types nothing. */
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

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'ctrl+j',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x1b': 'esc',
}

/** Splits keys that arrive in one piece, as when they are typed fast, into text and control characters. */
export function pressesOf(input: string, key: Partial<Key>): readonly Press[] {
  if (key.tab) return [press(key.shift ? 'shift+tab' : 'tab')]
  const match = named.find(([flag]) => key[flag])
  if (match) return [press(match[1] === 'enter' && key.meta ? 'alt+enter' : match[1])]
  if (key.ctrl) return [press(`ctrl+${input}`)]
  if (key.meta) return [press(`alt+${input}`)]
  return input
    .split(/(\p{Cc})/u)
    .filter(Boolean)
    .map((part) => {
      const control = controls[part]
      return control ? press(control) : { name: part, text: part }
    })
}

const press = (name: string): Press => ({ name, text: '' })
