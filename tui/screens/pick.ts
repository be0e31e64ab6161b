/** List from which segments are picked. Pure. */
import { typed } from '../components/field.tsx'
import { type Piece, piece } from '../components/line.tsx'
import { count } from '../format.ts'
import { type Choice, chosenText, MOST_CHOSEN } from '../state/choice.ts'
import type { Overlay, State } from '../state/state.ts'
import { cut } from '../text.ts'
import { accent, faint, strong } from '../theme.ts'

const titles = { include: 'Customers in any of these segments', exclude: 'Nobody in any of these segments' } as const

/** Lines of the overlay besides the segments, and of the screen around it. */
const OTHER_LINES = 12
const MOST_ROWS = 14

export function pickRows(
  { form, rows: height }: State,
  pick: Extract<Overlay, { kind: 'pick' }>,
  width: number,
): Piece[][] {
  const { list, input, rows, selected } = pick
  const choice = form?.choice
  const most = Math.max(3, Math.min(MOST_ROWS, height - OTHER_LINES))
  const from = Math.max(0, Math.min(selected - Math.floor(most / 2), rows.length - most))
  const isFull = (choice?.[list].length ?? 0) >= MOST_CHOSEN
  return [
    [piece(titles[list], strong)],
    [piece('/ ', accent), ...typed(input, width - 2)],
    ...rows.slice(from, from + most).map(({ id, name }, nth) => {
      const isSelected = from + nth === selected
      const mark = choice ? markOf(choice, list, id) : ' '
      return [
        piece(isSelected ? '▸ ' : '  ', accent),
        piece(`[${mark}] `, mark === '×' ? accent : faint),
        piece(cut(name, width - 22), isSelected ? strong : {}),
        piece(mark === '-' ? otherText[list] : '', faint),
      ]
    }),
    [piece(isFull ? `At most ${MOST_CHOSEN} segments are allowed` : statusText(pick), faint)],
    [piece(cut(choice?.[list].length ? chosenText(choice[list]) : 'None is chosen', width), accent)],
  ]
}

const otherText = { include: '  left out', exclude: '  included' } as const

/** `-`: in the other list. */
function markOf(choice: Choice, list: 'include' | 'exclude', id: number): string {
  const isIn = (one: 'include' | 'exclude') => choice[one].some((chosen) => chosen.id === id)
  if (isIn(list)) return '×'
  return isIn(list === 'include' ? 'exclude' : 'include') ? '-' : ' '
}

function statusText({ rows, count: total, loaded, problem, input }: Extract<Overlay, { kind: 'pick' }>): string {
  if (problem !== undefined) return `▲ ${problem}`
  if (!loaded) return 'Loading…'
  if (rows.length === 0) return input.text ? 'No matching segments' : 'No segments yet'
  return total > rows.length ? `${count(total)} segments: type to find others` : ' '
}
