/**
 * Outbox of the domain events. The trigger of migration 0018 writes them; here subscribers take them. One process at a time
 * delivers to a subscriber, by a lease on the subscriber's row, so that order needs no further lock.
 */
import { type Kysely, sql } from 'kysely'
import type { Database, EventType } from '../schema.ts'
import type { DomainEvent } from './types.ts'

type EventTables = Pick<Database, 'events' | 'event_subscribers'>

/** A subscriber that no process has run for so long loses its events: days. */
export const KEPT_DAYS = 7
/** An event whose handler has failed for so long is given up: days. */
export const TRIED_DAYS = 3
/** The longest wait between two tries, in seconds. */
const MAX_WAIT_SECONDS = 600

/** A subscriber in one process. */
export interface Subscription {
  readonly subscriber: string
  readonly types: readonly EventType[]
  /** The process. */
  readonly owner: string
  readonly leaseSeconds: number
}

/** Registers the subscriber, or its new list of types. From its commit on, these events are recorded for it. */
export async function subscribe(db: Kysely<EventTables>, { subscriber, types }: Subscription): Promise<void> {
  await db
    .insertInto('event_subscribers')
    .values({ name: subscriber, types: [...types] })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ types: [...types], seen_at: sql<Date>`now()` }))
    .execute()
}

/** Takes or renews the right to deliver to the subscriber; false while another process has it. */
export async function lease(
  db: Kysely<EventTables>,
  { subscriber, owner, leaseSeconds }: Subscription,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('event_subscribers')
    .set({
      owner,
      lease_until: sql<Date>`now() + ${leaseSeconds}::float8 * interval '1 second'`,
      seen_at: sql<Date>`now()`,
    })
    .where('name', '=', subscriber)
    .where(sql<boolean>`owner is null or owner = ${owner} or lease_until < now()`)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Gives the right up, for the next process to take at once. */
export async function release(db: Kysely<EventTables>, { subscriber, owner }: Subscription): Promise<void> {
  await db
    .updateTable('event_subscribers')
    .set({ owner: null, lease_until: null })
    .where('name', '=', subscriber)
    .where('owner', '=', owner)
    .execute()
}

/**
 * The next event of each campaign that has one due, the oldest first. An event that waits for its next try holds back the
 * later ones of its campaign, and no others.
 */
export async function listNext(
  db: Kysely<EventTables>,
  subscriber: string,
  limit: number,
): Promise<readonly DomainEvent[]> {
  const rows = await db
    .selectFrom('events as e')
    .selectAll('e')
    .where('e.subscriber', '=', subscriber)
    .where('e.due_at', '<=', sql<Date>`now()`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('events as earlier')
            .select('earlier.id')
            .whereRef('earlier.subscriber', '=', 'e.subscriber')
            .whereRef('earlier.campaign_id', '=', 'e.campaign_id')
            .whereRef('earlier.id', '<', 'e.id'),
        ),
      ),
    )
    .orderBy('e.id')
    .limit(limit)
    .execute()
  return rows.map(({ id, type, campaign_id, data, at, attempts }) => {
    const { name, channel, status, paused_reason: reason, ...counts } = data
    const campaign = { id: campaign_id, name, channel, status }
    const occurrence = { id, at, attempt: attempts + 1 }
    if (type === 'campaign.completed') return { ...occurrence, type, campaign: { ...campaign, ...counts } }
    if (type === 'campaign.paused') return { ...occurrence, type, campaign: { ...campaign, reason } }
    return { ...occurrence, type, campaign }
  })
}

/** Removes events that were delivered. */
export async function markDelivered(db: Kysely<EventTables>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await db
    .deleteFrom('events')
    .where('id', '=', sql<string>`any(${[...ids]}::bigint[])`)
    .execute()
}

/** Puts events off that failed: a second after the first try, doubled up to ten minutes. */
export async function markFailed(db: Kysely<EventTables>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await db
    .updateTable('events')
    .set({
      attempts: sql<number>`attempts + 1`,
      due_at: sql<Date>`now() + least(${sql.lit(MAX_WAIT_SECONDS)}, 2 ^ least(attempts, 20)) * interval '1 second'`,
    })
    .where('id', '=', sql<string>`any(${[...ids]}::bigint[])`)
    .execute()
}

/**
 * Gives up events that have failed for too long, and subscribers that no process runs any more, with their events.
 * @returns the events that were given up, and the names of the subscribers
 */
export async function deleteOld(db: Kysely<EventTables>) {
  const events = await db
    .deleteFrom('events')
    .where('attempts', '>', 0)
    .where('at', '<', sql<Date>`now() - make_interval(days => ${sql.lit(TRIED_DAYS)})`)
    .returning(['id', 'subscriber', 'type', 'campaign_id'])
    .execute()
  const subscribers = await db
    .deleteFrom('event_subscribers')
    .where('seen_at', '<', sql<Date>`now() - make_interval(days => ${sql.lit(KEPT_DAYS)})`)
    .returning('name')
    .execute()
  return { events, subscribers: subscribers.map(({ name }) => name) }
}
