/**
 * Tables as types. The most frequent words of the domain; core/messaging/README.md defines them all, and says which
 * statement writes which counter:
 *
 * - campaign: a template, a channel and an audience. `messaging/campaign/status.ts` has its statuses. It is over when
 *   `completed_at` is set.
 * - open audience: recipients are still being added, so the campaign is not over even if all it has are final.
 * - message: one recipient's row in `outbound_messages`, written twice: when it is queued and when its outcome is known.
 * - chunk: up to 500 messages of one campaign, the unit of work. It is outbox, lease and counter in one row.
 * - turn: how often a message was handed to a sender and came back to be tried again. A chunk works on one turn of its
 *   messages; an outcome counts only if the message still stands at that turn. `attempts` is what the customer was
 *   charged of the three tries: a throttled call costs a turn, but no attempt.
 * - epoch: how often a chunk was claimed; a worker whose epoch is past may report, but not start anything.
 * - watermark (`started_upto`): no message above it has ever been started by anybody.
 */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Processes } from '../host/presence.ts'
import type { CampaignStatus, PausedReason } from './campaign/status.ts'
import type { Failures, Throughput } from './campaign/tables.ts'
import type { Channel } from './channel.ts'
import type { ConsentRule, Consents } from './consents/tables.ts'
import type { Attributes, CustomerCounts, CustomerImports, Customers } from './contacts/tables.ts'
import type { SelectionSegments, Selections } from './enqueue/tables.ts'
import type { MessageStatus } from './message-status.ts'
import type { PolicyTables } from './policy/tables.ts'
import type { Prices } from './prices/tables.ts'
import type { Purpose } from './purpose.ts'
import type { InboundMessages, ProviderRefs, Receipts } from './receipts/tables.ts'
import type { Segments, SegmentUses } from './segments/tables.ts'
import type { MessageCode } from './senders/codes.ts'
import type { Delivery } from './senders/hook.ts'
import type { CampaignPace, CountryRoutes, Routes, SenderStates, SenderTurns } from './senders/schema.ts'
import type { ServerSecrets } from './stop-links/tables.ts'
import type { Suppressions } from './suppressions/tables.ts'
import type { TextsByLanguage } from './text/languages.ts'
import type { ProviderTemplate } from './text/provider-template.ts'
import type { Transliteration } from './text/transliterate.ts'

export { type Channel, channels } from './channel.ts'
export type { Customers } from './contacts/tables.ts'
export type { MessageStatus } from './message-status.ts'
export { type Purpose, purposes } from './purpose.ts'
export type { Delivery } from './senders/hook.ts'
export { type Transliteration, transliterations } from './text/transliterate.ts'
/**
 * `held`: not to be sent yet. `ready`: may be claimed once due. `published`: ready, and announced on the message broker
 * where there is one. `leased`: a worker's. `done`: nothing left to do.
 */
export type ChunkState = 'held' | 'ready' | 'published' | 'leased' | 'done'

type Timestamp = ColumnType<Date, Date | string, Date | string>
type Moment = ColumnType<Date, Date | string | undefined, Date | string>
type MaybeMoment = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
/** int8: text in JavaScript, since a number would lose digits. */
type BigId = string

export interface Campaigns {
  id: GeneratedAlways<number>
  name: string
  channel: Channel
  status: Generated<CampaignStatus>
  base_template: string
  scheduled_at: MaybeMoment
  /** Messages that are not started by then are skipped. */
  expires_at: MaybeMoment
  created_at: Moment
  updated_at: Moment
  started_at: MaybeMoment
  completed_at: MaybeMoment
  /** More recipients are announced: it cannot complete. */
  audience_open: Generated<boolean>
  /** The last call that added to an open audience; null while it is closed. */
  audience_seen_at: MaybeMoment
  /** Null where a person paused it, and while it is not paused. */
  paused_reason: ColumnType<PausedReason | null, PausedReason | null | undefined, PausedReason | null>
  /** The sender and the code of a refusal, for a person; null for any other reason. */
  paused_detail: ColumnType<string | null, string | null | undefined, string | null>
  /** Null while it is not paused, and for a pause by a version that did not store it. */
  paused_at: MaybeMoment
  /** The chunks' counters, folded in when the campaign completes; zero before. */
  total: Generated<number>
  sent: Generated<number>
  failed: Generated<number>
  skipped: Generated<number>
  unknown: Generated<number>
  /** Parts of `sent`, by receipts: counted here at all times. Those that were read are delivered too. */
  delivered: Generated<number>
  undelivered: Generated<number>
  read: Generated<number>
  /** Name of the sender that it asks for; null: by the route of its channel. */
  sender: string | null
  /** Messages a second; null: as fast as its sender allows. */
  max_rate: number | null
  priority: Generated<Priority>
  purpose: Generated<Purpose>
  /** Not `none` on SMS only. */
  transliteration: Generated<Transliteration>
  /** The provider's approved template; null: the text is sent as it is. */
  template: ColumnType<ProviderTemplate | null, ProviderTemplate | null | undefined, ProviderTemplate | null>
  /** Texts by language beside `base_template`; null: none. */
  texts: ColumnType<TextsByLanguage | null, TextsByLanguage | null | undefined, TextsByLanguage | null>
}

export interface AttemptError {
  readonly code: string
  /** RFC 3339. */
  readonly at: string
}

/** `failed provider.rejected`: how many. */
export type Reasons = Readonly<Record<string, number>>

export interface OutboundMessages {
  id: GeneratedAlways<BigId>
  campaign_id: number
  customer_id: number
  created_at: Moment
  updated_at: MaybeMoment
  status: Generated<MessageStatus>
  attempts: Generated<number>
  turn: Generated<number>
  provider_message_id: string | null
  last_error: ColumnType<string | null, MessageCode | null | undefined, MessageCode | null>
  /** Errors of the attempts, the oldest first; null where there are none. */
  history: ColumnType<readonly AttemptError[] | null, never, readonly AttemptError[] | null>
  rendered_content: string | null
  /** Null before the first receipt. Only a message that is `sent` has one. */
  delivery: ColumnType<Delivery | null, never, Delivery | null>
  /** The provider's code of an undelivered message. */
  delivery_code: ColumnType<string | null, never, string | null>
}

export interface DispatchChunks {
  id: GeneratedAlways<BigId>
  campaign_id: number
  /** While it accepts messages: the chunk whose messages it takes, and the time for which it takes them. */
  parent_id: BigId | null
  due_bucket: MaybeMoment
  /** 0: a first chunk. */
  turn: Generated<number>
  first_id: BigId
  last_id: BigId
  /** A retry chunk's messages; a first chunk has all of its campaign's from `first_id` to `last_id`. */
  ids: BigId[] | null
  size: number
  state: Generated<ChunkState>
  due_at: Timestamp
  /** End of the quiet hours that its messages wait for; null: they wait for none. */
  deferred_until: MaybeMoment
  /** True while its messages, all in doubt, wait for receipts: they are unknown when it is due. */
  awaiting: Generated<boolean>
  /** Time of the last publish to the message broker. */
  published_at: MaybeMoment
  lease_until: MaybeMoment
  leased_by: string | null
  /** Name of the sender that it was last claimed for; null before, and where a version claimed it that did not say. */
  sender: string | null
  /** The sender that may hold messages of it in doubt: no other can tell a repeated call. Null: none are. */
  pinned: string | null
  /** The sender that has just refused its messages for a passing reason: another one is tried first. */
  avoid: string | null
  epoch: Generated<number>
  /** The last epoch in which it moved: an outcome was written down, the watermark rose, or its owner gave it back. */
  progress_epoch: Generated<number>
  started_upto: Generated<BigId>
  /** Started and not yet reported, as the owner last said. */
  in_flight: Generated<number>
  sent: Generated<number>
  failed: Generated<number>
  skipped: Generated<number>
  unknown: Generated<number>
  /** Handed on to a retry chunk. */
  retried: Generated<number>
  /** Failed, skipped and unknown messages by status and code; null where there are none, or nobody counted them. */
  reasons: ColumnType<Reasons | null, never, Reasons | null>
  /** Id of the request that queued its messages. */
  request_id: string | null
  /** Country of its messages' phones, where the route had senders for it when they were queued; null: any. */
  country: string | null
  created_at: Moment
}

export interface MessagingProcesses extends Processes {
  /** Kinds of the senders that carry its channels first; null: an earlier version, which did not say. */
  senders: ColumnType<Readonly<Record<Channel, string>> | null, Readonly<Record<Channel, string>> | undefined, never>
  /** Names of all senders that it has open. */
  sender_names: ColumnType<string[] | null, string[] | undefined, never>
}

export const priorities = ['low', 'normal', 'high'] as const
export type Priority = (typeof priorities)[number]

export type EventType = 'campaign.started' | 'campaign.paused' | 'campaign.completed'

/** A line for each plugin that handles domain events. */
export interface EventSubscribers {
  name: string
  types: EventType[]
  /** Delivers to it until `lease_until`; `seen_at` is the last time at which a process ran it. */
  owner: string | null
  lease_until: MaybeMoment
  seen_at: Moment
}

/** Domain events that are to be delivered, a line for each subscriber. Written by a trigger. */
export interface Events {
  id: GeneratedAlways<BigId>
  subscriber: string
  type: EventType
  campaign_id: number
  /** The campaign as it was. */
  data: ColumnType<EventData, never, never>
  at: Moment
  attempts: Generated<number>
  due_at: Generated<Date>
}

export interface EventData {
  readonly name: string
  readonly channel: Channel
  readonly status: CampaignStatus
  readonly paused_reason: PausedReason | null
  readonly total: number
  readonly sent: number
  readonly failed: number
  readonly skipped: number
  readonly unknown: number
}

export interface Database extends PolicyTables {
  customers: Customers
  attributes: Attributes
  campaigns: Campaigns
  outbound_messages: OutboundMessages
  dispatch_chunks: DispatchChunks
  processes: MessagingProcesses
  senders: SenderStates
  routes: Routes
  country_routes: CountryRoutes
  campaign_pace: CampaignPace
  sender_turns: SenderTurns
  customer_imports: CustomerImports
  customer_counts: CustomerCounts
  throughput: Throughput
  failures: Failures
  event_subscribers: EventSubscribers
  events: Events
  receipts: Receipts
  provider_refs: ProviderRefs
  inbound_messages: InboundMessages
  suppressions: Suppressions
  consents: Consents
  consent_rule: ConsentRule
  segments: Segments
  segment_uses: SegmentUses
  selections: Selections
  selection_segments: SelectionSegments
  prices: Prices
  server_secrets: ServerSecrets
}

/** Every table, for checks at run time. */
export const tableNames = Object.keys({
  customers: true,
  attributes: true,
  campaigns: true,
  outbound_messages: true,
  dispatch_chunks: true,
  processes: true,
  senders: true,
  routes: true,
  country_routes: true,
  campaign_pace: true,
  sender_turns: true,
  customer_imports: true,
  customer_counts: true,
  throughput: true,
  failures: true,
  event_subscribers: true,
  events: true,
  receipts: true,
  provider_refs: true,
  inbound_messages: true,
  suppressions: true,
  consents: true,
  consent_rule: true,
  segments: true,
  segment_uses: true,
  selections: true,
  selection_segments: true,
  prices: true,
  server_secrets: true,
  policies: true,
  cap_reservations: true,
} satisfies Readonly<Record<keyof Database, true>>) as readonly (keyof Database)[]

declare module '../db/tables.ts' {
  interface Tables extends Database {}
}
