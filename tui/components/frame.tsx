/** Frame of every screen: server and connection, tabs, and keys. */
import { Box } from 'ink'
import type { ReactNode } from 'react'
import { clock, duration } from '../format.ts'
import { stoppedText } from '../state/audience.ts'
import { isStale, type Screen, type State } from '../state/state.ts'
import { widthOf } from '../text.ts'
import { accent, faint, strong, toneInk } from '../theme.ts'
import { fitHints, hintsFor } from './hints.ts'
import { Line, type Piece, piece, Stale } from './line.tsx'

const titles = {
  overview: 'Overview',
  campaigns: 'Campaigns',
  queue: 'Queue & workers',
  log: 'Log',
  senders: 'Senders',
  segments: 'Segments',
} as const
/** Screens that a tab leads to. */
const parents: Readonly<Partial<Record<Screen, string>>> = { campaign: 'campaigns', segment: 'segments' }

const cellsOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { text }) => sum + widthOf(text), 0)

/** Two parts of a line, the second at its right end and left out if both do not fit. */
export function spread(left: readonly Piece[], right: readonly Piece[], width: number): Piece[] {
  const free = width - cellsOf(left) - cellsOf(right)
  return free >= 2 ? [...left, piece(' '.repeat(free)), ...right] : [...left]
}

function Header({ state }: { readonly state: State }) {
  const { columns, snapshot, now } = state
  const left = [piece(' campaign-dispatch ', { ...accent, inverse: true }), piece('  '), ...connectionPieces(state)]
  const up = snapshot ? `up ${duration(snapshot.uptime_seconds + (now - state.snapshotAt) / 1000)}   ` : ''
  return <Line fresh width={columns} pieces={spread(left, [piece(up, faint), piece(`${clock(now)} `)], columns)} />
}

function connectionPieces(state: State): Piece[] {
  const { connection, server, health, snapshot, now } = state
  const where = piece(`  ${server.replace(/^https?:\/\//, '')}`, faint)
  const light = (tone: keyof typeof toneInk, text: string) => {
    const { sign, ...ink } = toneInk[tone]
    return [piece(`${sign} ${text}`, { ...ink, bold: true })]
  }
  if (connection.status === 'connecting') return [...light('plain', 'connecting'), where]
  if (connection.status === 'lost') {
    const left =
      connection.retryAt === undefined
        ? ''
        : `, reconnecting in ${Math.max(0, Math.ceil((connection.retryAt - now) / 1000))} s`
    return [...light('bad', `${nameOf(connection.failure.kind)}${left}`), where]
  }
  if (health) return [...light('bad', 'database unavailable'), where]
  if (snapshot?.health.status === 'unhealthy') return [...light('bad', 'unhealthy'), where]
  if (snapshot?.note || snapshot?.resting_channels.length) return [...light('warn', 'live, needs attention'), where]
  return [...light('good', 'live'), where]
}

const nameOf = (kind: string) =>
  ({ lost: 'disconnected', unauthorized: 'API key required', absent: 'no live feed', refused: 'refused' })[kind] ?? kind

function Tabs({ state }: { readonly state: State }) {
  const { screen, columns } = state
  const at = parents[screen] ?? screen
  const tabsOf = (names: Readonly<Record<string, string>>, gap: string) =>
    Object.entries(names).flatMap(([name, title], nth) => {
      const chosen = name === at
      return [
        piece(` ${nth + 1} `, chosen ? accent : faint),
        piece(title, chosen ? { ...strong, ...accent } : {}),
        piece(gap),
      ]
    })
  const fresh = [
    piece('n ', screen === 'form' ? accent : faint),
    piece('New campaign ', screen === 'form' ? accent : {}),
  ]
  const roomy = tabsOf(titles, '  ')
  const tabs = cellsOf([...roomy, ...fresh]) < columns ? roomy : tabsOf({ ...titles, queue: 'Queue' }, '')
  return <Line fresh width={columns} pieces={spread(tabs, fresh, columns)} />
}

/** Notice of the last action, or the reason why figures are old. */
function Status({ state }: { readonly state: State }) {
  const { notice, columns, connection, snapshot, snapshotAt, now, health, stopped } = state
  const rule = (pieces: readonly Piece[]) => {
    return [...pieces, piece('─'.repeat(Math.max(0, columns - cellsOf(pieces))), faint)]
  }
  if (notice) {
    const { sign, ...ink } = toneInk[notice.tone]
    return (
      <Line
        fresh
        width={columns}
        pieces={rule([piece('── ', faint), piece(`${sign} ${notice.text} `, { ...ink, bold: true })])}
      />
    )
  }
  if (isStale(state) && snapshot) {
    const why =
      connection.status === 'lost' ? connection.failure.message : (health?.checks.database.message ?? 'connecting')
    const text = `▲ Figures from ${clock(snapshotAt)}, ${duration((now - snapshotAt) / 1000)} old: ${why} `
    return (
      <Line fresh width={columns} pieces={rule([piece('── ', faint), piece(text, { color: 'yellow', bold: true })])} />
    )
  }
  if (!stopped) return <Line fresh width={columns} pieces={rule([])} />
  const offer = piece(`▲ ${stoppedText(stopped)} `, { color: 'yellow', bold: true })
  return <Line fresh width={columns} pieces={rule([piece('── ', faint), offer])} />
}

function Keys({ state }: { readonly state: State }) {
  const pieces = fitHints(hintsFor(state), state.columns).flatMap(([key, what]) => [
    piece(` ${key} `, strong),
    piece(`${what} `, faint),
  ])
  return <Line fresh width={state.columns} pieces={pieces} />
}

export function Frame({ state, children }: { readonly state: State; readonly children: ReactNode }) {
  const { columns, rows } = state
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header state={state} />
      <Tabs state={state} />
      <Line fresh width={columns} pieces={[piece('─'.repeat(columns), faint)]} />
      <Box flexDirection="column" flexGrow={1} height={rows - 5}>
        <Stale.Provider value={isStale(state)}>{children}</Stale.Provider>
      </Box>
      <Status state={state} />
      <Keys state={state} />
    </Box>
  )
}
