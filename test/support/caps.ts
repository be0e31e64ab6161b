/** Messages that ask for places within caps, one by one. */
import { type Kysely, sql } from 'kysely'
import type { Channel } from '../../core/messaging/channel.ts'
import { type Caps, capsOf } from '../../core/messaging/policy/caps.ts'
import type { Reserve } from '../../core/messaging/policy/reserve.ts'
import type { PolicyDocument } from '../../core/messaging/policy/tables.ts'
import type { Database, MessageStatus } from '../../core/messaging/schema.ts'
import { addCampaign, addCustomers } from './dispatch.ts'

export const HOUR = 3_600_000
/** @throws Error where the document caps nothing */
export function capped(document: PolicyDocument): Caps {
  const caps = capsOf(document)
  if (!caps) throw new Error('These policies cap nothing')
  return caps
}
export const once = capped({ caps: [{ messages: 1, days: 7 }] })
export const phoneOf = (nth: number) => `+2547${String(nth).padStart(8, '0')}`

/** True where the message may start. */
export async function ask(
  reserve: Reserve,
  id: number | string,
  { caps = once, phone = phoneOf(1), channel = 'sms' as Channel } = {},
) {
  return !(await reserve({ caps, channel, ids: [String(id)], phones: [phone] })).has(String(id))
}

/** As if so much time had passed since the messages were reserved. */
export const goBack = (db: Kysely<Database>, ms: number) =>
  db
    .updateTable('cap_reservations')
    .set({
      starts: sql<Date[]>`array(select s - ${ms}::float8 * interval '1 millisecond'
        from unnest(starts) with ordinality as t(s, nth) order by nth)`,
    })
    .execute()

/** Messages with these statuses, numbered from 1. */
export async function addMessages(
  db: Kysely<Database>,
  statuses: readonly MessageStatus[],
  channelOf: (id: number) => Channel = () => 'sms',
): Promise<void> {
  const customers = await addCustomers(db, statuses.length)
  const campaigns = { sms: await addCampaign(db), whatsapp: await addCampaign(db) }
  await db.updateTable('campaigns').set({ channel: 'whatsapp' }).where('id', '=', campaigns.whatsapp).execute()
  await db
    .insertInto('outbound_messages')
    .values(
      statuses.map((status, at) => ({
        campaign_id: campaigns[channelOf(at + 1)],
        customer_id: customers[at] ?? 0,
        status,
      })),
    )
    .execute()
}
