/** Campaigns whose time has come. */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../../db/prepare.ts'
import { released } from '../chunk/chunk-state.ts'
import type { Database } from '../schema.ts'
import { isAudienceLeft } from './control.ts'

type DueTables = Pick<Database, 'campaigns' | 'dispatch_chunks' | 'selections'>

/** Campaigns that one step starts at most: their first messages leave before the next step is taken. */
export const STEP = 250

/**
 * Starts scheduled campaigns that are due and have recipients, or an audience that selects them, those that are due longest
 * first, up to a step of them. One without keeps waiting for them; one whose audience was left open is not started: it is paused, and a person
 * decides. Several schedulers share what is due: each campaign is started by one, the others skip the locked row (race 6).
 * @returns the campaigns' ids; fewer than `most` when no more are due
 */
export async function startDue(db: Kysely<DueTables>, most = STEP): Promise<number[]> {
  return db.transaction().execute(async (trx) => {
    const started = await trx
      .updateTable('campaigns')
      .set({ status: 'sending', started_at: sql<Date>`now()`, updated_at: sql<Date>`now()` })
      .where('id', 'in', ({ selectFrom }) =>
        selectFrom('campaigns as k')
          .select('k.id')
          .where('k.status', '=', sql.lit('scheduled'))
          .where('k.scheduled_at', '<=', sql<Date>`now()`)
          .where((eb) => eb.not(isAudienceLeft))
          .where(({ or, exists, selectFrom }) =>
            or([
              exists(selectFrom('dispatch_chunks as c').select('c.id').whereRef('c.campaign_id', '=', 'k.id')),
              exists(selectFrom('selections as s').select('s.id').whereRef('s.campaign_id', '=', 'k.id')),
            ]),
          )
          .orderBy('k.scheduled_at')
          .limit(most)
          .forUpdate()
          .skipLocked(),
      )
      .returning('id')
      .execute()
    const ids = started.map(({ id }) => id)
    if (ids.length === 0) return ids
    // A statement of its own, begun once the campaigns are locked: recipients whose call ended between the look at a
    // campaign and its lock are not seen by the first one, and their chunks would be left held (race 7).
    await trx
      .updateTable('dispatch_chunks')
      .set(released)
      .where('campaign_id', '=', sql<number>`any(${ids}::int[])`)
      .where('state', '=', sql.lit('held'))
      .execute()
    return ids
  })
}

export interface NextStart {
  /** A campaign with recipients may be waiting to be started. */
  readonly due: boolean
  /** Milliseconds until the next scheduled campaign is due, at most the interval. */
  readonly ms: number
  /** Recipients may have to be queued from an audience of segments and rules. */
  readonly selecting: boolean
}

/** Prepares the look at the schedule, which is all that an idle scheduler does here: entries of three indexes. */
export function openNextStart(db: Kysely<DueTables>): (within: number) => Promise<NextStart> {
  const scheduled = db.selectFrom('campaigns').where('status', '=', sql.lit('scheduled'))
  const find = prepare<Record<never, never>, { due: boolean; ms: number | null; selecting: boolean }>(db, () =>
    db.selectNoFrom((eb) => [
      eb.exists(eb.selectFrom('selections').select('id').where('done_at', 'is', null)).as('selecting'),
      sql<boolean>`coalesce((${scheduled.select(({ fn }) => fn.min('scheduled_at').as('first'))}) <= now(), false)`.as(
        'due',
      ),
      sql<number | null>`(extract(epoch from (${scheduled
        .select(({ fn }) => fn.min('scheduled_at').as('next'))
        .where('scheduled_at', '>', sql<Date>`now()`)}) - now()) * 1000)::float8`.as('ms'),
    ]),
  )
  return async (within) => {
    const [row] = await find({})
    return {
      due: row?.due ?? false,
      ms: Math.min(within, Math.ceil(row?.ms ?? within)),
      selecting: row?.selecting ?? false,
    }
  }
}
