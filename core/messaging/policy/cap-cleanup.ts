/** Removal of what counts for no cap any more: phones are kept no longer than caps need them. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { readPolicies } from './policies.ts'

type Db = Kysely<Pick<Database, 'policies' | 'cap_reservations'>>

/** Phones of one step: a few milliseconds. */
const STEP = 5000
/** Seconds for which messages are kept where nothing is capped any more: caps may come back after a slip. */
const LEAST = 86_400

/**
 * Removes the phones to which nothing was started of late.
 * @param step phones of one statement
 * @returns how many were removed
 */
export async function deleteOldReservations(db: Db, step = STEP): Promise<number> {
  const { caps } = await readPolicies(db)
  const keep = Math.max(caps?.keep ?? 0, LEAST)
  let removed = 0
  for (let after: string | null = ''; after !== null; ) {
    const { last, count }: Step = await deleteStep(db, after, { keep, step })
    removed += count
    after = last
  }
  return removed
}

interface Step {
  /** The last phone that was looked at; null after the last one. */
  readonly last: string | null
  readonly count: number
}

/** In the order of phones, by their key. What somebody holds is not old, and is waited for by nobody. */
async function deleteStep(db: Db, after: string, { keep, step }: { readonly keep: number; readonly step: number }) {
  const { rows } = await sql<Step>`
    with looked_at as materialized (
      select phone, starts[cardinality(starts)] <= now() - make_interval(secs => ${keep}) as is_old
      from cap_reservations
      where phone > ${after}
      order by phone
      limit ${step}
      for update skip locked
    ),
    deleted as (
      delete from cap_reservations where phone = any(array(select phone from looked_at where is_old)) returning phone
    )
    select
      (select case when count(*) = ${step} then max(phone) end from looked_at) as last,
      (select count(*) from deleted)::int as count
  `.execute(db)
  return rows[0] ?? { last: null, count: 0 }
}
