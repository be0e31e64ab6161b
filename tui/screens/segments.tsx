/** Screen of segments, page by page, with the rule of the selected one. */
import { Blank, Line, Lines, type Piece, piece } from '../components/line.tsx'
import { rulePieces, usesText } from '../components/rule.ts'
import { type Column, Table } from '../components/table.tsx'
import { count, moment } from '../format.ts'
import type { Segment, SegmentList } from '../state/segments.ts'
import { FRAME_LINES, type State } from '../state/state.ts'
import { accent, faint } from '../theme.ts'
import { title } from './overview.tsx'

/** Lines of the screen that are neither rows nor the rule: title, search, head of the table, blank. */
const OTHER_LINES = 4

export function Segments({ state }: { readonly state: State }) {
  const { segments, columns: width, rows: height, overlay } = state
  const { query, rows, count: total, pages, problem, loaded, selected } = segments
  const about = loaded
    ? `${count(total)} ${query.q ? 'found' : 'in total'}, page ${query.page} of ${Math.max(1, pages)}`
    : ''
  const chosen = rows[selected]
  const left = height - FRAME_LINES - OTHER_LINES - rows.length - (problem ? 1 : 0)
  const searched =
    query.q && overlay?.kind !== 'search' ? [piece('  search ', faint), piece(`“${query.q}”`, accent)] : []
  return (
    <>
      <Line width={width} pieces={title('Segments', about)} />
      <Line fresh width={width} pieces={[piece(' '), ...searched]} />
      {problem && <Line fresh width={width} pieces={[piece(`  ▲ ${problem}`, { color: 'yellow', bold: true })]} />}
      {rows.length === 0 && !problem && <Line width={width} pieces={[piece(emptyText(segments), faint)]} />}
      {rows.length > 0 && (
        <Table columns={columnsOf(segments)} rows={rows} width={width} selected={selected} keyOf={({ id }) => id} />
      )}
      <Blank />
      {chosen && <Lines fresh width={width} rows={cutRows(rulePieces(chosen.rule, segments.names, width), left)} />}
    </>
  )
}

function emptyText({ loaded, query }: SegmentList): string {
  if (!loaded) return '  Loading…'
  return query.q ? '  No matching segments.' : '  No segments yet: create them in the console, or with POST /segments.'
}

/** The lines that fit; the last one says how many do not. */
function cutRows(rows: readonly Piece[][], most: number): readonly Piece[][] {
  if (rows.length <= most) return rows
  const shown = rows.slice(0, Math.max(0, most - 1))
  return most > 0 ? [...shown, [piece(`  … ${count(rows.length - shown.length)} more lines, press enter`, faint)]] : []
}

const columnsOf = ({ people }: SegmentList): readonly Column<Segment>[] => [
  { title: '#', width: 5, align: 'right', rank: 4, cell: ({ id }) => piece(String(id), faint) },
  { title: 'segment', width: 20, grow: true, rank: 0, cell: ({ name }) => name },
  {
    title: 'customers',
    width: 11,
    align: 'right',
    rank: 0,
    cell: ({ id }) => {
      const known = people.get(id)
      if (known === undefined) return piece('–', faint)
      return 'problem' in known ? piece('?', { color: 'yellow' }) : count(known.count, 11)
    },
  },
  { title: 'used by', width: 22, grow: true, rank: 1, cell: ({ used_by }) => piece(usesText(used_by), faint) },
  { title: 'changed', width: 16, rank: 3, cell: ({ updated_at }) => piece(moment(updated_at), faint) },
]
