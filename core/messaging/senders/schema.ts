/** Tables of senders and their routes, as types. */
import type { ColumnType, Generated } from 'kysely'
import type { Channel } from '../channel.ts'
import type { SenderCode } from './codes.ts'

type MaybeMoment = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>

/** State of a named sender, which every process reads and writes. */
export interface SenderStates {
  name: string
  kind: string
  channels: string[]
  /** Unit of the rate. */
  unit: Generated<'segment' | 'message'>
  /** Limits by the settings of the process that started last; null: none. */
  rate_setting: number | null
  concurrency_setting: number | null
  /** Hours after a person's message in which texts reach them on WhatsApp; null: at any time. */
  text_window_hours: ColumnType<number | null, number | null | undefined, number | null>
  /** Limits by PATCH /senders/{name}, which count before those of the settings; null: as these say. */
  rate: number | null
  concurrency: number | null
  paused_at: MaybeMoment
  /** Principal that paused it. */
  paused_by: string | null
  /** The last of its calls that are planned begins then, where it has a rate. */
  planned_upto: Generated<Date>
  /** Its provider asked to be left alone until then. */
  hold_until: MaybeMoment
  /** Share of the rate that it had when it was last slowed down; it grows back within a minute. */
  slow_factor: Generated<number>
  slowed_at: MaybeMoment
  /** While its circuit is open: the code of the failures, and the next probe. */
  open_reason: ColumnType<string | null, SenderCode | null | undefined, SenderCode | null>
  opened_at: MaybeMoment
  probe_at: MaybeMoment
  probes: Generated<number>
  /** Number of times that its circuit has closed, and the last time: answers to calls started before say nothing since. */
  closings: Generated<number>
  closed_at: MaybeMoment
}

/** Senders of a channel, the first choice first. */
export interface Routes {
  channel: Channel
  senders: string[]
  /** Time at which PUT /routes/{channel} set it; null: it is as the settings say. */
  set_at: MaybeMoment
}

/** Senders of a channel for phones of one country, which go before those of its route. `set_at` of that counts for them too. */
export interface CountryRoutes {
  channel: Channel
  /** ISO 3166-1, two capital letters. */
  country: string
  senders: string[]
}

/** A line for each campaign with a rate of its own: the last of its calls that are planned begins at `planned_upto`. */
export interface CampaignPace {
  campaign_id: number
  planned_upto: Generated<Date>
}

/** A line for each campaign that a sender with a rate has carried: whose turn it is, among those that want more than they get. */
export interface SenderTurns {
  sender: string
  campaign_id: number
  /** Units by the campaign's weight; only differences count. */
  used: number
  /** It wants more than it got, until then. */
  hungry_until: MaybeMoment
}
