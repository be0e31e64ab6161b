/** Reason why a campaign waits, for the API, the console and the terminal. Pure. */
import type { Channel } from '../schema.ts'
import { causeOf, pausedTexts, type WaitingReason, waitingTexts } from '../senders/codes.ts'
import type { Breaker, Resting, Standstill } from '../senders/standstill.ts'
import { countryNames } from '../text/country-name.ts'
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
  readonly breakers: readonly Omit<Breaker, 'sender'>[]
  readonly standstills: readonly Standstill[]
  readonly resting: readonly Resting[]
  /** Plugins of the running processes. */
  readonly plugins: readonly string[]
}

export interface CampaignProgress {
  readonly status: CampaignStatus
  readonly channel: Channel
  /** The sender that it names; null: by the route of its channel. */
  readonly sender: string | null
  /** Countries with senders of their own to which its open chunks go; null: all others. Absent: it has no such chunks. */
  readonly countries: readonly (string | null)[] | null
  readonly scheduled_at: Date | null
  /** Due time of its first chunk, while all its chunks wait for a later time. */
  readonly due_at: Date | null
  /** All its chunks that wait hold messages in doubt, which only a receipt can settle. */
  readonly awaiting: boolean
  /** Recipients who wait for the end of their quiet hours, and the first end of those. */
  readonly deferred: number
  readonly deferred_until: Date | null
  /** A worker or the broker has some of its chunks. */
  readonly busy: boolean
  /** Recipients without a result. */
  readonly left: number
  /** Recipients are still being added. */
  readonly audience_open: boolean
  /** The scheduler is adding them, and no client. */
  readonly queueing: boolean
  readonly paused_reason: PausedReason | null
  /** Added to the reason, for a person. */
  readonly paused_detail: string | null
  readonly paused_at: Date | null
}

const channelNames: Readonly<Record<Channel, string>> = { sms: 'SMS', whatsapp: 'WhatsApp' }

/**
 * Explains to a marketer, in one sentence, why the circuit of a route is open.
 * @param countries codes of those that the route is for; none: all of its channel
 */
export const detailOfCircuit = (channel: Channel, code: string, countries: readonly string[] = []): string =>
  `${channelNames[channel]} sending${toCountries(countries)} is paused because ${causeOf(code)}`

const toCountries = (countries: readonly string[]) => (countries.length > 0 ? ` to ${countryNames(countries)}` : '')

/** @returns null for a campaign that is a draft, is being sent, or is over */
export function waitingOf(campaign: CampaignProgress, situation: Situation, now: number): Waiting | null {
  const { plugins } = situation
  const { status, scheduled_at, due_at, awaiting, deferred, deferred_until, busy, left, audience_open } = campaign
  if (status === 'paused') return waiting('paused', { since: campaign.paused_at, detail: detailOfPause(campaign) })
  if (status === 'scheduled') {
    if (scheduled_at && scheduled_at.getTime() > now) return waiting('scheduled', { until: scheduled_at })
    if (!plugins.includes('scheduler')) return nobodyStarts(scheduled_at)
  }
  if (!isRunning(status)) return null
  if (left === 0 && campaign.queueing) return plugins.includes('scheduler') ? waiting('queueing') : nobodyStarts(null)
  if (left === 0) return audience_open ? waiting('audience_open') : null
  const blocked = campaign.sender === null ? blockedRoutes(campaign, situation) : blockedSender(campaign, situation)
  if (blocked) return blocked
  if (!plugins.includes('worker')) return waiting('no_worker')
  if (busy) return null
  if (due_at && due_at.getTime() > now && deferred_until && deferred_until <= due_at)
    return waiting('quiet_hours', { until: deferred_until, detail: detailOfQuietHours(deferred, left) })
  if (due_at && due_at.getTime() > now) return waiting(awaiting ? 'receipts' : 'retry_later', { until: due_at })
  return plugins.includes('scheduler') ? null : nobodyStarts(null)
}

/** The reason why nothing goes by any of the routes of its open chunks; undefined while something may go by one. */
function blockedRoutes({ channel, countries }: CampaignProgress, { breakers, standstills }: Situation) {
  const routes = countries?.length ? countries : [null]
  const onRoute = <Row extends { channel: Channel; country: string | null }>(rows: readonly Row[]): Row[] =>
    rows.filter((row) => row.channel === channel && routes.includes(row.country))
  const still = onRoute(standstills)
  const open = onRoute(breakers).filter((row) => !still.some(({ country }) => country === row.country))
  if (still.length + open.length < routes.length) return undefined
  // Standstills first: a person must act, while a circuit is tried again by itself.
  const [first] = still
  if (first) return standingStill(first, namedOf(still.filter(({ reason }) => reason === first.reason)))
  const [next] = open.sort((a, b) => a.probe_at.getTime() - b.probe_at.getTime())
  if (!next) return undefined
  const same = namedOf(open.filter(({ reason }) => reason === next.reason))
  return circuitOpen(next, detailOfCircuit(channel, next.reason, same))
}

/** Countries that a sentence names; none where it is about all others too. */
const namedOf = (rows: readonly { readonly country: string | null }[]): string[] =>
  rows.some(({ country }) => country === null) ? [] : rows.flatMap(({ country }) => country ?? []).sort()

function standingStill({ reason, since }: Standstill, countries: readonly string[]): Waiting {
  if (countries.length === 0) return waiting(reason, { since })
  const detail =
    reason === 'no_sender'
      ? `No sender is set up for ${countryNames(countries)}`
      : `Sending${toCountries(countries)} was paused by hand`
  return waiting(reason, { since, detail })
}

const circuitOpen = ({ opened_at, probe_at }: { opened_at: Date; probe_at: Date | null }, detail: string) =>
  waiting('circuit_open', { since: opened_at, until: probe_at, detail })

/** The reason why the sender that it names cannot send; undefined while it can. */
function blockedSender({ sender }: CampaignProgress, { resting }: Situation) {
  const found = resting.find(({ name }) => name === sender)
  if (found?.paused_at)
    return waiting('sender_paused', { since: found.paused_at, detail: `Its sender "${sender}" was paused by hand` })
  if (!found?.opened_at) return undefined
  const { opened_at, probe_at, open_reason } = found
  return circuitOpen({ opened_at, probe_at }, `Its sender "${sender}" is paused because ${causeOf(open_reason ?? '')}`)
}

const count = new Intl.NumberFormat('en')

function detailOfQuietHours(deferred: number, left: number): string {
  const who = deferred >= left ? 'All remaining recipients' : `${count.format(deferred)} recipients`
  return `${who} have quiet hours now`
}

function detailOfPause({ paused_reason, paused_detail }: CampaignProgress): string {
  if (paused_reason === null) return waitingTexts.paused.meaning
  const { meaning, advice } = pausedTexts[paused_reason]
  return `${meaning}${paused_detail === null ? '' : ` (${paused_detail})`}. ${advice}`
}

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
