/** Key hints for each screen, the most useful first; the help lists the rest. Pure. */
import { type Field, isToggle } from '../state/form.ts'
import type { State } from '../state/state.ts'
import { mayClose, targetOf } from '../state/target.ts'
import { widthOf } from '../text.ts'

export type Hint = readonly [key: string, what: string]

const controls: readonly Hint[] = [
  ['p', 'pause'],
  ['r', 'resume'],
  ['c', 'cancel'],
  ['f', 'retry failed'],
]
const always: readonly Hint[] = [
  ['?', 'help'],
  ['q', 'quit'],
]

export function hintsFor(state: State): readonly Hint[] {
  if (state.overlay) return overlayHints[state.overlay.kind]
  const hints = screenHints(state)
  return state.stopped && state.screen !== 'form' ? [['a', 'add the rest'], ...hints] : hints
}

function screenHints(state: State): readonly Hint[] {
  switch (state.screen) {
    case 'overview':
      return [['↑↓', 'choose'], ['enter', 'open'], ...controls, ['n', 'new'], ['/', 'search'], ...always]
    case 'campaigns':
      return [
        ['↑↓', 'choose'],
        ['←→', 'page'],
        ['enter', 'open'],
        ['/', 'search'],
        ['s', 'status'],
        ['t', 'channel'],
        ['o', 'order'],
        ...always,
      ]
    case 'campaign':
      return [
        ...(mayClose(targetOf(state)) ? ([['x', 'no more recipients']] as const) : []),
        ['←→', 'tab'],
        ['esc', 'back'],
        ...(state.detail?.tab === 'template' ? ([['0-9', 'customer']] as const) : ([['s', 'status']] as const)),
        ...controls,
        ['/', 'phone'],
        ...always,
      ]
    case 'queue':
      return [['↑↓', 'scroll'], ['R', 'reload'], ...always]
    case 'segments':
      return [['↑↓', 'choose'], ['←→', 'page'], ['enter', 'open'], ['/', 'search'], ['R', 'recount'], ...always]
    case 'segment':
      return [['↑↓', 'scroll'], ['esc', 'back'], ['R', 'recount'], ...always]
    case 'senders':
      return [['↑↓', 'choose'], ['p', 'pause'], ['r', 'resume'], ['R', 'reload'], ...always]
    case 'log':
      return [['↑↓', 'scroll'], ['G', 'follow'], ['/', 'filter'], ['s', 'level'], ...always]
    case 'form':
      return [['tab', 'next'], ...fieldHints(state.form?.focus), ['ctrl+s', 'send'], ['esc', 'close']]
  }
}

function fieldHints(field: Field | undefined): readonly Hint[] {
  if (field && isToggle(field)) return [['←→', 'change']]
  if (field === 'include' || field === 'exclude')
    return [
      ['space', 'choose segments'],
      ['backspace', 'remove the last'],
    ]
  return field === 'template' ? [['ctrl+j', 'new line']] : []
}

const overlayHints: Readonly<Record<NonNullable<State['overlay']>['kind'], readonly Hint[]>> = {
  help: [['any key', 'close']],
  search: [
    ['enter', 'search'],
    ['esc', 'close'],
  ],
  key: [
    ['enter', 'connect'],
    ['ctrl+c', 'quit'],
  ],
  pick: [
    ['↑↓', 'select'],
    ['space', 'choose'],
    ['a-z', 'search'],
    ['enter', 'done'],
  ],
  confirm: [
    ['y', 'yes'],
    ['n', 'no'],
  ],
  confirmSender: [
    ['y', 'yes'],
    ['n', 'no'],
  ],
  confirmQuit: [
    ['y', 'quit'],
    ['n', 'stay'],
  ],
  confirmSend: [
    ['y', 'yes'],
    ['n', 'no'],
  ],
}

/** As many hints as fit; the last two, help and quit, always. */
export function fitHints(hints: readonly Hint[], width: number): readonly Hint[] {
  const cells = (some: readonly Hint[]) => some.reduce((sum, [key, what]) => sum + widthOf(key) + widthOf(what) + 3, 0)
  const last = hints.slice(-2)
  const first = hints.slice(0, -2)
  while (first.length > 0 && cells(first) + cells(last) > width) first.pop()
  return [...first, ...last]
}
