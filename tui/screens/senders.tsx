/** Screen of senders: state, limits, reasons why they wait, and routes. */
import { explainCode } from '../../core/messaging/senders/codes.ts'
import { Line, type Piece, piece } from '../components/line.tsx'
import { type Column, Table } from '../components/table.tsx'
import { clock, count, moment, rate } from '../format.ts'
import type { Sender } from '../state/senders.ts'
import type { State } from '../state/state.ts'
import { faint, strong, toneInk } from '../theme.ts'
import { Routes } from './routes.tsx'

export function Senders({ state }: { readonly state: State }) {
  const { senders, columns: width } = state
  const { rows, routes, selected, loaded, problem } = senders
  const chosen = rows[selected]
  if (rows.length === 0) {
    const text = problem ?? (loaded ? 'No senders.' : 'Loading…')
    return <Line fresh width={width} pieces={[piece(`  ${text}`, problem ? { color: 'yellow' } : faint)]} />
  }
  return (
    <>
      <Line width={width} pieces={[piece(' Senders', strong), piece(`  ${count(rows.length)}`, faint)]} />
      <Table columns={columns} rows={rows} width={width} selected={selected} keyOf={({ name }) => name} />
      <Line width={width} pieces={[piece(' ')]} />
      {problem && <Line fresh width={width} pieces={[piece(`  ▲ ${problem}`, { color: 'yellow', bold: true })]} />}
      <Routes routes={routes} width={width} />
      {routes.length > 0 && <Line width={width} pieces={[piece(' ')]} />}
      {chosen && reasonsOf(chosen).map((reason) => <Line key={reason} width={width} pieces={[piece(`  ${reason}`)]} />)}
    </>
  )
}

const columns: readonly Column<Sender>[] = [
  { title: 'sender', width: 14, grow: true, rank: 0, cell: ({ name }) => name },
  { title: 'state', width: 12, rank: 0, cell: (sender) => statePiece(sender) },
  { title: 'kind', width: 14, rank: 3, cell: ({ kind }) => piece(kind, faint) },
  { title: 'channels', width: 12, rank: 4, cell: ({ channels }) => piece(channels.join(' '), faint) },
  { title: 'limit', width: 12, align: 'right', rank: 1, cell: (sender) => limitOf(sender) },
  { title: 'rate now', width: 10, align: 'right', rank: 2, cell: (sender) => ratePiece(sender) },
  {
    title: 'in flight',
    width: 13,
    align: 'right',
    rank: 0,
    cell: ({ in_flight, concurrency }) =>
      concurrency === null ? count(in_flight) : `${count(in_flight)} of ${count(concurrency)}`,
  },
  { title: 'processes', width: 9, align: 'right', rank: 5, cell: ({ processes }) => piece(count(processes), faint) },
]

function statePiece({ paused, circuit, held_until, processes }: Sender): Piece {
  if (paused) return piece('‖ paused', { color: 'yellow' })
  const [tone, text] = circuit
    ? (['bad', 'failing'] as const)
    : held_until
      ? (['warn', 'waiting'] as const)
      : processes === 0
        ? (['bad', 'no process'] as const)
        : (['good', 'ready'] as const)
  const { sign, ...ink } = toneInk[tone]
  return piece(`${sign} ${text}`, ink)
}

/** Actor of calls without a key, which is not shown to people. */
const NO_KEY = 'local'
const units = { segment: 'parts', message: 'msgs' } as const

const limitOf = ({ rate: limit, unit }: Sender): string | Piece =>
  limit === null ? piece('none', faint) : `${count(limit)} ${units[unit]}/s`

function ratePiece({ rate: limit, rate_now: now }: Sender): Piece {
  if (limit === null || now === null) return piece('–', faint)
  return piece(rate(now), now < limit ? { color: 'yellow' } : {})
}

/** Reasons why the selected sender does not send. */
function reasonsOf({ name, paused, circuit, held_until, rate: limit, rate_now: now, processes }: Sender): string[] {
  return [
    ...(paused
      ? [`${name} is paused since ${moment(paused.at)}${paused.by && paused.by !== NO_KEY ? ` by ${paused.by}` : ''}`]
      : []),
    ...(circuit
      ? [
          `${name} stopped at ${clock(circuit.opened_at)} because it kept failing: ${explainCode(circuit.reason).meaning} (${circuit.reason})`,
          `One message is tried at ${clock(circuit.probe_at)}`,
        ]
      : []),
    ...(held_until ? [`The provider asked ${name} to wait until ${clock(held_until)}`] : []),
    ...(limit !== null && now !== null && now < limit
      ? ['Its rate is lower for a minute: the provider asked to slow down']
      : []),
    ...(processes === 0 ? [`No running process has ${name}: check SENDERS of the workers`] : []),
  ]
}
