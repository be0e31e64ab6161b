/** Snapshots as a server would send them, without one. */
import type { Snapshot } from '../../plugins/stats/snapshot.ts'

type Counts = Snapshot['messages']
type Running = Snapshot['campaigns'][number]

/** Counts of recipients: 0 for each missing part; `total` is the sum of the statuses. */
export function countsOf({
  delivered = 0,
  undelivered = 0,
  read = 0,
  ...parts
}: Partial<Omit<Counts, 'total'>> = {}): Counts {
  const counts = { pending: 0, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0, ...parts }
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0)
  return { total, ...counts, delivered, undelivered, read }
}

export const campaignOf = (id: number, changes: Partial<Running> = {}): Running => ({
  id,
  name: `Campaign ${id}`,
  channel: 'sms',
  status: 'sending',
  audience_open: false,
  queueing: false,
  paused_reason: null,
  stats: countsOf({ sent: 600, pending: 400 }),
  started_at: '2030-01-01T08:00:00.000Z',
  completed_at: null,
  waiting: null,
  rate: 100,
  eta_seconds: 4,
  ...changes,
})

export function snapshotOf(changes: Partial<Snapshot> = {}): Snapshot {
  const loops = { status: 'healthy' as const, loops: [] }
  const checks = {
    database: { status: 'healthy' },
    queue: { status: 'healthy' },
    senders: { status: 'healthy' },
    dispatch: { status: 'healthy' },
    loops,
  } as const
  return {
    at: '2030-01-01T08:15:31.000Z',
    messages: countsOf(),
    throughput: { now: 0, step_seconds: 5, last_10_minutes: Array(120).fill(0) },
    channels: [
      { channel: 'sms', stats: countsOf() },
      { channel: 'whatsapp', stats: countsOf() },
    ],
    campaigns: [],
    scheduled: { campaigns: 0, next_at: null },
    queue: {
      held_chunks: 0,
      ready_chunks: 0,
      published_chunks: 0,
      leased_chunks: 0,
      waiting_messages: 0,
      next_due_at: null,
      broker: null,
    },
    workers: [],
    resting_channels: [],
    senders: { sms: 'http', whatsapp: 'http' },
    failures: [],
    health: { status: 'healthy', checks },
    uptime_seconds: 930,
    note: null,
    ...changes,
  }
}

/** A frame of the stream of a busy server. */
interface Frame {
  /** Number of the frame in its stream. */
  readonly nth: number
  /** Messages a second, of which a frame is 0.2 s. */
  readonly rate: number
}

/** A busy server: ten campaigns under way, three workers, failures, everything a little different from frame to frame. */
export function busySnapshot(nth: number, rate: number): Snapshot {
  const frame = { nth, rate }
  const campaigns = busyCampaigns(frame)
  const of = (channel: Running['channel']) => campaigns.filter((campaign) => campaign.channel === channel)
  const at = new Date(Date.UTC(2030, 0, 1, 8) + nth * 200).toISOString()
  return snapshotOf({
    at,
    messages: sumOf(campaigns),
    throughput: {
      now: rate + ((nth * 37) % 900),
      step_seconds: 5,
      last_10_minutes: Array.from({ length: 120 }, (_, step) => rate + (((Math.floor(nth / 25) + step) * 7919) % 3000)),
    },
    channels: [
      { channel: 'sms', stats: sumOf(of('sms')) },
      { channel: 'whatsapp', stats: sumOf(of('whatsapp')) },
    ],
    campaigns,
    queue: {
      held_chunks: 0,
      ready_chunks: 800 - (nth % 700),
      published_chunks: 0,
      leased_chunks: 12,
      waiting_messages: 400_000 - ((nth * 400) % 300_000),
      next_due_at: null,
      broker: null,
    },
    workers: busyWorkers(frame, at),
    failures: busyFailures(frame),
    uptime_seconds: 930 + Math.floor(nth / 5),
  })
}

const CAMPAIGN_SIZE = 400_000

function busyCampaigns({ nth, rate }: Frame): Running[] {
  return Array.from({ length: 10 }, (_, index) => {
    const sentSoFar = Math.floor((nth * rate * 0.2) / 10 + index * 9000) % CAMPAIGN_SIZE
    const failed = Math.floor(sentSoFar / 120)
    const stats = countsOf({
      sent: sentSoFar - failed,
      failed,
      sending: Math.min(256, CAMPAIGN_SIZE - sentSoFar),
      pending: Math.max(0, CAMPAIGN_SIZE - sentSoFar - 256),
    })
    const round = Math.floor((nth * rate * 0.2) / 10 / CAMPAIGN_SIZE)
    return campaignOf(1000 * round + index + 1, {
      name: `Autumn offer ${index} — ${['Nairobi', '東京', 'Zürich'][index % 3]}`,
      channel: index % 3 ? 'sms' : 'whatsapp',
      stats,
      rate: rate / 10,
      eta_seconds: Math.ceil(stats.pending / (rate / 10)),
    })
  }).toReversed()
}

function sumOf(campaigns: readonly Running[]): Counts {
  const sum = (name: 'pending' | 'sending' | 'sent' | 'failed') =>
    campaigns.reduce((total, { stats }) => total + stats[name], 0)
  return countsOf({ pending: sum('pending'), sending: sum('sending'), sent: sum('sent'), failed: sum('failed') })
}

const busyWorkers = ({ nth, rate }: Frame, at: string): Snapshot['workers'] =>
  ['node-1', 'node-2', 'node-3'].map((host, index) => ({
    id: host,
    host,
    pid: 4000 + index,
    plugins: index ? ['worker'] : ['scheduler', 'worker'],
    rate: rate / 3 + (nth % 50),
    started_at: '2030-01-01T08:00:00.000Z',
    seen_at: at,
  }))

const busyFailures = ({ nth }: Frame): Snapshot['failures'] =>
  Array.from({ length: 20 }, (_, index) => ({
    at: new Date(Date.UTC(2030, 0, 1, 8) + Math.floor(nth / 25) * 5000 - index * 5000).toISOString(),
    campaign_id: 1 + (index % 10),
    campaign: `Autumn offer ${index % 10}`,
    channel: 'sms' as const,
    status: 'failed' as const,
    code: index % 4 ? 'provider.rejected' : 'provider.unavailable',
    count: 1 + ((nth + index) % 90),
  }))
