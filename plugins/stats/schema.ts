/** Schemas and documentation of /stats and its feed. */
import { t } from 'elysia'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { healthExample, healthSchema } from '../../core/http/health-schema.ts'
import { route } from '../../core/http/route.ts'
import { waitingSchema } from '../../core/messaging/campaign/waiting-schema.ts'

const counts = t.Object(
  {
    total: t.Integer(),
    pending: t.Integer(),
    sending: t.Integer(),
    sent: t.Integer(),
    failed: t.Integer(),
    skipped: t.Integer(),
    unknown: t.Integer(),
    delivered: t.Integer({ description: 'Of those sent, by receipts' }),
    undelivered: t.Integer({ description: 'Of those sent, by receipts' }),
    read: t.Integer({ description: 'Of those delivered' }),
  },
  { title: 'MessageCounts' },
)

const campaign = t.Object(
  {
    id: t.Integer(),
    name: t.String(),
    channel: t.String({ enum: ['sms', 'whatsapp'] }),
    status: t.String(),
    audience_open: t.Boolean({ description: 'Recipients are still being added' }),
    paused_reason: orNull(
      t.String({ description: 'Why it was paused by itself, as GET /campaigns/{id} names it; null else' }),
    ),
    stats: counts,
    waiting: orNull(waitingSchema),
    started_at: orNull(utcTime('When its first recipient was due')),
    completed_at: orNull(utcTime('When it was over; null while it is not')),
    rate: t.Number({ description: 'Recipients settled a second, over the last 10 seconds' }),
    eta_seconds: orNull(
      t.Integer({
        description:
          'Seconds until it is over, if it goes on like this; null: nobody knows, as while its audience is open',
      }),
    ),
  },
  { title: 'CampaignProgress' },
)

const throughput = t.Object(
  {
    now: t.Number({ description: 'Recipients settled a second' }),
    step_seconds: t.Integer({ description: 'The time that each figure of last_10_minutes stands for' }),
    last_10_minutes: t.Array(t.Number(), {
      description: 'Recipients settled a second, the oldest first; the step that is not over is left out',
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
    at: utcTime('When, to 5 seconds'),
    campaign_id: t.Integer(),
    campaign: t.String({ description: 'Its name' }),
    channel: t.String({ enum: ['sms', 'whatsapp'] }),
    status: t.String({ enum: ['failed', 'skipped', 'unknown'] }),
    code: t.String({ description: 'The reason, as in a recipient’s last_error' }),
    count: t.Integer({ description: 'Recipients in those 5 seconds' }),
  },
  { title: 'Failure' },
)

const process = t.Object(
  {
    id: t.String(),
    host: t.String(),
    pid: t.Integer(),
    plugins: t.Array(t.String()),
    rate: t.Number({ description: 'Recipients settled a second' }),
    started_at: utcTime('When it started'),
    seen_at: utcTime('When it last said that it lives'),
  },
  { title: 'WorkerProcess' },
)

const resting = t.Object(
  {
    channel: t.String({ enum: ['sms', 'whatsapp'] }),
    reason: t.String({ description: 'What goes wrong, as in a recipient’s last_error' }),
    detail: t.String({ description: 'The reason in one sentence' }),
    since: utcTime('When it was found out'),
    probe_at: utcTime('When the next message may be tried'),
  },
  { title: 'RestingChannel' },
)

const broker = t.Object(
  {
    name: t.String(),
    messages: t.Integer({ description: 'Chunks that no worker has taken yet' }),
    consumers: t.Integer({ description: 'Workers that are connected' }),
    dead_letters: t.Integer({ description: 'Messages that no worker could read' }),
  },
  { description: 'Null without a message broker, and while it cannot be asked' },
)

const statsAnswer = t.Object(
  {
    at: utcTime('When this was so'),
    messages: counts,
    throughput,
    channels: t.Array(channelSums),
    campaigns: t.Array(campaign, {
      description: 'Those under way or paused, or over for less than a minute; newest first, at most 100',
    }),
    scheduled: t.Object(
      { campaigns: t.Integer(), next_at: orNull(utcTime('When the next one starts')) },
      { description: 'Campaigns whose time will come' },
    ),
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
    senders: t.Object(
      { sms: orNull(t.String()), whatsapp: orNull(t.String()) },
      {
        description:
          'Names of the senders that the workers use, by channel; mock: nobody receives these messages; null: no process says',
      },
    ),
    failures: t.Array(failure, {
      description: 'The latest, newest first, at most 20; retries that are still to come are none',
    }),
    health: healthSchema,
    uptime_seconds: t.Integer({ description: 'Of the process that answers' }),
    note: orNull(t.String({ description: 'Set when work waits and nobody is there to do it' })),
  },
  { title: 'Stats' },
)

const noReceipts = { delivered: 0, undelivered: 0, read: 0 }
const stats = { total: 1000, pending: 400, sending: 64, sent: 520, failed: 10, skipped: 6, unknown: 0, ...noReceipts }
const times = { started_at: '2030-01-01T08:00:00.000Z', seen_at: '2030-01-01T08:15:30.123Z' }
const nothing = { total: 0, pending: 0, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0, ...noReceipts }
const about = { name: 'Welcome Campaign', channel: 'sms', status: 'sending', audience_open: false, paused_reason: null }
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
  summary: 'Show what goes on',
  description:
    'Messages by status, campaigns under way and how fast they go, what is queued, who works on it, and what failed lately.',
  answers: [{ status: 200, description: 'At this moment', schema: statsAnswer, example }],
})

export const streamDocs = route({
  scope: 'operations:read',
  tag: 'Operations',
  summary: 'Follow what goes on',
  description:
    'Server-sent events: a `snapshot`, which holds what GET /stats answers, at once, and then whenever something changed, at most 5 times a second. While the database cannot be read there are `health` events instead, with what GET /health answers. A comment comes every 15 seconds if nothing else does. Each event stands for itself: whoever was away reads on with the next one.',
  answers: [
    {
      status: 200,
      type: 'text/event-stream',
      description: 'Events, until either side ends it',
      schema: t.String(),
      example: `event: snapshot\nid: 1\ndata: ${JSON.stringify(example)}\n\n`,
    },
  ],
})
