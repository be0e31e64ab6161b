import { Elysia } from 'elysia'
import { type Breaker, listBreakers } from '../../core/dispatch/breaker.ts'
import { campaignStats, totalStats } from '../../core/dispatch/stats.ts'
import type { Grant } from '../../core/plugin.ts'
import { isoTime } from '../../core/time.ts'
import { noteOn } from './note.ts'
import { openRates, type Rates } from './rates.ts'
import { statsDocs } from './schema.ts'
import { getQueue, hasScheduled, listProcesses, listUnderWay } from './store.ts'

export const needs = {
  db: { read: ['campaigns', 'dispatch_chunks', 'processes', 'breakers'] },
  queue: true,
  clock: true,
} as const

type StatsGrant = Pick<Grant<typeof needs>, 'db' | 'queue' | 'clock' | 'process'>

export const statsRoutes = (grant: StatsGrant) => {
  const rates = openRates(grant.clock.elapsed)
  return new Elysia().get('/stats', () => takeStats(grant, rates), { detail: statsDocs })
}

async function takeStats({ db, queue: announced, clock, process }: StatsGrant, rates: Rates) {
  const messages = await totalStats(db)
  const campaigns = await underWay(db, rates)
  const { has_work, next_due_at, ...queue } = await getQueue(db)
  const processes = await listProcesses(db)
  return {
    messages,
    campaigns,
    queue: { ...queue, next_due_at: isoTime(next_due_at), broker: await viewBroker(announced) },
    workers: processes.map((row) => ({ ...row, started_at: isoTime(row.started_at), seen_at: isoTime(row.seen_at) })),
    resting_channels: (await listBreakers(db)).map(viewBreaker),
    uptime_seconds: Math.floor((clock.now() - process.startedAt) / 1000),
    note: noteOn({
      work: has_work,
      scheduled: await hasScheduled(db),
      plugins: processes.flatMap(({ plugins }) => plugins),
    }),
  }
}

const viewBreaker = ({ channel, reason, opened_at, probe_at }: Breaker) => ({
  channel,
  reason,
  since: isoTime(opened_at),
  probe_at: isoTime(probe_at),
})

/** Null where the database is the queue, and while the broker cannot be asked: /health says why. */
async function viewBroker(queue: StatsGrant['queue']) {
  const figures = await queue.inspect().catch(() => undefined)
  if (!figures) return null
  const { messages, consumers, deadLetters } = figures
  return { name: queue.name, messages, consumers, dead_letters: deadLetters }
}

const none = { total: 0, pending: 0, sending: 0, sent: 0, failed: 0, skipped: 0, unknown: 0 }

async function underWay(db: StatsGrant['db'], rates: Rates) {
  const rows = await listUnderWay(db)
  const found = await campaignStats(
    db,
    rows.map(({ id }) => id),
  )
  const all = rows.map((row) => ({ ...row, stats: found.get(row.id) ?? none }))
  const speeds = rates(
    all.map(({ id, running_ms, stats }) => ({
      id,
      runningMs: running_ms,
      settled: stats.total - stats.pending - stats.sending,
    })),
  )
  return all.map(({ running_ms: _, ...campaign }) => ({ ...campaign, rate: speeds.get(campaign.id) ?? 0 }))
}
