/** Log screen: lines of the server, if it runs in this process, and of the dashboard. */
import { Line, Lines, type Piece, piece } from '../components/line.tsx'
import { clock } from '../format.ts'
import { type Level, type LogLine, matchingLines } from '../state/log.ts'
import type { State } from '../state/state.ts'
import { fit } from '../text.ts'
import { accent, faint, type Ink } from '../theme.ts'
import { title } from './overview.tsx'

const inks: Readonly<Record<Level, Ink>> = {
  debug: faint,
  info: { color: 'blue' },
  warn: { color: 'yellow' },
  error: { color: 'red', bold: true },
}

export function Log({ state }: { readonly state: State }) {
  const { log, columns: width, rows, local } = state
  const all = matchingLines(log)
  const room = rows - 7
  const end = all.length - log.back
  const visible = all.slice(Math.max(0, end - room), end)
  const about = local ? 'server and dashboard' : 'dashboard only; npm start -- --tui includes the server’s log'
  return (
    <>
      <Line
        fresh
        width={width}
        pieces={[...title('Log', about), piece(log.back > 0 ? `  scrolled back ${log.back} lines` : '', accent)]}
      />
      <Line fresh width={width} pieces={filterPieces(state)} />
      {visible.length === 0 && <Line fresh width={width} pieces={[piece('  No lines yet.', faint)]} />}
      <Lines fresh width={width} rows={visible.map(linePieces)} />
    </>
  )
}

function filterPieces({ log }: State): Piece[] {
  return [
    piece(' level ', faint),
    piece(log.level === 'debug' ? 'all' : `${log.level} and above`, log.level === 'debug' ? {} : accent),
    ...(log.q ? [piece('   search ', faint), piece(`“${log.q}”`, accent)] : []),
  ]
}

const linePieces = ({ at, level, text }: LogLine): Piece[] => [
  piece(` ${clock(at)} `, faint),
  piece(`${fit(level, 5)} `, inks[level]),
  piece(text, level === 'debug' ? faint : {}),
]
