/** Customers whom the caps hold now, by the function that decides about each message before it starts. */
import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Channel } from '../channel.ts'
import type { Caps } from '../policy/caps.ts'

export interface CampaignCaps {
  readonly caps: Caps
  readonly channel: Channel
}

/** Joins what was reserved for the phones of `customers`; nothing where there are no caps. */
// biome-ignore lint/suspicious/noExplicitAny: whatever else the query has joined
export const joinReservations = <Q extends SelectQueryBuilder<any, any, any>>(
  query: Q,
  caps: CampaignCaps | undefined,
): Q => (caps ? (query.leftJoin('cap_reservations', 'cap_reservations.phone', 'customers.phone') as Q) : query)

/** For a row with its reservations joined. */
export const isCappedNow = ({ caps, channel }: CampaignCaps): RawBuilder<boolean> => {
  const { cap_messages, cap_seconds, cap_channels } = caps
  return sql`(cap_reservations.phone is not null and is_capped(cap_reservations.messages, cap_reservations.starts,
    0, ${channel}::channel, ${cap_messages}::integer[], ${cap_seconds}::float8[],
    ${cap_channels}::text[]::channel[]))`
}
