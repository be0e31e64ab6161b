/** Overview screen: throughput, recipients by status, active campaigns, processes and failures. */
import { Box } from 'ink'
import type { Snapshot } from '../../plugins/stats/snapshot.ts'
import { legend, stackedBar } from '../components/bar.tsx'
import { campaignColumns, failureColumns, processColumns, runningColumns } from '../components/columns.ts'
import { Blank, Line, Lines, type Piece, piece } from '../components/line.tsx'
import { FLOOR, sparkline } from '../components/sparkline.ts'
import { Table } from '../components/table.tsx'
import { clock, count, moment, percent, plural, rate } from '../format.ts'
import { type Campaign, isNewestFirst } from '../state/campaigns.ts'
import { FRAME_LINES, isStale, type State } from '../state/state.ts'
import { fit } from '../text.ts'
import { accent, faint, strong, toneInk } from '../theme.ts'
import { testSenderPieces, waitingPieces } from './waiting.ts'

export const title = (text: string, about = ''): Piece[] => [
  piece(` ${text}`, strong),
  piece(about && `  ${about}`, faint),
]

/** Lines that each part needs, its title included. */
interface Content {
  readonly sums: number
  readonly running: number
  readonly recent: number
  readonly below: number
}

const LEAST = 3

/**
 * Lines for each part. Active campaigns and processes come first; recent campaigns and then the chart take the lines that
 * are left.
 * @param lines of the whole screen, the blank ones between parts included
 */
export function heights(lines: number, content: Content) {
  const least = Math.max(LEAST, Math.min(9, Math.floor(lines / 5)))
  const free = lines - content.sums - 4 - least
  const fair = Math.max(LEAST, Math.ceil(free * 0.55))
  const below = Math.max(0, Math.min(content.below, free - Math.min(content.running, fair)))
  const running = Math.max(LEAST, Math.min(content.running, free - below))
  const spare = Math.max(0, free - running - below)
  const recent = spare > LEAST + 1 ? Math.min(content.recent, spare - 1) : 0
  return { chart: least + spare - (recent > 0 ? recent + 1 : 0), running, recent, below }
}

export function Overview({ state }: { readonly state: State }) {
  const { snapshot, columns } = state
  if (!snapshot) return <Waiting state={state} />
  const lines = state.rows - FRAME_LINES
  const byChannel = lines >= 26 && snapshot.channels.every(({ stats }) => stats.total > 0)
  const rows = recentOf(state)
  const { chart, running, recent, below } = heights(lines, {
    sums: byChannel ? 5 : 3,
    running: 2 + Math.max(1, snapshot.campaigns.length),
    recent: rows.length > 0 ? rows.length + 2 : 0,
    below: 1 + Math.max(1, snapshot.workers.length, snapshot.failures.length),
  })
  const right = Math.max(28, Math.floor(columns * 0.3))
  return (
    <>
      <Box flexDirection="row">
        <Throughput snapshot={snapshot} width={columns - right} height={chart} />
        <Lights snapshot={snapshot} width={right} height={chart + 1} stale={isStale(state)} />
      </Box>
      <Blank />
      <Recipients snapshot={snapshot} width={columns} byChannel={byChannel} />
      <Blank />
      <Running state={state} snapshot={snapshot} lines={running} />
      {recent > 0 && <Recent rows={rows} width={columns} lines={recent} />}
      <Blank />
      {below > 1 && <Below snapshot={snapshot} width={columns} lines={below} />}
    </>
  )
}

/** The newest campaigns that are not listed as active; none while the list holds something else. */
function recentOf({ list, snapshot }: State): readonly Campaign[] {
  if (!isNewestFirst(list.query)) return []
  const active = new Set(snapshot?.campaigns.map(({ id }) => id))
  return list.rows.filter(({ id }) => !active.has(id))
}

function Recent({ rows, width, lines }: { rows: readonly Campaign[]; width: number; lines: number }) {
  return (
    <>
      <Blank />
      <Line width={width} pieces={title('Recent campaigns', 'press 2 to see all')} />
      <Table columns={campaignColumns} rows={rows.slice(0, lines - 2)} width={width} keyOf={({ id }) => id} />
    </>
  )
}

function Waiting({ state }: { readonly state: State }) {
  const { connection } = state
  const text =
    connection.status !== 'lost'
      ? 'Waiting for the first figures…'
      : connection.failure.kind === 'absent'
        ? 'This server does not run the plugin "stats" (PLUGINS), so there are no live figures. Other screens may work.'
        : `Cannot connect to ${state.server}: ${connection.failure.message}`
  return (
    <>
      <Blank />
      <Line
        fresh
        width={state.columns}
        pieces={[piece(`  ${text}`, connection.status === 'lost' ? { color: 'yellow' } : faint)]}
      />
    </>
  )
}

type Part = { readonly snapshot: Snapshot; readonly width: number }

function Throughput({ snapshot, width, height }: Part & { readonly height: number }) {
  const { now, last_10_minutes: history } = snapshot.throughput
  const values = [...history, now]
  const about = `${width > 60 ? 'now, ' : ''}peak ${rate(Math.max(...values))} in 10 min`
  const rows = sparkline(values, width - 3, height)
  return (
    <Box flexDirection="column" width={width}>
      <Line
        width={width}
        pieces={[piece(' Throughput  ', strong), piece(rate(now), accent), piece(`  ${about}`, faint)]}
      />
      <Lines width={width} rows={rows.map((row, nth) => chartPieces(row, nth === rows.length - 1))} />
    </Box>
  )
}

/** One row of the chart. The last row has a dim floor where nothing was sent, so that the time is visible. */
function chartPieces(row: string, last: boolean): Piece[] {
  if (!last) return [piece(` ${row}`, { color: 'cyan' })]
  const runs = row.match(/ +|[^ ]+/g) ?? []
  return [
    piece(' '),
    ...runs.map((run) =>
      run.startsWith(' ') ? piece(FLOOR.repeat(run.length), faint) : piece(run, { color: 'cyan' }),
    ),
  ]
}

function Lights({ snapshot, width, height, stale }: Part & { readonly height: number; readonly stale: boolean }) {
  const { checks } = snapshot.health
  const light = (name: string, { status }: { readonly status: string }) => {
    // The state is unknown while there is no connection.
    const tone = stale ? 'plain' : status === 'healthy' ? 'good' : status === 'degraded' ? 'warn' : 'bad'
    const { sign, ...ink } = toneInk[tone]
    return [piece(`${sign} `, ink), piece(fit(name, 12), tone === 'good' || stale ? {} : { ...ink, bold: true })]
  }
  const waiting = snapshot.queue.waiting_messages
  const rows: Piece[][] = [
    [...light('database', checks.database), ...light('queue', checks.queue)],
    [...light('senders', checks.senders), ...light('loops', checks.loops)],
    [piece(`${count(waiting)} `, waiting > 0 ? strong : faint), piece('messages waiting', faint)],
    [piece(workersText(snapshot), faint)],
    [piece(scheduledText(snapshot), faint)],
  ]
  const warning = stale ? undefined : warningOf(snapshot)
  if (warning) rows[2] = [piece(`▲ ${warning}`, { color: 'yellow', bold: true })]
  return (
    <Box flexDirection="column" width={width}>
      <Line width={width} pieces={[piece('Health', strong), piece(stale ? '  unknown' : '', faint)]} />
      <Lines width={width} rows={rows.slice(0, height - 1)} />
    </Box>
  )
}

const workersText = ({ workers }: Snapshot) =>
  plural(workers.filter(({ plugins }) => plugins.includes('worker')).length, 'worker running', 'workers running')

const scheduledText = ({ scheduled }: Snapshot) =>
  scheduled.next_at === null
    ? 'nothing scheduled'
    : `${count(scheduled.campaigns)} scheduled: ${moment(scheduled.next_at)}`

function warningOf({ health, resting_channels: pausedChannels, note }: Snapshot): string | undefined {
  const [circuit] = pausedChannels
  if (circuit) return circuit.detail
  const bad = Object.values(health.checks).find(({ status }) => status === 'unhealthy')
  return bad?.message ?? note ?? undefined
}

function Recipients({ snapshot, width, byChannel }: Part & { readonly byChannel: boolean }) {
  const { messages, channels } = snapshot
  return (
    <>
      <Line
        width={width}
        pieces={[...title('Recipients', `${count(messages.total)} in all campaigns`), ...testPieces(snapshot)]}
      />
      <Line width={width} pieces={[piece(' '), ...stackedBar(messages, width - 2)]} />
      <Line width={width} pieces={[piece(' '), ...legend(messages, width - 2)]} />
      {byChannel &&
        channels.map(({ channel, stats }) => (
          <Line
            key={channel}
            width={width}
            pieces={[
              piece(` ${fit(channel, 9)}`, faint),
              ...stackedBar(stats, Math.floor(width / 3)),
              piece(`  ${fit(count(stats.total), 11, 'right')}  `),
              piece(`${fit(percent(stats.sent, stats.total), 6, 'right')} sent`, { color: 'green' }),
              ...(stats.failed > 0
                ? [piece(`  ${fit(percent(stats.failed, stats.total), 6, 'right')} failed`, { color: 'red' })]
                : []),
            ]}
          />
        ))}
    </>
  )
}

function Running({
  state,
  snapshot,
  lines,
}: {
  readonly state: State
  readonly snapshot: Snapshot
  readonly lines: number
}) {
  const { campaigns } = snapshot
  const room = lines - 2
  const from = Math.max(0, Math.min(state.chosen - Math.floor(room / 2), campaigns.length - room))
  const visible = campaigns.slice(from, from + room)
  const more = campaigns.length > room ? `${from + 1}–${from + visible.length} of ${campaigns.length}` : ''
  const empty = [
    piece('  No active campaigns. Press ', faint),
    piece('n', strong),
    piece(' to create one, ', faint),
    piece('2', strong),
    piece(' to see all.', faint),
  ]
  return (
    <Box flexDirection="column" height={lines}>
      <Line
        width={state.columns}
        pieces={[...title('Active campaigns', more), ...reasonPieces(campaigns[state.chosen])]}
      />
      {campaigns.length === 0 ? (
        <Line width={state.columns} pieces={empty} />
      ) : (
        <Table
          columns={runningColumns}
          rows={visible}
          width={state.columns}
          selected={state.chosen - from}
          keyOf={({ id }) => id}
        />
      )}
    </Box>
  )
}

/** Notice while all channels use the mock sender. */
const testPieces = (snapshot: Snapshot): Piece[] =>
  snapshot.senders?.whatsapp === 'mock' ? testSenderPieces(snapshot, 'sms') : []

/** Reason why the selected campaign waits. */
const reasonPieces = (campaign: Snapshot['campaigns'][number] | undefined): Piece[] =>
  campaign?.waiting ? [piece(' '), ...waitingPieces(campaign.waiting)] : []

function Below({ snapshot, width, lines }: Part & { readonly lines: number }) {
  const { workers, failures } = snapshot
  const left = Math.floor(width / 2)
  const more = workers.length > lines - 1 ? `${workers.length}, press 3` : ''
  const none = (text: string, space: number) => <Line width={space} pieces={[piece(`  ${text}`, faint)]} />
  return (
    <Box flexDirection="row" height={lines}>
      <Box flexDirection="column" width={left}>
        <Line width={left} pieces={title('Processes', more)} />
        {workers.length === 0 && none('no running processes', left)}
        <Table
          head={false}
          columns={processColumns}
          rows={workers.slice(0, lines - 1)}
          width={left - 1}
          keyOf={({ id }) => id}
        />
      </Box>
      <Box flexDirection="column" width={width - left}>
        <Line width={width - left} pieces={title('Latest failures')} />
        {failures.length === 0 && none('none', width - left)}
        <Table
          head={false}
          columns={failureColumns(clock)}
          rows={failures.slice(0, lines - 1)}
          width={width - left}
          keyOf={({ at, campaign_id: id, status, code }) => `${at} ${id} ${status} ${code}`}
        />
      </Box>
    </Box>
  )
}
