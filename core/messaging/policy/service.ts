/** Service of the policies that operators set. */
import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import { AppError, errors } from '../../errors.ts'
import type { Database } from '../schema.ts'
import { findProblems, type PolicyInput } from './document.ts'
import { findPolicies } from './policies.ts'
import type { QuietHours } from './quiet-hours.ts'
import type { Cap, PolicyDocument } from './tables.ts'

export { capSchema, minGapSchema, policiesExample, policiesSchema, quietHoursSchema } from './document.ts'
export { certainties, presets } from './presets.ts'
export type { QuietHours } from './quiet-hours.ts'
export type { Cap } from './tables.ts'

/** All parts of the document, also those that are not set. */
export interface PolicyView {
  readonly quiet_hours: readonly QuietHours[]
  readonly caps: readonly Cap[]
  readonly min_gap_hours: number | null
}

export interface PolicyService {
  get(): Promise<PolicyView>
  /** Replaces all of them. Messages that wait are decided on anew. @throws AppError INVALID_REQUEST with the place */
  replace(policies: PolicyInput): Promise<PolicyView>
}

type Db = Kysely<Pick<Database, 'policies' | 'dispatch_chunks'>>

export function openPolicyService(db: Db, clock: Clock): PolicyService {
  return Object.freeze<PolicyService>({
    get: async () => view((await findPolicies(db)).document),
    replace: async (policies) => {
      const problems = findProblems(policies, clock.now())
      const [first] = problems
      if (first) throw new AppError(errors.INVALID_REQUEST, first.message, problems)
      await replace(db, policies)
      return view(policies)
    },
  })
}

const view = ({ quiet_hours = [], caps = [], min_gap_hours = null }: PolicyDocument): PolicyView => ({
  quiet_hours,
  caps,
  min_gap_hours,
})

/** In one transaction: whoever claims a chunk that waited finds the new policies, and no older ones, in its claim. */
async function replace(db: Db, document: PolicyDocument): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('policies')
      .values({ document })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({
          document,
          version: sql<number>`policies.version + 1`,
          updated_at: sql<Date>`now()`,
        }),
      )
      .execute()
    await trx
      .updateTable('dispatch_chunks')
      .set({ due_at: sql<Date>`now()`, deferred_until: null })
      .where('deferred_until', '>', sql<Date>`now()`)
      .where('state', 'in', ['ready', 'held'])
      .execute()
  })
}
