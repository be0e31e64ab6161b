/** Screen of a segment: its rule in words, what uses it, and the people in it. It scrolls as a whole. */
import { Line, Lines, type Piece, piece } from '../components/line.tsx'
import { rulePieces, usesText } from '../components/rule.ts'
import { factsOf, personName } from '../facts.ts'
import { moment, plural } from '../format.ts'
import type { Person, Segment, SegmentList } from '../state/segments.ts'
import { FRAME_LINES, type State } from '../state/state.ts'
import { fit, wrap } from '../text.ts'
import { faint, strong } from '../theme.ts'

export function SegmentScreen({ state }: { readonly state: State }) {
  const { segments, columns: width } = state
  const { open, problem } = segments
  if (!open) return null
  const lines = segmentLines(open, segments, width)
  const room = state.rows - FRAME_LINES - (problem ? 1 : 0)
  const from = Math.min(segments.scrolled, Math.max(0, lines.length - room))
  return (
    <>
      {problem && <Line fresh width={width} pieces={[piece(`  ▲ ${problem}`, { color: 'yellow', bold: true })]} />}
      <Lines fresh width={width} rows={lines.slice(from, from + room)} />
    </>
  )
}

const blank: readonly Piece[] = [piece(' ')]

function segmentLines({ id, name, rule, updated_at, used_by }: Segment, list: SegmentList, width: number) {
  const uses = used_by.length > 0 ? usesText(used_by) : 'nothing: it can be deleted'
  return [
    [piece(` #${id} `, faint), piece(name, strong), piece(`  changed ${moment(updated_at)}`, faint)],
    ...wrap(`Used by ${uses}`, width - 3).map((line) => [piece(`  ${line}`, faint)]),
    blank,
    ...rulePieces(rule, list.names, width),
    blank,
    ...peopleLines(list.people.get(id), width),
  ]
}

function peopleLines(people: ReturnType<SegmentList['people']['get']>, width: number): Piece[][] {
  if (people === undefined) return [[piece(' Counting…', faint)]]
  if ('problem' in people) return [[piece(`  ▲ ${people.problem}`, { color: 'yellow', bold: true })]]
  const { count: total, sample } = people
  const about = total > sample.length ? `, the first ${sample.length}` : ''
  return [
    [piece(` ${plural(total, 'customer')}`, strong), piece(about, faint)],
    ...sample.flatMap((one) => personLines(one, width)),
  ]
}

const NAME = 24
const PHONE = 16
/** Least width of facts beside a name: otherwise they are on lines of their own. */
const BESIDE = 60

function personLines(person: Person, width: number): Piece[][] {
  const head = [piece(`  ${fit(personName(person), NAME)} `), piece(fit(person.phone, PHONE))]
  const facts = factsOf(person).join(' · ')
  if (facts === '') return [head]
  const used = NAME + PHONE + 3
  if (width - used >= BESIDE) {
    const [first = '', ...rest] = wrap(facts, width - used - 2)
    return [[...head, piece(` ${first}`, faint)], ...rest.map((line) => [piece(' '.repeat(used + 1) + line, faint)])]
  }
  return [head, ...wrap(facts, width - 6).map((line) => [piece(`    ${line}`, faint)])]
}
