/** What /stats answers, and what the documentation says of it. */
import { t } from 'elysia'
import { docs, orNull, utcTime } from '../../core/http/docs.ts'

const counts = t.Object({
  total: t.Integer(),
  pending: t.Integer(),
  sending: t.Integer(),
  sent: t.Integer(),
  failed: t.Integer(),
  skipped: t.Integer(),
  unknown: t.Integer(),
})

const campaign = t.Object({
  id: t.Integer(),
  name: t.String(),
  channel: t.String({ enum: ['sms', 'whatsapp'] }),
  status: t.String(),
  stats: counts,
  rate: t.Number({ description: 'Recipients settled a second' }),
})

const process = t.Object({
  id: t.String(),
  host: t.String(),
  pid: t.Integer(),
  plugins: t.Array(t.String()),
  rate: t.Number({ description: 'Recipients settled a second' }),
  started_at: utcTime('When it started'),
  seen_at: utcTime('When it last said that it lives'),
})

const resting = t.Object({
  channel: t.String({ enum: ['sms', 'whatsapp'] }),
  reason: t.String({ description: 'What goes wrong, as in a recipient’s last_error' }),
  since: utcTime('When it was found out'),
  probe_at: utcTime('When the next message may be tried'),
})

const broker = t.Object(
  {
    name: t.String(),
    messages: t.Integer({ description: 'Chunks that no worker has taken yet' }),
    consumers: t.Integer({ description: 'Workers that are connected' }),
    dead_letters: t.Integer({ description: 'Messages that no worker could read' }),
  },
  { description: 'Null without a message broker, and while it cannot be asked' },
)

const statsAnswer = t.Object({
  messages: counts,
  campaigns: t.Array(campaign, { description: 'Those under way, newest first, at most 100' }),
  queue: t.Object({
    held_chunks: t.Integer({ description: 'Of campaigns whose time has not come' }),
    ready_chunks: t.Integer(),
    published_chunks: t.Integer({ description: 'Ready, and handed to the message broker' }),
    leased_chunks: t.Integer({ description: 'In the hands of a worker' }),
    waiting_messages: t.Integer({ description: 'Without an outcome, in chunks that are ready or leased' }),
    next_due_at: orNull(utcTime('When the next chunk that waits for its time may be claimed')),
    broker: orNull(broker),
  }),
  workers: t.Array(process, { description: 'Processes seen lately' }),
  resting_channels: t.Array(resting, {
    description: 'Whose senders fail: nothing is sent on them but a probe now and then',
  }),
  uptime_seconds: t.Integer({ description: 'Of the process that answers' }),
  note: orNull(t.String({ description: 'Set when work waits and nobody is there to do it' })),
})

const stats = { total: 1000, pending: 400, sending: 64, sent: 520, failed: 10, skipped: 6, unknown: 0 }
const times = { started_at: '2030-01-01T08:00:00.000Z', seen_at: '2030-01-01T08:15:30.123Z' }
const example = {
  messages: stats,
  campaigns: [{ id: 1, name: 'Welcome Campaign', channel: 'sms', status: 'sending', stats, rate: 5200.5 }],
  queue: {
    held_chunks: 0,
    ready_chunks: 1,
    published_chunks: 0,
    leased_chunks: 1,
    waiting_messages: 464,
    next_due_at: null,
    broker: null,
  },
  workers: [{ id: '5f0c2d3e', host: 'node-1', pid: 4242, plugins: ['scheduler', 'worker'], rate: 5190, ...times }],
  uptime_seconds: 930,
  resting_channels: [],
  note: null,
}

export const statsDocs = docs({
  tag: 'Operations',
  summary: 'Show what goes on',
  description: 'Messages by status, campaigns under way and how fast they go, what is queued, and who works on it.',
  answers: [{ status: 200, description: 'At this moment', schema: statsAnswer, example }],
})
