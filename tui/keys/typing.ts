/** Keys while text is typed. Pure. */
import type { Edit } from '../state/input.ts'
import type { Press } from './press.ts'

const edits: Readonly<Record<string, Exclude<Edit, { edit: 'insert' }>['edit']>> = {
  backspace: 'erase',
  // Most terminals send this for the backspace key.
  delete: 'erase',
  'ctrl+d': 'delete',
  left: 'left',
  right: 'right',
  home: 'home',
  end: 'end',
  'ctrl+a': 'home',
  'ctrl+e': 'end',
  'ctrl+w': 'eraseWord',
  'ctrl+u': 'eraseAll',
}

/** @returns undefined for a key that edits nothing */
export function editOf({ name, text }: Press): Edit | undefined {
  if (text !== '') return { edit: 'insert', text: text.replace(/\r\n?/g, '\n') }
  const edit = edits[name]
  return edit && { edit }
}
