/** Service of whoever shows and changes senders and routes for a person. */
import { type Kysely, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { isAlive } from '../../host/presence.ts'
import { nearest } from '../../text/nearest.ts'
import { messagingErrors } from '../errors.ts'
import type { Channel, Database } from '../schema.ts'
import { limitInForce, rateNow } from './limits.ts'
import { checkRoute, listRoutes, type RouteChange, type RouteView, setRoute } from './set-route.ts'
import type { RouteTables } from './standstill.ts'

export type { RouteView } from './set-route.ts'

type Tables = RouteTables & Pick<Database, 'dispatch_chunks' | 'processes'>

export interface SenderView {
  readonly name: string
  readonly kind: string
  readonly channels: readonly string[]
  readonly unit: 'segment' | 'message'
  /** Units a second; null: no limit. */
  readonly rate: number | null
  /** The rate as it is now, after the provider has asked to slow down. */
  readonly rate_now: number | null
  readonly concurrency: number | null
  /** Messages that are in flight in all processes. */
  readonly in_flight: number
  /** Processes that have it open. */
  readonly processes: number
  readonly paused_at: Date | null
  readonly paused_by: string | null
  /** The provider asked to be left alone until then. */
  readonly held_until: Date | null
  readonly circuit: { readonly reason: string; readonly opened_at: Date; readonly probe_at: Date } | null
}

export interface SenderChanges {
  /** Null: as the settings say. */
  readonly rate?: number | null | undefined
  readonly concurrency?: number | null | undefined
  readonly paused?: boolean | undefined
}

export interface SenderService {
  list(): Promise<SenderView[]>
  /** @throws AppError SENDER_NOT_FOUND */
  get(name: string): Promise<SenderView>
  /**
   * In force in every process within a second.
   * @param by who changes it
   * @throws AppError SENDER_NOT_FOUND
   */
  change(name: string, changes: SenderChanges, by: string): Promise<SenderView>
  listRoutes(): Promise<RouteView[]>
  /** In force in every process within a second. @throws AppError INVALID_ROUTE */
  setRoute(channel: Channel, change: RouteChange): Promise<RouteView>
}

export function openSenderService(db: Kysely<Tables>): SenderService {
  const get = async (name: string) => {
    const [found] = await select(db).where('s.name', '=', name).execute()
    if (found) return found
    throw await notFound(db, name)
  }
  return Object.freeze({
    list: () => select(db).execute(),
    get,
    change: async (name: string, changes: SenderChanges, by: string) => {
      await change(db, name, changes, by)
      return get(name)
    },
    listRoutes: () => listRoutes(db),
    setRoute: async (channel: Channel, change: RouteChange) => {
      checkRoute(await select(db).execute(), channel, change)
      return setRoute(db, channel, change)
    },
  })
}

const select = (db: Kysely<Tables>) =>
  db
    .selectFrom('senders as s')
    .select(['s.name', 's.kind', 's.channels', 's.unit', 's.paused_at', 's.paused_by'])
    .select([
      limitInForce('s', 'rate').as('rate'),
      rateNow('s').as('rate_now'),
      limitInForce('s', 'concurrency').as('concurrency'),
      sql<number>`(select coalesce(sum(c.in_flight), 0)::int from dispatch_chunks as c
        where c.sender = s.name and c.state = 'leased')`.as('in_flight'),
      sql<number>`(select count(*)::int from processes as p
        where ${isAlive('p')} and s.name = any(p.sender_names))`.as('processes'),
      sql<Date | null>`case when s.hold_until > now() then s.hold_until end`.as('held_until'),
      sql<SenderView['circuit']>`case when s.opened_at is not null then jsonb_build_object(
        'reason', s.open_reason, 'opened_at', s.opened_at, 'probe_at', s.probe_at) end`.as('circuit'),
    ])
    // A sender that neither a process nor a route knows any more is history.
    .where(
      sql<boolean>`(exists (select 1 from processes as p where s.name = any(p.sender_names))
        or exists (select 1 from routes as r where s.name = any(r.senders))
        or exists (select 1 from country_routes as x where s.name = any(x.senders)))`,
    )
    .orderBy('s.name')
    .$castTo<SenderView>()

async function notFound(db: Kysely<Tables>, name: string): Promise<AppError> {
  const names = (await select(db).execute()).map((sender) => sender.name)
  const meant = nearest(name, new Set(names))
  return new AppError(
    messagingErrors.SENDER_NOT_FOUND,
    `Sender "${name}" not found${meant ? `: did you mean "${meant}"?` : names.length > 0 ? `; there are ${names.join(', ')}` : ''}`,
  )
}

async function change(db: Kysely<Tables>, name: string, { rate, concurrency, paused }: SenderChanges, by: string) {
  const changed = await db
    .updateTable('senders')
    .set({
      // A statement that sets nothing would be none.
      kind: sql<string>`kind`,
      ...(rate === undefined ? {} : { rate }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(paused === undefined
        ? {}
        : paused
          ? { paused_at: sql<Date>`coalesce(paused_at, now())`, paused_by: sql<string>`coalesce(paused_by, ${by})` }
          : { paused_at: null, paused_by: null }),
    })
    .where('name', '=', name)
    .returning('name')
    .execute()
  if (changed.length === 0) throw await notFound(db, name)
}
