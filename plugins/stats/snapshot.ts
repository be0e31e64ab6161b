/** Snapshot of the service at one moment: the answer of GET /stats, and each event of the live feed. */

import { isoTime } from '../../core/http/time.ts'
import { SPAN_SECONDS } from '../../core/messaging/campaign/live.ts'
import { addStats, type CampaignStats, noStats, withPending } from '../../core/messaging/campaign/stats.ts'
import { isRunning } from '../../core/messaging/campaign/status.ts'
import { detailOfCircuit, type Situation, viewWaiting, waitingOf } from '../../core/messaging/campaign/waiting.ts'
import { type Health, viewDispatch, viewHealth, viewSenders } from '../../core/messaging/health.ts'
import type { Channel } from '../../core/messaging/schema.ts'
import { mostPerSecond } from '../../core/messaging/senders/pace.ts'
import type { StatsGrant } from './grant.ts'
import { noteOn } from './note.ts'
import { openRates, type Rates } from './rates.ts'
import { sendersOf } from './senders.ts'
import { openSlow, type Slow } from './slow.ts'
import { type Figures, HISTORY_MINUTES, openFigures } from './store.ts'

export type Snapshot = Awaited<ReturnType<ReturnType<typeof openSnapshots>['take']>>
/** State that needs no database. */
export type { Health }

export function openSnapshots(grant: StatsGrant) {
  const { clock, db, process } = grant
  const figures = openFigures(db)
  const takeRates = openRates(clock.elapsed)
  const slow = openSlow(grant)
  return {
    /** @throws whatever keeps the database from answering */
    take: async () => {
      const found = await figures()
      return viewSnapshot(found, await slow(), { takeRates, now: clock.now(), startedAt: process.startedAt })
    },
    /** @param message why the database cannot be read */
    health: async (message: string): Promise<Health> => {
      const { queue, loops }: Slow = await slow()
      return viewHealth({
        database: { status: 'unhealthy', message },
        queue,
        senders: viewSenders(undefined),
        dispatch: viewDispatch(undefined),
        loops,
      })
    },
  }
}

interface Moment {
  readonly takeRates: ReturnType<typeof openRates>
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly startedAt: number
}

function viewSnapshot(found: Figures, { database, queue, broker, loops }: Slow, { takeRates, now, startedAt }: Moment) {
  const channels = viewChannels(found)
  const messages = channels.map(({ stats }) => stats).reduce(addStats, noStats)
  const campaigns = viewCampaigns(found)
  const rates = takeRates(
    doneOf(messages),
    campaigns.map(({ id, running_ms, stats }) => ({ id, runningMs: running_ms, done: doneOf(stats) })),
  )
  const workers = viewWorkers(found)
  const breakers = breakersIn(found)
  const situation = {
    breakers,
    standstills: standstillsIn(found),
    resting: restingIn(found),
    plugins: workers.flatMap(({ plugins }) => plugins),
  }
  return {
    at: isoTime(new Date(now)),
    messages,
    throughput: { now: rates.now, step_seconds: SPAN_SECONDS, last_10_minutes: viewHistory(found) },
    channels,
    campaigns: campaigns.map((campaign) => withPace(campaign, rates, situation, now)),
    scheduled: { ...found.scheduled, next_at: utc(found.scheduled.next_at) },
    queue: viewQueue(found, broker),
    workers,
    resting_channels: breakers.map(viewResting),
    senders: sendersOf(found.processes),
    failures: found.failures.map((row) => ({ ...row, at: utc(row.at) })),
    health: viewHealth({
      database,
      queue,
      senders: viewSenders(breakers),
      dispatch: viewDispatch(found.stuck),
      loops,
    }),
    uptime_seconds: Math.floor((now - startedAt) / 1000),
    note: noteOn({
      work: found.queue.has_work,
      scheduled: found.scheduled.campaigns > 0,
      plugins: situation.plugins,
    }),
  }
}

const doneOf = ({ total, pending, sending }: CampaignStats) => total - pending - sending

/** A time as PostgreSQL writes it into JSON. */
function utc(time: string): string
function utc(time: string | null): string | null
function utc(time: string | null): string | null {
  return time === null ? null : isoTime(new Date(time))
}

function viewChannels({ channels }: Figures) {
  return (['sms', 'whatsapp'] satisfies Channel[]).map((channel) => {
    const { channel: _, ...sums } = channels.find((row) => row.channel === channel) ?? { ...noStats, channel }
    return { channel, stats: withPending(sums) }
  })
}

/** Rates for each span of the last minutes, the oldest first; the span that is not over is left out. */
function viewHistory({ history }: Figures): number[] {
  const spans = (HISTORY_MINUTES * 60) / SPAN_SECONDS
  const rates: number[] = Array(spans).fill(0)
  for (const { back, done } of history)
    if (back >= 1 && back <= spans) rates[spans - back] = Math.round((done * 10) / SPAN_SECONDS) / 10
  return rates
}

function viewWorkers({ processes }: Figures) {
  return processes.map(({ senders: _, ...row }) => ({
    ...row,
    started_at: utc(row.started_at),
    seen_at: utc(row.seen_at),
  }))
}

function viewQueue({ queue: { has_work: _, next_due_at, ...chunks } }: Figures, broker: Slow['broker']) {
  return { ...chunks, next_due_at: utc(next_due_at), broker }
}

const breakersIn = ({ breakers }: Figures) =>
  breakers.map(({ opened_at, probe_at, ...row }) => ({
    ...row,
    opened_at: new Date(opened_at),
    probe_at: new Date(probe_at),
  }))

const standstillsIn = ({ standstills }: Figures) =>
  standstills.map(({ since, ...row }) => ({ ...row, since: since === null ? null : new Date(since) }))

const restingIn = ({ resting }: Figures) =>
  resting.map(({ paused_at, opened_at, probe_at, ...row }) => ({
    ...row,
    paused_at: date(paused_at),
    opened_at: date(opened_at),
    probe_at: date(probe_at),
  }))

const viewResting = ({ opened_at, probe_at, sender: _, ...row }: ReturnType<typeof breakersIn>[number]) => ({
  ...row,
  detail: detailOfCircuit(row.channel, row.reason, row.country === null ? [] : [row.country]),
  since: isoTime(opened_at),
  probe_at: isoTime(probe_at),
})

function viewCampaigns({ campaigns }: Figures) {
  return campaigns.map((row) => ({ ...row, stats: withPending(row) }))
}

function withPace(
  row: ReturnType<typeof viewCampaigns>[number],
  { byCampaign }: Rates,
  situation: Situation,
  now: number,
) {
  const { id, name, channel, status, stats, audience_open, queueing, paused_reason, started_at, completed_at } = row
  const left = stats.pending + stats.sending
  const times = {
    scheduled_at: date(row.scheduled_at),
    due_at: date(row.due_at),
    deferred_until: date(row.deferred_until),
    paused_at: date(row.paused_at),
  }
  const waiting = waitingOf({ ...row, left, ...times }, situation, now)
  // A campaign that stands still has no rate and no end in sight, whatever its rate was a moment ago.
  const isMoving = isRunning(status) && !waiting
  const rate = isMoving ? (byCampaign.get(id) ?? 0) : 0
  const pace = isMoving ? Math.min(rate || Number.POSITIVE_INFINITY, mostPerSecond(row)) : 0
  return {
    id,
    name,
    channel,
    status,
    audience_open,
    queueing,
    paused_reason,
    stats,
    waiting: viewWaiting(waiting),
    started_at: utc(started_at),
    completed_at: utc(completed_at),
    rate,
    eta_seconds:
      pace > 0 && pace < Number.POSITIVE_INFINITY && !audience_open && !queueing ? Math.ceil(left / pace) : null,
  }
}

const date = (time: string | null): Date | null => (time === null ? null : new Date(time))
