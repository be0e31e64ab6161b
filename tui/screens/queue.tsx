/** Screen with the queue, the channels, the processes and their loops. */
import type { Snapshot } from '../../plugins/stats/snapshot.ts'
import { stackedBar } from '../components/bar.tsx'
import { failureColumns, type Process } from '../components/columns.ts'
import { Line, Lines, type Piece, piece } from '../components/line.tsx'
import { type Column, layColumns } from '../components/table.tsx'
import { clock, count, duration, percent, rate } from '../format.ts'
import type { State } from '../state/state.ts'
import { fit } from '../text.ts'
import { faint, strong, toneInk } from '../theme.ts'
import { title } from './overview.tsx'

export function Queue({ state }: { readonly state: State }) {
  const { snapshot, columns: width, rows, scrolled } = state
  if (!snapshot) return <Line fresh width={width} pieces={[piece('  No figures yet.', faint)]} />
  const lines = queueLines(snapshot, width, state.now)
  const room = rows - 5
  const from = Math.min(scrolled, Math.max(0, lines.length - room))
  return <Lines width={width} rows={lines.slice(from, from + room)} />
}

const blank: readonly Piece[] = [piece(' ')]

function queueLines(snapshot: Snapshot, width: number, now: number): (readonly Piece[])[] {
  return [
    title('Queue', snapshot.queue.broker?.name ?? 'in the database'),
    ...chunkLines(snapshot),
    ...brokerLines(snapshot),
    blank,
    title('Channels'),
    ...channelLines(snapshot, width),
    blank,
    title('Processes', `${count(snapshot.workers.length)} running`),
    ...tableLines(processes(now), snapshot.workers, width, 'no running processes'),
    blank,
    title('Background loops', 'of the connected process'),
    ...tableLines(loops, snapshot.health.checks.loops.loops, width, 'none'),
    blank,
    title('Latest failures'),
    ...tableLines(failureColumns(clock), snapshot.failures, width, 'none'),
  ]
}

function chunkLines({ queue }: Snapshot): Piece[][] {
  const part = (value: number, what: string) => [
    piece(`  ${count(value)}`, value > 0 ? strong : faint),
    piece(` ${what}`, faint),
  ]
  return [
    [
      ...part(queue.waiting_messages, 'messages waiting'),
      ...part(queue.ready_chunks + queue.published_chunks, 'batches ready'),
      ...part(queue.leased_chunks, 'being sent'),
      ...part(queue.held_chunks, 'held for later'),
      piece(queue.next_due_at ? `  next due ${clock(queue.next_due_at)}` : '', faint),
    ],
  ]
}

function brokerLines({ queue: { broker } }: Snapshot): Piece[][] {
  if (!broker) return []
  const dead = broker.dead_letters > 0 ? { color: 'red', bold: true } : faint
  return [
    [
      piece(
        `  ${broker.name}: ${count(broker.messages)} batches, ${count(broker.consumers)} connected workers, `,
        faint,
      ),
      piece(`${count(broker.dead_letters)} unreadable batches`, dead),
    ],
  ]
}

function channelLines({ channels, resting_channels: pausedChannels }: Snapshot, width: number): Piece[][] {
  return channels.map(({ channel, stats }) => {
    const circuit = pausedChannels.find((paused) => paused.channel === channel)
    const { sign, ...ink } = toneInk[circuit ? 'warn' : 'good']
    return [
      piece(`  ${sign} `, ink),
      piece(fit(channel, 9), strong),
      ...stackedBar(stats, Math.max(10, Math.floor(width / 4))),
      piece(`  ${count(stats.total)} recipients  `, faint),
      piece(`${percent(stats.sent, stats.total)} sent  `, { color: 'green' }),
      piece(`${percent(stats.failed, stats.total)} failed  `, stats.failed > 0 ? { color: 'red' } : faint),
      piece(`${count(stats.unknown)} unknown`, stats.unknown > 0 ? { color: 'magenta' } : faint),
      ...(circuit
        ? [piece(`  ${circuit.detail}. Next attempt ${clock(circuit.probe_at)}`, { color: 'yellow', bold: true })]
        : []),
    ]
  })
}

const processes = (now: number): readonly Column<Process>[] => [
  { title: 'process', width: 20, rank: 0, cell: ({ host, pid }) => `${host}:${pid}` },
  { title: 'plugins', width: 20, grow: true, rank: 1, cell: ({ plugins }) => piece(plugins.join(' '), faint) },
  {
    title: 'rate',
    width: 9,
    align: 'right',
    rank: 0,
    cell: ({ rate: value }) => piece(rate(value), value > 0 ? strong : faint),
  },
  {
    title: 'up',
    width: 8,
    align: 'right',
    rank: 2,
    cell: ({ started_at: at }) => duration((now - Date.parse(at)) / 1000),
  },
]

type Loop = Snapshot['health']['checks']['loops']['loops'][number]

const loops: readonly Column<Loop>[] = [
  { title: 'loop', width: 20, rank: 0, cell: ({ plugin, loop }) => `${plugin}.${loop}` },
  {
    title: 'state',
    width: 13,
    rank: 0,
    cell: ({ state }) => {
      const { sign, ...ink } = toneInk[state === 'running' ? 'good' : 'bad']
      return piece(`${sign} ${state.replace('_', ' ')}`, ink)
    },
  },
  {
    title: 'restarts',
    width: 8,
    align: 'right',
    rank: 2,
    cell: ({ restarts }) => piece(String(restarts), restarts > 0 ? { color: 'yellow' } : faint),
  },
  {
    title: 'last error',
    width: 20,
    grow: true,
    rank: 1,
    cell: ({ last_error: error }) => piece(error ?? '', { color: 'red' }),
  },
]

/** A table as lines, for a screen that scrolls as a whole. */
function tableLines<T>(columns: readonly Column<T>[], rows: readonly T[], width: number, none: string): Piece[][] {
  if (rows.length === 0) return [[piece(`  ${none}`, faint)]]
  const laid = layColumns(columns, width - 4)
  const head = laid.flatMap(({ column, width: cells }) => [
    piece(fit(column.title, cells, column.align), faint),
    piece('  '),
  ])
  const lines = rows.map((row) =>
    laid.flatMap(({ column, width: cells }) => {
      const made = column.cell(row, cells)
      const { text, ...ink } = typeof made === 'string' ? piece(made) : (made as Piece)
      return [piece(fit(text, cells, column.align), ink), piece('  ')]
    }),
  )
  return [[piece('  '), ...head], ...lines.map((line) => [piece('  '), ...line])]
}
