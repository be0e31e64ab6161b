/**
 * Routes by which nothing can be sent now, and senders that cannot send: why a campaign waits. Built with the query builder,
 * so that plugins may run it within their grants.
 */
import { expressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely'
import type { Channel, Database } from '../schema.ts'

export type RouteTables = Pick<Database, 'senders' | 'routes' | 'country_routes'>

/** A channel, or one of its countries with senders of its own. */
export interface RouteKey {
  readonly channel: Channel
  /** Null: the route of the channel, for all other countries. */
  readonly country: string | null
}

/** A route that no sender carries now, because circuits are open. */
export interface Breaker extends RouteKey {
  /** The sender whose probe is the next one. */
  readonly sender: string
  /** The code of the failures. */
  readonly reason: string
  readonly opened_at: Date
  /** Time of the next probe. */
  readonly probe_at: Date
}

/** A route by which nobody can send until a person acts. */
export interface Standstill extends RouteKey {
  readonly reason: 'sender_paused' | 'no_sender'
  /** Time of the last pause; null where there is no sender. */
  readonly since: Date | null
}

/** A sender that cannot send: a person paused it, or its circuit is open. */
export interface Resting {
  readonly name: string
  readonly paused_at: Date | null
  readonly open_reason: string | null
  readonly opened_at: Date | null
  readonly probe_at: Date | null
}

export interface RouteRow extends RouteKey {
  readonly senders: readonly string[]
}

/** Routes of channels and of countries, as rows. */
export const selectRoutes = (db: Kysely<RouteTables>) =>
  db
    .selectFrom('routes')
    .select(['channel', sql<string | null>`null::text`.as('country'), 'senders'])
    .unionAll(db.selectFrom('country_routes').select(['channel', 'country', 'senders']))

/** No sender of a row of routes `as r` meets the condition on `senders as o`. */
function hasNone(condition: RawBuilder<boolean>) {
  const { not, exists, selectFrom } = expressionBuilder<RouteTables>()
  const senders = selectFrom('senders as o').select('o.name').where(sql<boolean>`o.name = any(r.senders)`)
  return not(exists(senders.where(condition)))
}

/** Routes that no sender carries because circuits are open, each with the sender that is probed next. */
export const selectBreakers = (db: Kysely<RouteTables>) =>
  db
    .selectFrom(selectRoutes(db).as('r'))
    .innerJoin('senders as s', (join) => join.on(sql<boolean>`s.name = any(r.senders)`))
    .distinctOn(['r.channel', 'r.country'])
    .select(['r.channel', 'r.country', 's.name as sender', sql<string>`s.open_reason`.as('reason')])
    .select([sql<Date>`s.opened_at`.as('opened_at'), sql<Date>`s.probe_at`.as('probe_at')])
    .where('s.opened_at', 'is not', null)
    .where(hasNone(sql<boolean>`o.opened_at is null and o.paused_at is null`))
    .orderBy('r.channel')
    .orderBy('r.country', (order) => order.asc().nullsFirst())
    .orderBy('s.probe_at')

/** Routes all of whose senders are paused, or that have none. */
export const selectStandstills = (db: Kysely<RouteTables>) =>
  db
    .selectFrom(selectRoutes(db).as('r'))
    .select(['r.channel', 'r.country'])
    .select(
      sql<Standstill['reason']>`case when cardinality(r.senders) = 0 then 'no_sender' else 'sender_paused' end`.as(
        'reason',
      ),
    )
    .select((eb) =>
      eb
        .selectFrom('senders as s')
        .select((inner) => inner.fn.max('s.paused_at').as('since'))
        .where(sql<boolean>`s.name = any(r.senders)`)
        .as('since'),
    )
    .where(hasNone(sql<boolean>`o.paused_at is null`))
    .orderBy('r.channel')
    .orderBy('r.country', (order) => order.asc().nullsFirst())

/** Senders that campaigns may name, and that cannot send now. */
export const selectResting = (db: Kysely<Pick<Database, 'senders'>>) =>
  db
    .selectFrom('senders')
    .select(['name', 'paused_at', 'open_reason', 'opened_at', 'probe_at'])
    .where((eb) => eb.or([eb('paused_at', 'is not', null), eb('opened_at', 'is not', null)]))

export const listStandstills = (db: Kysely<RouteTables>): Promise<Standstill[]> => selectStandstills(db).execute()

export const listBreakers = (db: Kysely<RouteTables>): Promise<Breaker[]> => selectBreakers(db).execute()

export const listResting = (db: Kysely<Pick<Database, 'senders'>>): Promise<Resting[]> => selectResting(db).execute()
