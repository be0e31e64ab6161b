/** Schemas and documentation of /stats and its feed. */
import { t } from 'elysia'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { healthExample, healthSchema } from '../../core/http/health-schema.ts'
import { route } from '../../core/http/route.ts'
import { statsFields } from '../../core/messaging/campaign/stats-schema.ts'
import { waitingSchema } from '../../core/messaging/campaign/waiting-schema.ts'

const counts = t.Object(statsFields, { title: 'MessageCounts' })

const campaign = t.Object(
  {
    id: t.Integer(),
    name: t.String(),
    channel: t.String({ enum: ['sms', 'whatsapp'] }),
    status: t.String(),
    audience_open: t.Boolean({ description: 'True while recipients are still being added' }),
    queueing: t.Boolean({ description: 'True while it is the scheduler that adds them, from segments and rules' }),
    paused_reason: orNull(
      t.String({ description: 'The reason why the service paused it, as in GET /campaigns/{id}; otherwise null' }),
    ),
    stats: counts,
    waiting: orNull(waitingSchema),
    started_at: orNull(utcTime('Time at which its first recipient was due')),
    completed_at: orNull(utcTime('Time at which it completed; null before')),
    rate: t.Number({ description: 'Recipients with a result per second, over the last 5 seconds' }),
    eta_seconds: orNull(
      t.Integer({
        description:
          'Seconds until it completes at this rate, or at the limit of its sender or campaign where that is lower or no rate is known yet; null if unknown, for example while its audience is open',
      }),
    ),
  },
  { title: 'CampaignProgress' },
)

const throughput = t.Object(
  {
    now: t.Number({ description: 'Recipients with a result per second' }),
    step_seconds: t.Integer({ description: 'Seconds that each figure of last_10_minutes covers' }),
    last_10_minutes: t.Array(t.Number(), {
      description: 'Recipients with a result per second, oldest first, without the current step',
    }),
  },
  { title: 'Throughput' },
)

const channelSums = t.Object(
  { channel: t.String({ enum: ['sms', 'whatsapp'] }), stats: counts },
  { title: 'ChannelStats' },
)

const failure = t.Object(
  {
    at: utcTime('Start of the 5 seconds in which they failed'),
    campaign_id: t.Integer(),
    campaign: t.String({ description: 'Name of the campaign' }),
    channel: t.String({ enum: ['sms', 'whatsapp'] }),
    status: t.String({ enum: ['failed', 'skipped', 'unknown'] }),
    code: t.String({ description: 'Error code, as in a recipient’s last_error' }),
    count: t.Integer({ description: 'Number of recipients' }),
  },
  { title: 'Failure' },
)

const process = t.Object(
  {
    id: t.String(),
    host: t.String(),
    pid: t.Integer(),
    plugins: t.Array(t.String()),
    rate: t.Number({ description: 'Recipients with a result per second' }),
    started_at: utcTime('Time at which it started'),
    seen_at: utcTime('Time of its last heartbeat'),
  },
  { title: 'WorkerProcess' },
)

const pausedChannel = t.Object(
  {
    channel: t.String({ enum: ['sms', 'whatsapp'] }),
    country: orNull(
      t.String({ description: 'Country whose senders these are; null: all that have none of their own' }),
    ),
    reason: t.String({ description: 'Error code, as in a recipient’s last_error' }),
    detail: t.String({ description: 'The reason in one sentence' }),
    since: utcTime('Time at which it was paused'),
    probe_at: utcTime('Time at which the next message may be tried'),
  },
  { title: 'RestingChannel' },
)

const broker = t.Object(
  {
    name: t.String(),
    messages: t.Integer({ description: 'Broker messages that no worker has received yet' }),
    consumers: t.Integer({ description: 'Number of connected workers' }),
    dead_letters: t.Integer({ description: 'Broker messages that could not be read' }),
  },
  { description: 'The message broker; null without one, and while it cannot be reached' },
)

const statsAnswer = t.Object(
  {
    at: utcTime('Time of these figures'),
    messages: counts,
    throughput,
    channels: t.Array(channelSums),
    campaigns: t.Array(campaign, {
      description:
        'Campaigns that are sending or paused, or completed within the last minute; newest first, at most 100',
    }),
    scheduled: t.Object(
      { campaigns: t.Integer(), next_at: orNull(utcTime('Time at which the next one starts')) },
      { description: 'Scheduled campaigns' },
    ),
    queue: t.Object({
      held_chunks: t.Integer({ description: 'Chunks of campaigns that are scheduled or paused' }),
      ready_chunks: t.Integer(),
      published_chunks: t.Integer({ description: 'Ready chunks that were published to the message broker' }),
      leased_chunks: t.Integer({ description: 'Chunks that a worker is sending' }),
      waiting_messages: t.Integer({ description: 'Messages without a result, in chunks that are ready or leased' }),
      next_due_at: orNull(utcTime('Time at which the next delayed chunk is due')),
      broker: orNull(broker),
    }),
    workers: t.Array(process, { description: 'Running processes' }),
    resting_channels: t.Array(pausedChannel, {
      description: 'Channels that are paused because their senders fail; one message is tried from time to time',
    }),
    senders: t.Object(
      { sms: orNull(t.String()), whatsapp: orNull(t.String()) },
      {
        description: 'Senders that the workers use, by channel; mock: nobody receives these messages; null: unknown',
      },
    ),
    failures: t.Array(failure, {
      description: 'The latest failures, newest first, at most 20; messages that will be retried are not failures',
    }),
    health: healthSchema,
    uptime_seconds: t.Integer({ description: 'Uptime of the process that responds' }),
    note: orNull(t.String({ description: 'Set if work waits and no running process can do it' })),
  },
  { title: 'Stats' },
)

const noReceipts = { delivered: 0, undelivered: 0, read: 0 }
const stats = { total: 1000, pending: 400, sending: 64, sent: 520, failed: 10, skipped: 6, unknown: 0, ...noReceipts }
const times = { started_at: '2030-01-01T08:00:00.000Z', seen_at: '2030-01-01T08:15:30.123Z' }
const nothing = { total: 0, pending: 0, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0, ...noReceipts }
const about = {
  name: 'Welcome Campaign',
  channel: 'sms',
  status: 'sending',
  audience_open: false,
  queueing: false,
  paused_reason: null,
}
const example = {
  at: '2030-01-01T08:15:31.000Z',
  messages: stats,
  throughput: { now: 5210, step_seconds: 5, last_10_minutes: [0, 0, 4998.2, 5200.4] },
  channels: [
    { channel: 'sms', stats },
    { channel: 'whatsapp', stats: nothing },
  ],
  campaigns: [
    {
      id: 1,
      ...about,
      stats,
      waiting: null,
      started_at: times.started_at,
      completed_at: null,
      rate: 5200.5,
      eta_seconds: 1,
    },
  ],
  scheduled: { campaigns: 1, next_at: '2030-01-31T06:00:00.000Z' },
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
  resting_channels: [],
  senders: { sms: 'http', whatsapp: 'mock' },
  failures: [
    {
      at: '2030-01-01T08:15:30.000Z',
      campaign_id: 1,
      campaign: 'Welcome Campaign',
      channel: 'sms',
      status: 'failed',
      code: 'provider.rejected',
      count: 3,
    },
  ],
  health: healthExample,
  uptime_seconds: 930,
  note: null,
}

export const statsDocs = route({
  scope: 'operations:read',
  tag: 'Operations',
  summary: 'Get live figures',
  description:
    'Returns messages by status, throughput, active campaigns with their rates, the queue, the running processes, and the latest failures.',
  answers: [{ status: 200, description: 'The current figures', schema: statsAnswer, example }],
})

export const streamDocs = route({
  scope: 'operations:read',
  tag: 'Operations',
  summary: 'Stream live figures',
  description:
    'Streams server-sent events: a `snapshot` with the response of GET /stats immediately, then another one after each change, at most 5 per second. While the database cannot be read, `health` events with the response of GET /health are sent instead. A comment is sent every 15 seconds if there is no event. Each event is complete in itself, so a client that reconnects misses nothing.',
  answers: [
    {
      status: 200,
      type: 'text/event-stream',
      description: 'Events, until either side closes the connection',
      schema: t.String(),
      example: `event: snapshot\nid: 1\ndata: ${JSON.stringify(example)}\n\n`,
    },
  ],
})
