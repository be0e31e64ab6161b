/** Selections in the database: added, evaluated, moved on, finished. */
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { dayOf } from '../segments/days.ts'
import type { Resolved } from '../segments/rule.ts'
import type { AudienceSpec } from './audience-spec.ts'
import { resolveAudience, segmentsOf } from './selection.ts'
import type { Selections } from './tables.ts'

type Tables = Pick<
  Database,
  'selections' | 'selection_segments' | 'campaigns' | 'customers' | 'segments' | 'attributes'
>
type Db = Kysely<Tables>

export interface Evaluated {
  readonly conditions: Resolved
  readonly evaluated_on: string
  readonly last_id: number
}

export type Selection = Selectable<Selections>

export interface NewSelection {
  readonly campaignId: number
  readonly spec: AudienceSpec
  readonly requestId: string | null
  /** Evaluated when its campaign starts. */
  readonly isLater: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Adds a selection to a campaign, which must be locked.
 * @throws AppError INVALID_REQUEST with the place of each problem
 */
export async function insertSelection(
  trx: Db,
  { campaignId, spec, requestId, isLater, now }: NewSelection,
): Promise<void> {
  const named = isLater ? segmentsOf(spec) : []
  // Nobody removes one of them between this look at them and the commit, which shows that it is used.
  if (named.length > 0) await sql`lock table ${sql.table('segments')} in share mode`.execute(trx)
  // In any case, so that an audience that cannot be evaluated is refused at once.
  const evaluated = await evaluate(trx, spec, now)
  const { id } = await trx
    .insertInto('selections')
    .values({ campaign_id: campaignId, audience: spec, request_id: requestId, ...(!isLater && evaluated) })
    .returning('id')
    .executeTakeFirstOrThrow()
  if (named.length === 0) return
  await trx
    .insertInto('selection_segments')
    .values(named.map((segment_id) => ({ selection_id: id, segment_id })))
    .execute()
}

/** @throws AppError INVALID_REQUEST */
export async function evaluate(trx: Db, spec: AudienceSpec, now: number): Promise<Evaluated> {
  const conditions = await resolveAudience(trx, spec)
  const { last_id } = await trx
    .selectFrom('customers')
    .select(sql<number>`coalesce(max(id), 0)`.as('last_id'))
    .executeTakeFirstOrThrow()
  return { conditions, evaluated_on: dayOf(now), last_id }
}

/** Stores what a selection was evaluated to: its segments may change, or go, from then on. */
export async function storeEvaluated(trx: Db, id: number, evaluated: Evaluated): Promise<void> {
  await trx.updateTable('selections').set(evaluated).where('id', '=', id).execute()
  await releaseSegments(trx, id)
}

const releaseSegments = (trx: Db, id: number) =>
  trx.deleteFrom('selection_segments').where('selection_id', '=', id).execute()

export interface Moved {
  readonly after_id: number
  readonly span: number
  /** Recipients that the step added. */
  readonly queued: number
  readonly isDone: boolean
}

export async function moveOn(trx: Db, id: number, { after_id, span, queued, isDone }: Moved): Promise<void> {
  await trx
    .updateTable('selections')
    .set((eb) => ({
      after_id,
      span,
      queued: eb('queued', '+', queued),
      stepped_at: sql<Date>`clock_timestamp()`,
      ...(isDone && { done_at: sql<Date>`clock_timestamp()` }),
    }))
    .where('id', '=', id)
    .execute()
}

/** Gives up a selection whose campaign is over. */
export async function giveUp(trx: Db, id: number): Promise<void> {
  await trx.updateTable('selections').set({ done_at: sql<Date>`now()` }).where('id', '=', id).execute()
  await releaseSegments(trx, id)
}

/** A selection of the campaign in the row of `campaigns` is not queued to its end. */
export const isSelecting = sql<boolean>`exists (select from selections as open_selection
  where open_selection.campaign_id = campaigns.id and open_selection.done_at is null)`

export interface SelectionView {
  readonly audience: AudienceSpec
  /** `waiting` for the start of its campaign; `stopped` because the campaign was over before its end. */
  readonly status: 'waiting' | 'queueing' | 'queued' | 'stopped'
  /** Recipients that it added. */
  readonly queued: number
  readonly created_at: Date
  readonly done_at: Date | null
}

export function listSelections(db: Db, campaignId: number): Promise<SelectionView[]> {
  return db
    .selectFrom('selections')
    .select(['audience', 'queued', 'created_at', 'done_at'])
    .select(
      sql<SelectionView['status']>`case
        when done_at is null then case when conditions is null then 'waiting' else 'queueing' end
        when after_id >= last_id then 'queued' else 'stopped' end`.as('status'),
    )
    .where('campaign_id', '=', campaignId)
    .orderBy('id')
    .execute()
}
