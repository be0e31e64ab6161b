/** Writes the senders and routes of the settings into the database, where every process finds them. */
import type { Kysely } from 'kysely'
import { type Channel, channels } from '../schema.ts'
import type { Senders } from './contract.ts'
import { type RouteRow, type RouteTables, selectRoutes } from './standstill.ts'

/**
 * Limits and routes that the API has set stay as they are; so do pauses and circuits. Safe while other processes run.
 * @param senders those that the process has opened
 * @returns routes in force of whose senders this process has none
 */
export async function registerSenders(db: Kysely<RouteTables>, senders: Senders): Promise<RouteRow[]> {
  // In one order: two processes that start together wait for each other, and not both.
  const opened = [...senders.list()].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (opened.length > 0)
    await db
      .insertInto('senders')
      .values(
        opened.map(({ name, kind, channels, limits, textWindowHours }) => ({
          name,
          kind,
          channels: [...channels],
          unit: limits.unit,
          rate_setting: limits.rate,
          concurrency_setting: limits.concurrency,
          text_window_hours: textWindowHours ?? null,
        })),
      )
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet(({ ref }) => ({
          kind: ref('excluded.kind'),
          channels: ref('excluded.channels'),
          unit: ref('excluded.unit'),
          rate_setting: ref('excluded.rate_setting'),
          concurrency_setting: ref('excluded.concurrency_setting'),
          text_window_hours: ref('excluded.text_window_hours'),
        })),
      )
      .execute()
  await db.transaction().execute((trx) => registerRoutes(trx, senders))
  const routes = await selectRoutes(db).execute()
  return routes.filter((route) => route.senders.length > 0 && !route.senders.some(senders.get))
}

/** A route that the API has set keeps its countries too: both are of one request. */
async function registerRoutes(trx: Kysely<RouteTables>, senders: Senders): Promise<void> {
  const set = await trx
    .insertInto('routes')
    .values(channels.map((channel) => ({ channel, senders: senders.of(channel).map(({ name }) => name) })))
    .onConflict((conflict) =>
      conflict
        .column('channel')
        .doUpdateSet(({ ref }) => ({ senders: ref('excluded.senders') }))
        .where('routes.set_at', 'is', null),
    )
    .returning('channel')
    .execute()
  for (const { channel } of set) await replaceCountries(trx, channel, senders.countries(channel))
}

/** Gives countries senders of their own, and takes those of all others away. Must run in a transaction that has the route's row. */
export async function replaceCountries(
  trx: Kysely<RouteTables>,
  channel: Channel,
  countries: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  await trx.deleteFrom('country_routes').where('channel', '=', channel).execute()
  const rows = Object.entries(countries).map(([country, names]) => ({ channel, country, senders: [...new Set(names)] }))
  if (rows.length > 0) await trx.insertInto('country_routes').values(rows).execute()
}
