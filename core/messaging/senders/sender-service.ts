/** Service of whoever shows and changes senders and routes for a person. */
import { type Kysely, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { nearest } from '../../text/nearest.ts'
import { messagingErrors } from '../errors.ts'
import type { Channel, Database } from '../schema.ts'

type Tables = Pick<Database, 'senders' | 'routes' | 'dispatch_chunks' | 'processes'>

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

export interface RouteView {
  readonly channel: Channel
  readonly senders: readonly string[]
  /** Null: it is as the settings say. */
  readonly set_at: Date | null
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
  /**
   * @param senders names in order; null: as the settings say, from the next start of a process on
   * @throws AppError INVALID_ROUTE
   */
  setRoute(channel: Channel, senders: readonly string[] | null): Promise<RouteView>
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
    listRoutes: () => db.selectFrom('routes').selectAll().orderBy('channel').execute(),
    setRoute: (channel: Channel, senders: readonly string[] | null) => setRoute(db, channel, senders),
  })
}

const select = (db: Kysely<Tables>) =>
  db
    .selectFrom('senders as s')
    .select(['s.name', 's.kind', 's.channels', 's.unit', 's.paused_at', 's.paused_by'])
    .select([
      sql<number | null>`coalesce(s.rate, s.rate_setting)`.as('rate'),
      sql<number | null>`coalesce(s.rate, s.rate_setting) * least(1, s.slow_factor
        + coalesce(greatest(0, extract(epoch from now() - s.slowed_at))::float8 / 60, 1))`.as('rate_now'),
      sql<number | null>`coalesce(s.concurrency, s.concurrency_setting)`.as('concurrency'),
      sql<number>`(select coalesce(sum(c.in_flight), 0)::int from dispatch_chunks as c
        where c.sender = s.name and c.state = 'leased')`.as('in_flight'),
      sql<number>`(select count(*)::int from processes as p
        where p.seen_at > now() - interval '15 seconds' and s.name = any(p.sender_names))`.as('processes'),
      sql<Date | null>`case when s.hold_until > now() then s.hold_until end`.as('held_until'),
      sql<SenderRow['circuit']>`case when s.opened_at is not null then jsonb_build_object(
        'reason', s.open_reason, 'opened_at', s.opened_at, 'probe_at', s.probe_at) end`.as('circuit'),
    ])
    // A sender that neither a process nor a route knows any more is history.
    .where(
      sql<boolean>`exists (select 1 from processes as p where s.name = any(p.sender_names))
        or exists (select 1 from routes as r where s.name = any(r.senders))`,
    )
    .orderBy('s.name')
    .$castTo<SenderRow>()

type SenderRow = SenderView

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

async function setRoute(db: Kysely<Tables>, channel: Channel, names: readonly string[] | null): Promise<RouteView> {
  if (names !== null) await checkRoute(db, channel, names)
  return db
    .updateTable('routes')
    .set(names === null ? { set_at: null } : { senders: [...new Set(names)], set_at: sql<Date>`now()` })
    .where('channel', '=', channel)
    .returningAll()
    .executeTakeFirstOrThrow()
}

async function checkRoute(db: Kysely<Tables>, channel: Channel, names: readonly string[]): Promise<void> {
  const known = new Map((await select(db).execute()).map((sender) => [sender.name, sender]))
  const problems = names.flatMap((name, nth) => {
    const sender = known.get(name)
    const path = `senders.${nth}`
    if (!sender) {
      const meant = nearest(name, new Set(known.keys()))
      return [{ path, message: `There is no sender "${name}"${meant ? `: did you mean "${meant}"?` : ''}` }]
    }
    if (!sender.channels.includes(channel)) return [{ path, message: `"${name}" does not carry ${channel}` }]
    return names.indexOf(name) < nth ? [{ path, message: `"${name}" is there twice` }] : []
  })
  if (problems.length > 0)
    throw new AppError(
      messagingErrors.INVALID_ROUTE,
      `Cannot route ${channel}: ${problems.map(({ message }) => message).join('. ')}`,
      problems,
    )
}
