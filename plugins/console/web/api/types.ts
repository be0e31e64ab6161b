/** Types of the API's answers, as far as the console shows them. */

import type { CampaignStatus, PausedReason } from '../../../../core/messaging/campaign/status.ts'
import { type CustomerField, customerFields } from '../../../../core/messaging/contacts/csv/columns.ts'

export type Channel = 'sms' | 'whatsapp'
export const channels = ['sms', 'whatsapp'] as const satisfies readonly Channel[]
export const channelNames: Readonly<Record<Channel, string>> = { sms: 'SMS', whatsapp: 'WhatsApp' }

/** In the order in which the bar shows them. */
export const outcomes = ['sent', 'sending', 'pending', 'skipped', 'unknown', 'failed'] as const
export type Outcome = (typeof outcomes)[number]
export type Stats = Readonly<Record<Outcome | 'total', number>>

/** Why a campaign stands still. */
export interface Waiting {
  readonly reason: string
  readonly since: string | null
  readonly until: string | null
  /** One sentence. */
  readonly detail: string
}

export interface Campaign {
  readonly id: number
  readonly name: string
  readonly channel: Channel
  readonly status: CampaignStatus
  readonly base_template: string
  readonly scheduled_at: string | null
  readonly expires_at: string | null
  readonly created_at: string
  /** Recipients are still being added. */
  readonly audience_open: boolean
  readonly paused_reason: PausedReason | null
  readonly warnings?: readonly string[]
  readonly stats: Stats
  readonly waiting: Waiting | null
}

export interface Customer {
  readonly id: number
  readonly first_name: string | null
  readonly last_name: string | null
  readonly phone: string
  readonly location: string | null
  readonly prefered_product: string | null
}
/** Fields that a form may change. */
export { type CustomerField, customerFields }
export const fieldNames: Readonly<Record<CustomerField, string>> = {
  phone: 'Phone',
  first_name: 'First name',
  last_name: 'Last name',
  location: 'Location',
  prefered_product: 'Preferred product',
}

export interface Page<T> {
  readonly data: readonly T[]
  readonly pagination: {
    readonly page: number
    readonly page_size: number
    readonly total_count: number
    /** There are more: a search is counted up to 10,000. */
    readonly total_is_minimum?: boolean
    readonly total_pages: number
  }
}

export interface Message {
  readonly status: Outcome
  readonly attempts: number
  readonly provider_message_id: string | null
  readonly last_error: string | null
  readonly history: readonly { readonly code: string; readonly at: string }[]
  readonly rendered_content: string | null
  readonly created_at: string
  readonly updated_at: string | null
}

export interface Recipient extends Message {
  readonly customer: Pick<Customer, 'id' | 'first_name' | 'last_name' | 'phone'> | null
}

/** Messages to one customer. */
export interface CustomerMessage extends Message {
  readonly campaign: Pick<Campaign, 'id' | 'name' | 'channel' | 'status'>
}

export interface Failure {
  readonly status: Outcome
  readonly code: string
  readonly count: number
}

export interface Check {
  readonly status: 'healthy' | 'unhealthy' | 'degraded' | 'unknown'
  readonly message?: string
}
export interface Health {
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  readonly checks: Readonly<Record<string, Check>>
}

export interface UnderWay {
  readonly id: number
  readonly name: string
  readonly channel: Channel
  readonly status: CampaignStatus
  readonly stats: Stats
  readonly waiting: Waiting | null
  /** Recipients settled a second. */
  readonly rate: number
  readonly eta_seconds: number | null
}

export interface Worker {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly plugins: readonly string[]
  readonly rate: number
  readonly started_at: string
  readonly seen_at: string
}

/** One event of the live stream. */
export interface Snapshot {
  readonly at: string
  readonly messages: Stats
  readonly throughput: {
    readonly now: number
    readonly step_seconds: number
    readonly last_10_minutes: readonly number[]
  }
  readonly channels: readonly { readonly channel: Channel; readonly stats: Stats }[]
  readonly campaigns: readonly UnderWay[]
  readonly queue: {
    readonly held_chunks: number
    readonly ready_chunks: number
    readonly published_chunks: number
    readonly leased_chunks: number
    readonly waiting_messages: number
    readonly next_due_at: string | null
    readonly broker: null | {
      readonly name: string
      readonly messages: number
      readonly consumers: number
      readonly dead_letters: number
    }
  }
  readonly workers: readonly Worker[]
  readonly resting_channels: readonly {
    readonly channel: Channel
    readonly detail: string
    readonly probe_at: string
  }[]
  /** Names of the senders in use; null: not known. */
  readonly senders: Readonly<Record<Channel, string | null>>
  readonly failures: readonly {
    readonly at: string
    readonly campaign_id: number
    readonly campaign: string
    readonly channel: Channel
    readonly status: Outcome
    readonly code: string
    readonly count: number
  }[]
  readonly health: Health
  readonly uptime_seconds: number
  readonly note: string | null
}

export interface ImportReport {
  readonly rows: number
  readonly created: number
  readonly updated: number
  readonly refused: number
  readonly refusals: readonly { readonly line: number; readonly path: string; readonly message: string }[]
  readonly ignored_fields: readonly string[]
  readonly encoding: string
}
