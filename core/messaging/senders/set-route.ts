/** Showing and changing routes: the senders of a channel, and of countries that have their own. */
import { type Kysely, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { nearest } from '../../text/nearest.ts'
import { messagingErrors } from '../errors.ts'
import type { Channel } from '../schema.ts'
import { isCountry } from '../text/phone.ts'
import { replaceCountries } from './register.ts'
import type { RouteTables } from './standstill.ts'

type ByCountry = Readonly<Record<string, readonly string[]>>

export interface RouteView {
  readonly channel: Channel
  readonly senders: readonly string[]
  /** Senders of countries that have their own, by the code of the country. */
  readonly countries: ByCountry
  /** Null: it is as the settings say. */
  readonly set_at: Date | null
}

export interface RouteChange {
  /** Names in order; null: as the settings say, countries too, from the next start of a process on. */
  readonly senders: readonly string[] | null
  /** All countries that have senders of their own. Undefined: they stay as they are. */
  readonly countries?: ByCountry | undefined
}

const select = (db: Kysely<RouteTables>) =>
  db
    .selectFrom('routes as r')
    .selectAll('r')
    .select(
      sql<ByCountry>`coalesce((select jsonb_object_agg(x.country, x.senders) from country_routes as x
        where x.channel = r.channel), '{}')`.as('countries'),
    )
    .orderBy('r.channel')

export const listRoutes = (db: Kysely<RouteTables>): Promise<RouteView[]> => select(db).execute()

/** @returns the route as it is then */
export async function setRoute(
  db: Kysely<RouteTables>,
  channel: Channel,
  { senders, countries }: RouteChange,
): Promise<RouteView> {
  return db.transaction().execute(async (trx) => {
    // The row of the channel first: whoever sets its countries at the same time waits.
    await trx
      .updateTable('routes')
      .set(senders === null ? { set_at: null } : { senders: [...new Set(senders)], set_at: sql<Date>`now()` })
      .where('channel', '=', channel)
      .execute()
    if (senders !== null && countries) await replaceCountries(trx, channel, countries)
    return select(trx).where('r.channel', '=', channel).executeTakeFirstOrThrow()
  })
}

interface Problem {
  readonly path: string
  readonly message: string
}

interface Carrier {
  readonly name: string
  readonly channels: readonly string[]
}

/** @throws AppError INVALID_ROUTE that names each field */
export function checkRoute(
  known: readonly Carrier[],
  channel: Channel,
  { senders, countries = {} }: RouteChange,
): void {
  const codes = Object.keys(countries)
  const problems = [
    ...(senders === null && codes.length > 0
      ? [{ path: 'countries', message: 'countries cannot be set while senders is null' }]
      : listProblems(known, channel, senders ?? [], 'senders')),
    ...codes.flatMap((code) => [
      ...(isCountry(code) ? [] : [{ path: `countries.${code}`, message: noCountry(code) }]),
      ...listProblems(known, channel, countries[code] ?? [], `countries.${code}`),
    ]),
  ]
  if (problems.length > 0)
    throw new AppError(
      messagingErrors.INVALID_ROUTE,
      `Cannot route ${channel}: ${problems.map(({ message }) => message).join('. ')}`,
      problems,
    )
}

function noCountry(code: string): string {
  const upper = code.trim().toUpperCase()
  return `There is no country "${code.slice(0, 20)}": ${isCountry(upper) ? `write "${upper}"` : 'use a code of ISO 3166, such as "KE"'}`
}

function listProblems(known: readonly Carrier[], channel: Channel, names: readonly string[], path: string): Problem[] {
  const byName = new Map(known.map((sender) => [sender.name, sender]))
  return names.flatMap((name, nth): Problem[] => {
    const sender = byName.get(name)
    const at = `${path}.${nth}`
    if (!sender) {
      const meant = nearest(name, byName.keys())
      return [{ path: at, message: `There is no sender "${name}"${meant ? `: did you mean "${meant}"?` : ''}` }]
    }
    if (!sender.channels.includes(channel)) return [{ path: at, message: `"${name}" does not carry ${channel}` }]
    return names.indexOf(name) < nth ? [{ path: at, message: `"${name}" is there twice` }] : []
  })
}
