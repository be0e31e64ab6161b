/** Expected answer of GET /stats while one SMS campaign, named "Contract", is under way and nothing is wrong. */
import { expect } from 'bun:test'

interface Counts {
  readonly pending: number
  readonly sending: number
}

const pace = {
  audience_open: false,
  queueing: false,
  paused_reason: null,
  started_at: expect.any(String),
  completed_at: null,
  rate: expect.any(Number),
  eta_seconds: expect.anything(),
  waiting: null,
}

/** @param id of the campaign; `stats` are its figures */
export const liveStats = (id: number, stats: unknown) => ({
  at: expect.any(String),
  messages: stats,
  throughput: { now: expect.any(Number), step_seconds: 5, last_10_minutes: expect.any(Array) },
  channels: [
    { channel: 'sms', stats },
    { channel: 'whatsapp', stats: expect.objectContaining({ total: 0 }) },
  ],
  campaigns: [{ id, name: 'Contract', channel: 'sms', status: 'sending', stats, ...pace }],
  scheduled: { campaigns: 0, next_at: null },
  failures: expect.any(Array),
  health: expect.objectContaining({ status: 'healthy' }),
  uptime_seconds: expect.any(Number),
  resting_channels: [],
  senders: { sms: 'http', whatsapp: 'http' },
  note: null,
})

/** Recipients without an outcome. */
export const unsettled = ({ stats }: { readonly stats: Counts }): number => stats.pending + stats.sending

/** Why a campaign that nobody has sent yet waits. */
export function startOf(campaign: object) {
  const until: unknown = Reflect.get(campaign, 'scheduled_at')
  return until === null ? null : { reason: 'scheduled', since: null, until, detail: expect.any(String) }
}
