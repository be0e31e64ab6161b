/**
 * Queueing of selections, step by step: each step takes the next customers and stores its place in one transaction (race 8),
 * so that whoever continues, after a crash too, leaves nobody out and takes nobody twice. The first recipients are messaged
 * while the last ones are still being looked for.
 */
import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import { isEmbedded } from '../../db/embedded.ts'
import { AppError } from '../../errors.ts'
import { failpoint } from '../../failpoint.ts'
import { openComplete } from '../campaign/complete.ts'
import { pauseUnusable } from '../campaign/control.ts'
import { type CampaignStatus, finalStatuses, isFinal, isRunning } from '../campaign/status.ts'
import { SLICE } from '../contacts/scan.ts'
import type { Database } from '../schema.ts'
import { compileResolved } from '../segments/audience.ts'
import { insertSelected } from './audience-insert.ts'
import { countryRules, namedCountries } from './countries.ts'
import { type Evaluated, evaluate, giveUp, isSelecting, moveOn, type Selection, storeEvaluated } from './selections.ts'

type Db = Kysely<Database>

export interface QueueingStep {
  readonly campaignId: number
  /** Recipients that it added. */
  readonly queued: number
  /** Recipients of the whole selection so far. */
  readonly total: number
  /** It is queued to its end, or its campaign is over. */
  readonly isDone: boolean
  /** Reason why it cannot be evaluated, for a person; its campaign is paused then. */
  readonly problem?: string
}

interface Limits {
  /** Recipients that a step adds at most. */
  readonly most: number
  /** Ids that it looks at, at most. */
  readonly ids: number
  /** A step that takes longer looks at fewer ids the next time. */
  readonly ms: number
}

/** Limits of a step: the campaign is locked meanwhile, for some 200 ms. */
const SERVER: Limits = { most: 20_000, ids: 2_000_000, ms: 250 }
/** The embedded database keeps the process from everything else. */
const EMBEDDED: Limits = { most: 2000, ids: SLICE, ms: 50 }
const LEAST_IDS = 1000

/** Prepares the steps. One answers undefined when nothing is to be queued now. */
export function openQueueing(db: Db, clock: Clock): () => Promise<QueueingStep | undefined> {
  const complete = openComplete(db)
  return async () => {
    const step = await db.transaction().execute(async (trx) => {
      const campaign = await lockNext(trx)
      if (!campaign) return undefined
      const taken = await takeStep(trx, campaign, clock)
      await failpoint('selection.queued')
      return taken
    })
    if (!step) return undefined
    await failpoint('selection.committed')
    // No worker would see that all is done where the last steps added nobody.
    if (step.isDone) await complete(step.campaignId)
    return step
  }
}

interface Locked {
  readonly id: number
  readonly status: CampaignStatus
  readonly countries: readonly string[]
  readonly selection: number
  readonly embedded: boolean
}

/**
 * The campaign whose turn it is: selections take turns, so that a small one does not wait for a large one. One that is locked
 * is being changed, or has its step taken by another scheduler. Reports that add retry chunks do not wait for this lock.
 */
function lockNext(trx: Db): Promise<Locked | undefined> {
  return (
    trx
      .selectFrom('selections as s')
      .innerJoin('campaigns', 'campaigns.id', 's.campaign_id')
      .select(['campaigns.id', 'campaigns.status', 's.id as selection'])
      .select(sql<string[]>`array(${namedCountries(trx)})`.as('countries'))
      .select(isEmbedded.as('embedded'))
      // For this transaction: a plan that was made for any range of customers suits none.
      .select(sql`set_config('plan_cache_mode', 'force_custom_plan', true)`.as('planning'))
      .where('s.done_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb('campaigns.status', '=', sql.lit('sending')),
          eb.and([eb('campaigns.status', '=', sql.lit('scheduled')), eb('s.conditions', 'is not', null)]),
          eb('campaigns.status', 'in', finalStatuses),
        ]),
      )
      .orderBy(sql`s.stepped_at nulls first, s.id`)
      .limit(1)
      .modifyEnd(sql`for no key update of campaigns skip locked`)
      .executeTakeFirst()
  )
}

async function takeStep(trx: Db, campaign: Locked, clock: Clock): Promise<QueueingStep> {
  const campaignId = campaign.id
  const selection = await trx
    .selectFrom('selections')
    .selectAll()
    .where('id', '=', campaign.selection)
    .executeTakeFirstOrThrow()
  const nothing = { campaignId, queued: 0, total: selection.queued }
  // Another scheduler has taken the last step since.
  if (selection.done_at !== null) return { ...nothing, isDone: true }
  if (isFinal(campaign.status)) {
    await giveUp(trx, selection.id)
    return { ...nothing, isDone: true }
  }
  const evaluated = await evaluatedOf(trx, selection, clock)
  if (evaluated instanceof AppError) {
    await pauseUnusable(trx, campaignId, evaluated.message)
    return { ...nothing, isDone: false, problem: evaluated.message }
  }
  const limits = campaign.embedded ? EMBEDDED : SERVER
  const span = Math.min(selection.span, limits.ids)
  const upTo = Math.min(selection.after_id + span, evaluated.last_id)
  const { known, queued, last, ms } = await insertRange(trx, { campaign, selection, evaluated, upTo, limits }, clock)
  const after_id = known < limits.most ? upTo : last
  const isDone = after_id >= evaluated.last_id
  await moveOn(trx, selection.id, { after_id, span: nextSpan(span, known, { ms, limits }), queued, isDone })
  if (isDone) await closeIfComplete(trx, campaignId)
  return { campaignId, queued, total: selection.queued + queued, isDone }
}

async function evaluatedOf(trx: Db, selection: Selection, clock: Clock): Promise<Evaluated | AppError> {
  const { id, conditions, evaluated_on, last_id } = selection
  if (conditions && evaluated_on !== null && last_id !== null) return { conditions, evaluated_on, last_id }
  try {
    const evaluated = await evaluate(trx, selection.audience, clock.now())
    await storeEvaluated(trx, id, evaluated)
    return evaluated
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

interface Taking {
  readonly campaign: Locked
  readonly selection: Selection
  readonly evaluated: Evaluated
  /** The last id that it looks at. */
  readonly upTo: number
  readonly limits: Limits
}

async function insertRange(trx: Db, { campaign, selection, evaluated, upTo, limits }: Taking, clock: Clock) {
  const { conditions, evaluated_on } = evaluated
  const after = selection.after_id
  const { customers } = await compileResolved(trx, conditions, evaluated_on)
  const begun = clock.elapsed()
  const inserted = await insertSelected(trx, {
    campaignId: campaign.id,
    customers: customers(trx, { after, upTo }).orderBy('customers.id').limit(limits.most),
    first: after + 1,
    last: upTo,
    state: isRunning(campaign.status) ? 'ready' : 'held',
    requestId: selection.request_id,
    rules: campaign.countries.length > 0 ? countryRules(campaign.countries) : undefined,
  })
  return { ...inserted, ms: clock.elapsed() - begun }
}

/** Rules that few customers fit are looked for in larger steps, slow ones in smaller steps. */
function nextSpan(
  span: number,
  known: number,
  { ms, limits }: { readonly ms: number; readonly limits: Limits },
): number {
  if (ms > limits.ms) return Math.max(LEAST_IDS, Math.floor(span / 2))
  return known < limits.most / 2 && ms < limits.ms / 4 ? Math.min(limits.ids, span * 2) : span
}

/** Ends the audience with its last selection, unless a client is still adding to it. */
async function closeIfComplete(trx: Db, id: number): Promise<void> {
  await trx
    .updateTable('campaigns')
    .set({ audience_open: sql<boolean>`audience_seen_at is not null or ${isSelecting}` })
    .where('id', '=', id)
    .execute()
}
