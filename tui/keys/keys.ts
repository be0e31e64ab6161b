/** Keys of each screen. Pure: a state and a key give actions. */
import { editInput, inputOf } from '../state/input.ts'
import { type Action, type ControlAction, type MainScreen, type Overlay, type State, screens } from '../state/state.ts'
import { endsSending, targetOf } from '../state/target.ts'
import { formKey } from './form.ts'
import type { Press } from './press.ts'
import { editOf } from './typing.ts'

const none: readonly Action[] = []

export function actionsOf(state: State, press: Press): readonly Action[] {
  if (press.name === 'ctrl+c') return quit(state)
  if (state.overlay) return overlayKey(state, state.overlay, press)
  if (state.screen === 'form' && state.form) return formKey(state.form, press)
  if (state.screen === 'campaign' && state.detail?.tab === 'template') {
    const typed = customerKey(state, press)
    if (typed) return typed
  }
  // Keys that arrive in one piece, as when one is held down, count one by one.
  if (press.text.length > 1) return [...press.text].flatMap((text) => actionsOf(state, { name: text, text }))
  return globalKey(state, press.name) ?? screenKey(state, press.name)
}

/** True while text is typed into a field: it is not read as keys. */
export function isTyping({ overlay, screen, form, detail }: State): boolean {
  if (overlay) return 'input' in overlay
  return (screen === 'form' && form !== undefined) || (screen === 'campaign' && detail?.tab === 'template')
}

/** Quitting stops a server in this process, so it asks first while messages are in flight. */
function quit(state: State): readonly Action[] {
  const asked = state.overlay?.kind === 'confirmQuit'
  return asked || !endsSending(state) ? [{ type: 'quit' }] : [{ type: 'overlay', overlay: { kind: 'confirmQuit' } }]
}

const controls: Readonly<Record<string, ControlAction>> = {
  p: 'pause',
  r: 'resume',
  c: 'cancel',
  f: 'retryFailed',
  x: 'closeAudience',
}

function globalKey(state: State, name: string): readonly Action[] | undefined {
  const screen = screens[Number(name) - 1]
  if (screen) return [{ type: 'go', screen }]
  const control = controls[name]
  if (control && (state.screen === 'overview' || state.screen === 'campaigns' || state.screen === 'campaign'))
    return [{ type: 'ask', control }]
  switch (name) {
    case 'q':
      return quit(state)
    case '?':
      return [{ type: 'overlay', overlay: { kind: 'help' } }]
    case '/':
      return search(state)
    case 'n':
      return [{ type: 'new' }]
    case 'a':
      return state.stopped ? [{ type: 'audience.continue' }] : undefined
    case 'R':
    case 'ctrl+r':
      return [{ type: 'reload' }]
    case 'tab':
    case 'shift+tab':
      return state.screen === 'campaign'
        ? undefined
        : [{ type: 'go', screen: neighbour(state, name === 'tab' ? 1 : -1) }]
    case 'esc':
      return state.back.length > 0 ? [{ type: 'back' }] : leaveSearch(state)
    default:
      return undefined
  }
}

function neighbour(state: State, by: number): MainScreen {
  const at = (screens as readonly string[]).indexOf(state.screen)
  return screens[(at + by + screens.length) % screens.length] ?? 'overview'
}

/**
 * A search is for what the screen lists; from the overview it is for campaigns. It begins empty, as in vim, so that what
 * is typed is not added to the search before it; an empty one shows everything.
 */
function search({ screen }: State): readonly Action[] {
  const open: Action = { type: 'overlay', overlay: { kind: 'search', input: inputOf() } }
  const listed = ['campaign', 'log', 'campaigns', 'segments'].includes(screen)
  return listed ? [open] : [{ type: 'go', screen: 'campaigns' }, open]
}

function leaveSearch(state: State): readonly Action[] {
  if (state.screen === 'campaigns' && state.list.query.q) return [{ type: 'list.search', q: '' }]
  if (state.screen === 'segments' && state.segments.query.q) return [{ type: 'segments.search', q: '' }]
  if (state.screen === 'log' && state.log.q) return [{ type: 'log.search', q: '' }]
  return none
}

const steps: Readonly<Record<string, number>> = { up: -1, k: -1, down: 1, j: 1, g: -1e9, home: -1e9, G: 1e9, end: 1e9 }
const pages: Readonly<Record<string, 1 | -1>> = {
  pagedown: 1,
  'ctrl+f': 1,
  ']': 1,
  pageup: -1,
  'ctrl+b': -1,
  '[': -1,
}
const sides: Readonly<Record<string, 1 | -1>> = { right: 1, l: 1, left: -1, h: -1 }

function screenKey(state: State, name: string): readonly Action[] {
  const by = steps[name]
  const page = pages[name]
  const side = sides[name]
  switch (state.screen) {
    case 'overview':
      if (by !== undefined) return [{ type: 'choose', by }]
      return name === 'enter' ? openTarget(state) : none
    case 'campaigns':
      if (by !== undefined) return [{ type: 'list.move', by }]
      if (page ?? side) return [{ type: 'list.page', by: page ?? side ?? 1 }]
      if (name === 's') return [{ type: 'list.cycle', what: 'status' }]
      if (name === 't') return [{ type: 'list.cycle', what: 'channel' }]
      if (name === 'o') return [{ type: 'list.cycle', what: 'sort' }]
      return name === 'enter' ? openTarget(state) : none
    case 'campaign':
      if (side ?? (name === 'tab' || name === 'shift+tab'))
        return [{ type: 'detail.tab', by: side ?? (name === 'tab' ? 1 : -1) }]
      if (by !== undefined) return [{ type: 'detail.move', by }]
      if (page) return [{ type: 'detail.page', by: page }]
      if (name === 's') return [{ type: 'detail.filter' }]
      return name === 'enter' ? previewRecipient(state) : none
    case 'log':
      if (by !== undefined) return [{ type: 'log.move', by }]
      if (page) return [{ type: 'log.move', by: page * (state.rows - 8) }]
      return name === 's' ? [{ type: 'log.level' }] : none
    case 'senders':
      if (by !== undefined) return [{ type: 'senders.move', by }]
      return name === 'p' || name === 'r' ? [{ type: 'senders.ask', pause: name === 'p' }] : none
    case 'segments':
      if (by !== undefined) return [{ type: 'segments.move', by }]
      if (page ?? side) return [{ type: 'segments.page', by: page ?? side ?? 1 }]
      return name === 'enter' && state.segments.rows.length > 0 ? [{ type: 'open.segment' }] : none
    case 'segment':
      return by !== undefined ? [{ type: 'segments.scroll', by }] : none
    case 'queue':
      return by !== undefined ? [{ type: 'scroll', by }] : none
    default:
      return none
  }
}

function openTarget(state: State): readonly Action[] {
  const target = targetOf(state)
  return target ? [{ type: 'open', id: target.id }] : none
}

/** Enter on a recipient shows the preview for them. */
function previewRecipient({ detail }: State): readonly Action[] {
  const customer = detail?.recipients[detail.selected]?.customer
  if (detail?.tab !== 'recipients' || !customer) return none
  return [
    { type: 'detail.customer', customer: inputOf(String(customer.id)) },
    { type: 'detail.tab', by: 2 },
  ]
}

/** On the template tab digits choose the customer that the preview is for. */
function customerKey({ detail }: State, press: Press): readonly Action[] | undefined {
  if (!detail || !(/^\d+$/.test(press.text) || press.name === 'backspace' || press.name === 'delete')) return undefined
  const edit = editOf(press)
  return edit && [{ type: 'detail.customer', customer: editInput(detail.customer, edit) }]
}

const close: Action = { type: 'overlay', overlay: undefined }

function overlayKey(state: State, overlay: Overlay, press: Press): readonly Action[] {
  if (press.name === 'esc') return [close]
  switch (overlay.kind) {
    case 'help':
      return [close]
    case 'confirm':
      if (press.name === 'y' || press.name === 'enter')
        return [{ type: 'do', control: overlay.control, target: overlay.target }]
      return press.name === 'n' || press.name === 'q' ? [close] : none
    case 'confirmSender':
      if (press.name === 'y' || press.name === 'enter')
        return [{ type: 'senders.do', sender: overlay.sender, pause: overlay.pause }]
      return press.name === 'n' || press.name === 'q' ? [close] : none
    case 'confirmSend':
      if (press.name === 'y' || press.name === 'enter') return [{ type: 'send' }]
      return press.name === 'n' || press.name === 'q' ? [close] : none
    case 'confirmQuit':
      if (press.name === 'y' || press.name === 'enter') return [{ type: 'quit' }]
      return press.name === 'n' || press.name === 'q' ? [close] : none
    case 'pick':
      return pickKey(overlay, press)
    case 'search':
    case 'key': {
      if (press.name === 'enter')
        return overlay.kind === 'key' ? enterKey(overlay.input.text) : [...searched(state, overlay.input.text), close]
      const edit = editOf(press)
      return edit ? [{ type: 'typed', input: editInput(overlay.input, edit) }] : none
    }
  }
}

function pickKey({ input }: Extract<Overlay, { kind: 'pick' }>, press: Press): readonly Action[] {
  switch (press.name) {
    case 'enter':
      return [close]
    case ' ':
      return [{ type: 'pick.toggle' }]
    case 'up':
    case 'down':
      return [{ type: 'pick.move', by: press.name === 'up' ? -1 : 1 }]
  }
  const edit = editOf(press)
  return edit ? [{ type: 'typed', input: editInput(input, edit) }] : none
}

const enterKey = (text: string): readonly Action[] => (text.trim() ? [{ type: 'key', key: text.trim() }] : none)

function searched(state: State, q: string): readonly Action[] {
  if (state.screen === 'campaign') return [{ type: 'detail.search', q }]
  if (state.screen === 'segments') return [{ type: 'segments.search', q }]
  return state.screen === 'log' ? [{ type: 'log.search', q }] : [{ type: 'list.search', q }]
}
