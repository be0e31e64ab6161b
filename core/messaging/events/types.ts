/** Domain events: what happened to a campaign. Plugins subscribe with `on: { 'campaign.completed': async (event) => {} }`. */
import type { CampaignStatus, PausedReason } from '../campaign/status.ts'
import type { Channel, EventType } from '../schema.ts'

/** The campaign as it was when the event happened. */
export interface EventCampaign {
  readonly id: number
  readonly name: string
  readonly channel: Channel
  readonly status: CampaignStatus
}

interface Occurrence {
  /** The same at each delivery, and different from every other event's. */
  readonly id: string
  readonly at: Date
  /** 1 for the first delivery; an event is delivered again until its handler succeeds. */
  readonly attempt: number
}

/** Its messages may be sent from now on. */
export interface CampaignStarted extends Occurrence {
  readonly type: 'campaign.started'
  readonly campaign: EventCampaign
}

/** `reason` is null where a person paused it. */
export interface CampaignPaused extends Occurrence {
  readonly type: 'campaign.paused'
  readonly campaign: EventCampaign & { readonly reason: PausedReason | null }
}

/**
 * Every recipient has a result: `total = sent + failed + skipped + unknown`. A campaign whose failed messages are retried
 * completes again.
 */
export interface CampaignCompleted extends Occurrence {
  readonly type: 'campaign.completed'
  readonly campaign: EventCampaign & {
    readonly total: number
    readonly sent: number
    readonly failed: number
    readonly skipped: number
    readonly unknown: number
  }
}

export type DomainEvent = CampaignStarted | CampaignPaused | CampaignCompleted

/** Every type, for checks at run time. */
export const eventTypes = Object.keys({
  'campaign.started': true,
  'campaign.paused': true,
  'campaign.completed': true,
} satisfies Readonly<Record<EventType, true>>) as readonly EventType[]

/**
 * Handlers by type. At least once: a handler that throws, or whose process is killed, gets the event again; events of one
 * campaign come in order, the next one only after the one before succeeded.
 */
export type EventHandlers<Granted> = {
  readonly [T in EventType]?: (
    event: Extract<DomainEvent, { type: T }>,
    granted: Granted,
    signal: AbortSignal,
  ) => Promise<void>
}
