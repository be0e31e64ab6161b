/** Screen of a campaign: a bar of its recipients by status, and below it recipients, failures or the text. */
import { isRunning } from '../../core/messaging/campaign/status.ts'
import { explainCode } from '../../core/messaging/senders/codes.ts'
import { doneOf, legend, stackedBar } from '../components/bar.tsx'
import { Line, type Piece, piece } from '../components/line.tsx'
import { type Column, Table } from '../components/table.tsx'
import { clock, count, duration, moment, percent, rate } from '../format.ts'
import { type Detail, type Failures, type Recipient, tabs } from '../state/campaign.ts'
import type { Campaign } from '../state/campaigns.ts'
import type { State } from '../state/state.ts'
import { accent, campaignInkOf, faint, statusInkOf, strong } from '../theme.ts'
import { Template } from './template.tsx'
import { deferredPieces, testSenderPieces, waitingPieces } from './waiting.ts'

export function CampaignScreen({ state }: { readonly state: State }) {
  const { detail, snapshot, columns: width } = state
  if (!detail) return null
  const live = snapshot?.campaigns.find((one) => one.id === detail.id)
  const known = live ?? detail.campaign
  if (!known)
    return (
      <Line
        fresh
        width={width}
        pieces={[piece(`  ${detail.problem ?? 'Loading…'}`, detail.problem ? { color: 'yellow' } : faint)]}
      />
    )
  const speed =
    live && isRunning(live.status) && !live.waiting
      ? `${rate(live.rate)}, ${live.eta_seconds === null ? '…' : `${duration(live.eta_seconds)} left`}`
      : ''
  const done = `${percent(doneOf(known.stats), known.stats.total)} of ${count(known.stats.total)} done`
  return (
    <>
      <Line width={width} pieces={titlePieces(detail, known)} />
      <Line width={width} pieces={[piece(' '), ...stackedBar(known.stats, width - 2)]} />
      <Line width={width} pieces={[piece(' '), ...legend(known.stats, width - 2)]} />
      <Line
        width={width}
        pieces={[
          piece(` ${done}`),
          piece(speed && `   ${speed}`, accent),
          piece(' '),
          ...testSenderPieces(snapshot, known.channel),
        ]}
      />
      <Line fresh width={width} pieces={deliveryPieces(known.stats, detail.campaign?.receipts ?? false)} />
      <Line fresh width={width} pieces={[...reasonPieces(detail, known), ...audiencePieces(known)]} />
      <Line fresh width={width} pieces={tabPieces(detail)} />
      {detail.problem && (
        <Line fresh width={width} pieces={[piece(`  ▲ ${detail.problem}`, { color: 'yellow', bold: true })]} />
      )}
      {detail.tab === 'recipients' && <Recipients detail={detail} width={width} />}
      {detail.tab === 'failures' && <FailuresTab failures={detail.failures} width={width} lines={state.rows - 14} />}
      {detail.tab === 'template' && <Template detail={detail} width={width} />}
    </>
  )
}

/** Name, status, channel, times and sender. */
function titlePieces(
  detail: Detail,
  { name, status, channel }: Pick<Campaign, 'name' | 'status' | 'channel'>,
): Piece[] {
  const { sign, ...ink } = campaignInkOf(status)
  return [
    piece(` #${detail.id} `, faint),
    piece(name, strong),
    piece(`  ${sign} ${status}`, { ...ink, bold: true }),
    piece(`  ${channel}`, faint),
    piece(`  ${timesOf(detail)}`, faint),
    piece(sendingOf(detail), faint),
  ]
}

/** Reason why it waits, and how many wait for quiet hours. */
function reasonPieces({ campaign }: Detail, { status, waiting }: Pick<Campaign, 'status' | 'waiting'>): Piece[] {
  const deferred = campaign && isRunning(status) ? deferredPieces(campaign) : []
  const isSaid = waiting?.reason === 'queueing' || (waiting?.reason === 'quiet_hours' && deferred.length > 0)
  return isSaid || (!waiting && deferred.length > 0) ? deferred : [...waitingPieces(waiting), ...deferred]
}

/** The offer to close an audience that is open, beside the reason for which the campaign waits. */
function audiencePieces({
  audience_open,
  queueing,
  waiting,
}: Pick<Campaign, 'audience_open' | 'queueing' | 'waiting'>): Piece[] {
  if (!audience_open) return []
  if (queueing) return [piece(' ▲ Recipients are still being added.', { color: 'yellow', bold: true })]
  const said = waiting?.reason === 'audience_open' || waiting?.reason === 'paused'
  const text = said ? '' : ' ▲ Recipients are still being added.'
  return [piece(text, { color: 'yellow', bold: true }), piece('  x', strong), piece(' no more recipients', faint)]
}

/** Delivery of sent messages by their receipts; empty if there are none. */
function deliveryPieces(stats: Campaign['stats'], receipts: boolean): Piece[] {
  const { sent, delivered, undelivered, read } = stats
  if (receipts ? sent === 0 : delivered + undelivered === 0) return []
  const part = (value: number, what: string, ink = {}) => [
    piece(` ${count(value)}`, value > 0 ? { ...ink, bold: true } : faint),
    piece(` ${what} `, faint),
  ]
  return [
    ...part(delivered, 'delivered', { color: 'green' }),
    ...part(read, 'read', { color: 'green' }),
    ...part(undelivered, 'undelivered', { color: 'red' }),
    ...part(Math.max(0, sent - delivered - undelivered), 'awaiting receipt'),
  ]
}

/** Purpose, chosen sender, maximum rate and priority. */
function sendingOf({ campaign }: Detail): string {
  if (!campaign) return ''
  const { sender, max_rate, priority, purpose } = campaign
  return [
    `  ${purpose}`,
    sender && `  by ${sender}`,
    max_rate !== null && `  at most ${rate(max_rate)}`,
    priority !== 'normal' && `  ${priority} priority`,
  ]
    .filter(Boolean)
    .join('')
}

function timesOf({ campaign }: Detail): string {
  if (!campaign) return ''
  if (campaign.scheduled_at) return `scheduled for ${moment(campaign.scheduled_at)}`
  return `created ${moment(campaign.created_at)}`
}

function tabPieces(detail: Detail): Piece[] {
  const names = { recipients: 'Recipients', failures: 'Failures by reason', template: 'Text & preview' }
  const titles = tabs.flatMap((tab) => [
    piece(tab === detail.tab ? '▸' : ' ', accent),
    piece(`${names[tab]}`, tab === detail.tab ? { ...accent } : faint),
    piece('   '),
  ])
  if (detail.tab !== 'recipients') return [piece(' '), ...titles]
  const page = detail.cursors.length
  const { filter, q } = detail
  return [
    piece(' '),
    ...titles,
    piece('status ', faint),
    piece(filter || 'any', filter ? accent : {}),
    ...(q ? [piece('  search ', faint), piece(q, accent)] : []),
    piece(page > 1 || detail.next ? `  page ${page}${detail.next ? '' : ' (last)'}` : '', faint),
  ]
}

const nameOf = ({ customer }: Recipient) =>
  customer ? [customer.first_name, customer.last_name].filter(Boolean).join(' ') || '–' : 'deleted customer'

const columns: readonly Column<Recipient>[] = [
  {
    title: 'customer',
    width: 18,
    grow: true,
    rank: 0,
    cell: (row) => (row.customer ? nameOf(row) : piece(nameOf(row), faint)),
  },
  { title: 'phone', width: 15, rank: 2, cell: ({ customer }) => customer?.phone ?? piece('–', faint) },
  {
    title: 'status',
    width: 9,
    rank: 0,
    cell: ({ status }) => {
      const { sign, ...ink } = statusInkOf(status)
      return piece(`${sign} ${status}`, ink)
    },
  },
  {
    title: 'delivery',
    width: 11,
    rank: 2,
    cell: ({ delivery }) => piece(delivery ?? '', delivery === 'undelivered' ? { color: 'red' } : {}),
  },
  { title: 'attempts', width: 8, align: 'right', rank: 3, cell: ({ attempts }) => String(attempts) },
  {
    title: 'reason',
    width: 18,
    rank: 1,
    cell: (row) => piece(row.last_error ?? row.delivery_code ?? '', { color: 'red' }),
  },
  { title: 'at', width: 8, rank: 4, cell: ({ updated_at: at }) => piece(at ? clock(at) : '', faint) },
  {
    title: 'text',
    width: 24,
    grow: true,
    rank: 5,
    cell: ({ rendered_content: text }) => piece(text ?? '', faint),
  },
]

function Recipients({ detail, width }: { readonly detail: Detail; readonly width: number }) {
  if (!detail.recipientsLoaded) return <Line width={width} pieces={[piece('  Loading…', faint)]} />
  if (detail.recipients.length === 0) {
    const text = detail.filter || detail.q ? 'No matching recipients.' : 'No recipients yet.'
    return <Line width={width} pieces={[piece(`  ${text}`, faint)]} />
  }
  const key = (row: Recipient) =>
    row.customer?.id ?? `${row.created_at} ${row.provider_message_id} ${detail.recipients.indexOf(row)}`
  return <Table columns={columns} rows={detail.recipients} width={width} selected={detail.selected} keyOf={key} />
}

type Failure = Failures[number]

function FailuresTab({
  failures,
  width,
  lines,
}: {
  readonly failures: Failures | undefined
  readonly width: number
  readonly lines: number
}) {
  if (!failures) return <Line width={width} pieces={[piece('  Counting…', faint)]} />
  if (failures.length === 0) return <Line width={width} pieces={[piece('  No failures so far.', { color: 'green' })]} />
  const most = Math.max(...failures.map((one) => one.count))
  const failureColumns: readonly Column<Failure>[] = [
    { title: 'status', width: 9, rank: 0, cell: ({ status }) => piece(status, statusInkOf(status)) },
    { title: 'reason', width: 22, rank: 0, cell: ({ code }) => code },
    { title: 'meaning', width: 28, grow: true, rank: 1, cell: ({ code }) => piece(explainCode(code).meaning, faint) },
    { title: 'recipients', width: 10, align: 'right', rank: 0, cell: (one) => count(one.count, 10) },
    {
      title: '',
      width: 10,
      grow: true,
      rank: 2,
      cell: ({ count: many, status }, space) =>
        piece('▇'.repeat(Math.max(1, Math.round((many / most) * space))), statusInkOf(status)),
    },
  ]
  return (
    <Table
      columns={failureColumns}
      rows={failures.slice(0, lines)}
      width={width}
      keyOf={({ status, code }) => `${status} ${code}`}
    />
  )
}
