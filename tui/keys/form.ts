/** Keys in the form for a new campaign. Pure. */
import type { Form } from '../state/form.ts'
import type { Action } from '../state/state.ts'
import type { Press } from './press.ts'
import { editOf } from './typing.ts'

export function formKey(form: Form, press: Press): readonly Action[] {
  if (form.busy) return []
  switch (press.name) {
    case 'esc':
      return [{ type: 'back' }]
    case 'tab':
    case 'down':
      return [{ type: 'form.focus', by: 1 }]
    case 'shift+tab':
    case 'up':
      return [{ type: 'form.focus', by: -1 }]
    case 'ctrl+s':
      return [{ type: 'ask.send' }]
    case 'enter':
      return form.focus === 'send' ? [{ type: 'ask.send' }] : [{ type: 'form.focus', by: 1 }]
    case 'alt+enter':
    case 'ctrl+j':
      return form.focus === 'template' ? [{ type: 'form.edit', change: { edit: 'insert', text: '\n' } }] : []
  }
  if (form.focus === 'channel' || form.focus === 'mode')
    return [' ', 'left', 'right', 'h', 'l'].includes(press.name) ? [{ type: 'form.toggle' }] : []
  const change = editOf(press)
  return change ? [{ type: 'form.edit', change }] : []
}
