/**
 * Passes over chosen customers. PostgreSQL takes all of them in one statement; the embedded database, which runs within this
 * process, takes a slice at a time, and others have their turn in between.
 */
import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Database } from '../schema.ts'
import { countSettings, MOST_SECONDS, readEmbedded, refusingSlow, tooSlow } from '../segments/count.ts'
import type { Chosen, Range } from './chosen.ts'

type Db = Kysely<Database>

/** Runs a step for each range of the customers. @throws AppError RULE_TOO_SLOW */
export type Pass = (step: (within: Db, range: Range) => Promise<void>) => Promise<void>

export async function openPass(db: Db, chosen: Chosen, clock: Clock): Promise<Pass> {
  if (!(await readEmbedded(db)))
    return (step) =>
      refusingSlow(MOST_SECONDS, () =>
        db.transaction().execute(async (trx) => {
          await trx.selectNoFrom(countSettings()).execute()
          await step(trx, {})
        }),
      )
  return async (step) => {
    const begun = clock.elapsed()
    for await (const range of chosen.slices(db)) {
      if (clock.elapsed() - begun > MOST_SECONDS * 1000) throw tooSlow(MOST_SECONDS)
      await step(db, range)
    }
  }
}
