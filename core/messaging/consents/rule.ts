/**
 * The consent rule, CONSENT, in the database: workers, dry runs and the API decide by one value, whatever the settings of each
 * process. A process that is started with another value changes it for all; one that is started without leaves it as it is.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'

export const consentRules = ['assumed', 'required'] as const
export type ConsentRuleName = (typeof consentRules)[number]

type Db = Kysely<Pick<Database, 'consent_rule'>>

/** True where marketing is sent only to customers who gave consent. */
export async function isConsentRequired(db: Db): Promise<boolean> {
  const row = await db.selectFrom('consent_rule').select('required').executeTakeFirst()
  return row?.required ?? false
}

/** @returns true where another value held before */
export async function setConsentRule(db: Db, rule: ConsentRuleName): Promise<boolean> {
  const required = rule === 'required'
  if ((await isConsentRequired(db)) === required) return false
  await db
    .insertInto('consent_rule')
    .values({ required })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ required, changed_at: sql<Date>`now()` }))
    .execute()
  return true
}
