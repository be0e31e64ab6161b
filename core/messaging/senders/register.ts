/** Writes the senders and routes of the settings into the database, where every process finds them. */
import type { Kysely } from 'kysely'
import { channels, type Database } from '../schema.ts'
import type { Senders } from './contract.ts'

/**
 * Limits and routes that the API has set stay as they are; so do pauses and circuits. Safe while other processes run.
 * @param senders those that the process has opened
 */
export async function registerSenders(
  db: Kysely<Pick<Database, 'senders' | 'routes'>>,
  senders: Senders,
): Promise<void> {
  // In one order: two processes that start together wait for each other, and not both.
  const opened = [...senders.list()].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (opened.length > 0)
    await db
      .insertInto('senders')
      .values(
        opened.map(({ name, kind, channels, limits }) => ({
          name,
          kind,
          channels: [...channels],
          unit: limits.unit,
          rate_setting: limits.rate,
          concurrency_setting: limits.concurrency,
        })),
      )
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet(({ ref }) => ({
          kind: ref('excluded.kind'),
          channels: ref('excluded.channels'),
          unit: ref('excluded.unit'),
          rate_setting: ref('excluded.rate_setting'),
          concurrency_setting: ref('excluded.concurrency_setting'),
        })),
      )
      .execute()
  await db
    .insertInto('routes')
    .values(channels.map((channel) => ({ channel, senders: senders.of(channel).map(({ name }) => name) })))
    .onConflict((conflict) =>
      conflict
        .column('channel')
        .doUpdateSet(({ ref }) => ({ senders: ref('excluded.senders') }))
        .where('routes.set_at', 'is', null),
    )
    .execute()
}
