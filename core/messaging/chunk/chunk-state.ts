/** States of chunks that nobody works on, and giving back what was claimed by processes that are gone. */
import { type Expression, type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'

/**
 * Columns of a retry chunk that was worked on, held or published: it accepts no more messages. Its watermark would cover
 * what was never started, and given back it would stand in the way of the one that accepts them now.
 */
export const noBucket = {
  parent_id: null,
  due_bucket: null,
}

/** A held chunk whose campaign runs: it may be claimed once its own time has come. */
export const released = {
  state: 'ready',
  ...noBucket,
  due_at: sql<Date>`greatest(due_at, now())`,
} as const

/**
 * State of a chunk that nobody works on: `ready`, unless its campaign does not run. It is read without a lock, which would
 * make every report of a campaign wait for every other: of a pause or resume that is not committed it sees nothing, and
 * `alignWaiting` corrects what became of that.
 */
export function waitingState(campaign: Expression<unknown>) {
  const campaigns = sql.table('campaigns')
  return sql<'ready' | 'held'>`(select case when k.status = 'sending' then 'ready' else 'held' end::chunk_state
    from ${campaigns} as k where k.id = ${campaign})`
}

/**
 * Makes chunks ready again whose owner has not renewed its lease: it is dead, or it will find its epoch past.
 * @param all also those whose lease still runs; only for a database that no other process can have open
 * @returns how many there were
 */
export async function expireLeases(
  db: Kysely<Pick<Database, 'campaigns' | 'dispatch_chunks'>>,
  { all = false }: { readonly all?: boolean } = {},
): Promise<number> {
  const expired = await db
    .updateTable('dispatch_chunks')
    .set({
      state: waitingState(sql.ref('dispatch_chunks.campaign_id')),
      lease_until: null,
      leased_by: null,
      // Messages in flight are in doubt: their sender alone can tell a repeated call.
      pinned: sql<string | null>`case when in_flight > 0 then sender else pinned end`,
      in_flight: 0,
      due_at: sql<Date>`now()`,
    })
    .where('state', '=', 'leased')
    .$if(!all, (query) => query.where('lease_until', '<', sql<Date>`now()`))
    .returning('id')
    .execute()
  return expired.length
}
