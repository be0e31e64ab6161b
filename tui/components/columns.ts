/** Columns that several tables share. */
import { type CampaignStatus, isRunning } from '../../core/messaging/campaign/status.ts'
import type { Snapshot } from '../../plugins/stats/snapshot.ts'
import { count, duration, moment, percent, rate } from '../format.ts'
import type { Campaign } from '../state/campaigns.ts'
import { fit } from '../text.ts'
import { campaignInkOf, faint } from '../theme.ts'
import { doneOf, progressBar } from './bar.tsx'
import { piece } from './line.tsx'
import type { Column } from './table.tsx'

type Running = Snapshot['campaigns'][number]
export type Process = Snapshot['workers'][number]
export type Failed = Snapshot['failures'][number]

/** Fields that campaigns of the list and of the live feed share. */
export interface Listed {
  readonly id: number
  readonly name: string
  readonly channel: string
  readonly status: CampaignStatus
  readonly stats: Snapshot['messages']
  readonly waiting: Running['waiting']
}

export const campaignColumn = {
  id: { title: '#', width: 5, align: 'right', rank: 3, cell: ({ id }: Listed) => piece(String(id), faint) },
  name: { title: 'campaign', width: 16, grow: true, rank: 0, cell: ({ name }: Listed) => name },
  channel: { title: 'channel', width: 8, rank: 4, cell: ({ channel }: Listed) => piece(channel, faint) },
  status: {
    title: 'status',
    width: 11,
    rank: 1,
    cell: ({ status, waiting }: Listed, width: number) => {
      if (isRunning(status) && waiting) return piece(fit('▲ waiting', width), { color: 'yellow' })
      const { sign, ...ink } = campaignInkOf(status)
      return piece(fit(`${sign} ${status}`, width), ink)
    },
  },
  progress: {
    title: 'progress',
    width: 12,
    grow: true,
    rank: 2,
    cell: ({ stats, status }: Listed, width: number) => progressBar(stats, width, status === 'paused'),
  },
  share: {
    title: 'done',
    width: 7,
    align: 'right',
    rank: 0,
    cell: ({ stats }: Listed) => percent(doneOf(stats), stats.total),
  },
  total: {
    title: 'recipients',
    width: 10,
    align: 'right',
    rank: 3,
    cell: ({ stats }: Listed) => count(stats.total, 10),
  },
  failed: {
    title: 'failed',
    width: 7,
    align: 'right',
    rank: 4,
    cell: ({ stats }: Listed) =>
      stats.failed > 0 ? piece(count(stats.failed, 7), { color: 'red' }) : piece('–', faint),
  },
} as const satisfies Record<string, Column<Listed>>

export const runningColumns: readonly Column<Running>[] = [
  campaignColumn.id,
  campaignColumn.name,
  { ...campaignColumn.channel, rank: 5 },
  { ...campaignColumn.status, rank: 4 },
  campaignColumn.progress,
  campaignColumn.share,
  {
    title: 'rate',
    width: 9,
    align: 'right',
    rank: 1,
    cell: (one) => (isRunning(one.status) && !one.waiting ? rate(one.rate) : piece('–', faint)),
  },
  {
    title: 'left',
    width: 8,
    align: 'right',
    rank: 1,
    cell: ({ status, waiting, eta_seconds: eta }) => {
      if (isRunning(status) && waiting) return piece('waiting', { color: 'yellow' })
      if (isRunning(status)) return eta === null ? piece('…', faint) : duration(eta)
      const { sign: _, ...ink } = campaignInkOf(status)
      return piece(status === 'paused' ? 'paused' : 'ended', ink)
    },
  },
]

export const campaignColumns: readonly Column<Campaign>[] = [
  { ...campaignColumn.id, rank: 2 } as Column<Listed>,
  { ...campaignColumn.name, width: 20 },
  campaignColumn.status,
  { ...campaignColumn.channel, rank: 3 },
  campaignColumn.total,
  campaignColumn.progress,
  campaignColumn.share,
  campaignColumn.failed,
  {
    title: 'time',
    width: 16,
    rank: 5,
    cell: ({ scheduled_at: at, created_at }) => piece(moment(at ?? created_at), at ? {} : faint),
  },
]

/** Without rates: a process measures its rate over another span, so it would differ from the others on the screen. */
export const processColumns: readonly Column<Process>[] = [
  { title: 'process', width: 16, rank: 0, cell: ({ host, pid }) => `${host}:${pid}` },
  { title: 'plugins', width: 18, grow: true, rank: 2, cell: ({ plugins }) => piece(plugins.join(' '), faint) },
]

export const failureColumns = (clockOf: (time: string) => string): readonly Column<Failed>[] => [
  { title: 'at', width: 8, rank: 1, cell: ({ at }) => piece(clockOf(at), faint) },
  {
    title: 'code',
    width: 20,
    rank: 0,
    cell: ({ code, status }) => piece(code, { color: status === 'failed' ? 'red' : 'magenta' }),
  },
  { title: 'count', width: 6, align: 'right', rank: 0, cell: ({ count: many }) => `×${count(many, 5)}` },
  { title: 'campaign', width: 12, grow: true, rank: 2, cell: ({ campaign_id: id, campaign }) => `#${id} ${campaign}` },
]
