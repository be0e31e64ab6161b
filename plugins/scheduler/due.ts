/** Campaigns whose time has come. */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../../core/db/prepare.ts'
import type { Database } from '../../core/db/schema.ts'
import { releaseHeld } from '../../core/dispatch/audience.ts'
import { isAudienceLeft } from '../../core/dispatch/control.ts'

type DueTables = Pick<Database, 'campaigns' | 'dispatch_chunks'>

/**
 * Starts every scheduled campaign that is due and has recipients; one without any keeps waiting for them, and one whose
 * audience was left open is not started: it is paused, and a person decides. Of two
 * schedulers each campaign is started by one (race 6): the other skips the locked row.
 * @returns the campaigns' ids
 */
export async function startDue(db: Kysely<DueTables>): Promise<number[]> {
  return db.transaction().execute(async (trx) => {
    const due = await trx
      .selectFrom('campaigns as k')
      .select('k.id')
      .where('k.status', '=', 'scheduled')
      .where('k.scheduled_at', '<=', sql<Date>`now()`)
      .where((eb) => eb.not(isAudienceLeft))
      .where(({ exists, selectFrom }) =>
        exists(selectFrom('dispatch_chunks as c').select('c.id').whereRef('c.campaign_id', '=', 'k.id')),
      )
      .forUpdate()
      .skipLocked()
      .execute()
    for (const { id } of due) {
      await trx
        .updateTable('campaigns')
        .set({ status: 'sending', started_at: sql<Date>`now()`, updated_at: sql<Date>`now()` })
        .where('id', '=', id)
        .execute()
      await releaseHeld(trx.$pickTables<'dispatch_chunks'>(), id)
    }
    return due.map(({ id }) => id)
  })
}

export interface NextStart {
  /** A campaign with recipients may be waiting to be started. */
  readonly due: boolean
  /** Milliseconds until the next scheduled campaign is due, at most the interval. */
  readonly ms: number
}

/** Prepares the look at the schedule, which is all that an idle scheduler does here. */
export function openNextStart(db: Kysely<DueTables>): (within: number) => Promise<NextStart> {
  const find = prepare<Record<never, never>, { due: boolean; ms: number | null }>(db, () =>
    db
      .selectFrom('campaigns')
      .select([
        sql<boolean>`coalesce(bool_or(scheduled_at <= now()), false)`.as('due'),
        sql<number | null>`(extract(epoch from min(scheduled_at) filter (where scheduled_at > now()) - now())
          * 1000)::float8`.as('ms'),
      ])
      .where('status', '=', sql.lit('scheduled')),
  )
  return async (within) => {
    const [row] = await find({})
    return { due: row?.due ?? false, ms: Math.min(within, Math.ceil(row?.ms ?? within)) }
  }
}
