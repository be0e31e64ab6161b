/** Reason why a campaign waits, for the API, the console and the terminal. Pure. */
import type { Channel } from '../schema.ts'
import type { Breaker, Standstill } from '../senders/breaker.ts'
import { causeOf, pausedTexts, type WaitingReason, waitingTexts } from '../senders/codes.ts'
import { type CampaignStatus, isRunning, type PausedReason } from './status.ts'

export interface Waiting {
  readonly reason: WaitingReason
  readonly since: Date | null
  /** Time at which it continues or is tried again; null if a person must act, or if it is unknown. */
  readonly until: Date | null
  /** One sentence for a marketer. */
  readonly detail: string
}

/** Facts about all campaigns at this moment. */
export interface Situation {
  readonly breakers: readonly Pick<Breaker, 'channel' | 'reason' | 'opened_at' | 'probe_at'>[]
  readonly standstills: readonly Standstill[]
  /** Plugins of the running processes. */
  readonly plugins: readonly string[]
}

export interface CampaignProgress {
  readonly status: CampaignStatus
  readonly channel: Channel
  readonly scheduled_at: Date | null
  /** Due time of its first chunk, while all its chunks wait for a later time. */
  readonly due_at: Date | null
  /** A worker or the broker has some of its chunks. */
  readonly busy: boolean
  /** Recipients without a result. */
  readonly left: number
  /** Recipients are still being added. */
  readonly audience_open: boolean
  readonly paused_reason: PausedReason | null
  readonly paused_at: Date | null
}

const channelNames: Readonly<Record<Channel, string>> = { sms: 'SMS', whatsapp: 'WhatsApp' }

/** Explains to a marketer, in one sentence, why a channel's circuit is open. */
export const detailOfCircuit = (channel: Channel, code: string): string =>
  `${channelNames[channel]} sending is paused because ${causeOf(code)}`

/** @returns null for a campaign that is a draft, is being sent, or is over */
export function waitingOf(
  campaign: CampaignProgress,
  { breakers, standstills, plugins }: Situation,
  now: number,
): Waiting | null {
  const { status, channel, scheduled_at, due_at, busy, left, audience_open } = campaign
  if (status === 'paused') return waiting('paused', { since: campaign.paused_at, detail: detailOfPause(campaign) })
  if (status === 'scheduled') {
    if (scheduled_at && scheduled_at.getTime() > now) return waiting('scheduled', { until: scheduled_at })
    if (!plugins.includes('scheduler')) return nobodyStarts(scheduled_at)
  }
  if (!isRunning(status)) return null
  if (left === 0) return audience_open ? waiting('audience_open') : null
  const still = standstills.find((standstill) => standstill.channel === channel)
  if (still) return waiting(still.reason, { since: still.since })
  const open = breakers.find((breaker) => breaker.channel === channel)
  if (open)
    return waiting('circuit_open', {
      since: open.opened_at,
      until: open.probe_at,
      detail: detailOfCircuit(channel, open.reason),
    })
  if (!plugins.includes('worker')) return waiting('no_worker')
  if (busy) return null
  if (due_at && due_at.getTime() > now) return waiting('retry_later', { until: due_at })
  return plugins.includes('scheduler') ? null : nobodyStarts(null)
}

const detailOfPause = ({ paused_reason }: CampaignProgress): string =>
  paused_reason === null
    ? waitingTexts.paused.meaning
    : `${pausedTexts[paused_reason].meaning}. ${pausedTexts[paused_reason].advice}`

const nobodyStarts = (since: Date | null) => waiting('no_scheduler', { since })

function waiting(
  reason: WaitingReason,
  { since = null, until = null, detail = waitingTexts[reason].meaning }: Partial<Omit<Waiting, 'reason'>> = {},
): Waiting {
  return { reason, since, until, detail }
}

/** The reason as the API returns it. */
export function viewWaiting(reason: Waiting | null) {
  return reason && { ...reason, since: reason.since?.toISOString() ?? null, until: reason.until?.toISOString() ?? null }
}
