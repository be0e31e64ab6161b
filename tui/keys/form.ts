/** Keys in the form for a new campaign. Pure. */
import { type Form, isChoice, isToggle } from '../state/form.ts'
import type { Action } from '../state/state.ts'
import type { Press } from './press.ts'
import { editOf } from './typing.ts'

export function formKey(form: Form, press: Press): readonly Action[] {
  if (form.busy) return []
  const chosen = choiceKey(form, press)
  if (chosen) return chosen
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
  if (isToggle(form.focus)) return toggleKey(press.name)
  const change = editOf(press)
  return change ? [{ type: 'form.edit', change }] : []
}

const sides: Readonly<Record<string, 1 | -1>> = { ' ': 1, right: 1, l: 1, left: -1, h: -1 }

function toggleKey(name: string): readonly Action[] {
  const by = sides[name]
  return by === undefined ? [] : [{ type: 'form.toggle', by }]
}

/** Keys in a field of segments: they are chosen from a list, and the last one is removed by backspace. */
function choiceKey({ focus }: Form, { name, text }: Press): readonly Action[] | undefined {
  if (!isChoice(focus)) return undefined
  if (name === 'enter' || name === ' ') return [{ type: 'pick.open', list: focus }]
  if (name === 'backspace' || name === 'delete') return [{ type: 'form.drop' }]
  return text === '' ? undefined : []
}
