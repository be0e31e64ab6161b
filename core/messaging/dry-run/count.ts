/** Recipients of a dry run, counted in the database by the beginnings of their phones, and a random sample of them. */
import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Database } from '../schema.ts'
import { countSettings, MOST_SECONDS, readEmbedded, refusingSlow } from '../segments/count.ts'
import type { Chosen } from './chosen.ts'
import { countInSteps, type Steps } from './count-steps.ts'
import {
  addGroup,
  type Counts,
  countsOf,
  DRAWS,
  type Drawn,
  findRecipient,
  type Groups,
  groupColumns,
  type Selected,
  selectChosen,
  smallest,
} from './groups.ts'

type Db = Kysely<Database>

export interface Counted {
  readonly counts: Counts
  /** Ids of the sample, in their order: of all recipients, where they are no more than asked for. */
  readonly sample: readonly number[]
}

export interface Counting extends Steps, Pick<Selected, 'campaignId' | 'caps'> {}

/** @throws AppError RULE_TOO_SLOW */
export async function countChosen(db: Db, chosen: Chosen, counting: Counting, clock: Clock): Promise<Counted> {
  const { campaignId, caps, most } = counting
  const selected = { chosen, campaignId, caps, hasRecipients: await findRecipient(db, campaignId) }
  const isInSteps = await readEmbedded(db)
  const { groups, drawn } = isInSteps
    ? await countInSteps(db, selected, counting, clock)
    : await countAtOnce(db, selected, most)
  const sample = smallest(drawn, most).map(({ id }) => id)
  return { counts: countsOf(groups), sample: sample.sort((a, b) => a - b) }
}

/** PostgreSQL takes all customers in one statement, which it divides among its processes, and again for the sample. */
async function countAtOnce(db: Db, selected: Selected, most: number) {
  const groups: Groups = new Map()
  const run = <T>(step: (trx: Db) => Promise<T>) =>
    refusingSlow(MOST_SECONDS, () =>
      db.transaction().execute(async (trx) => {
        await trx.selectNoFrom(countSettings()).execute()
        return step(trx)
      }),
    )
  const rows = await run((trx) =>
    trx
      .selectFrom(selectChosen(trx, selected, {}, ['prefix', 'phone']).as('c'))
      .select(groupColumns)
      .groupBy(sql`c.prefix`)
      .execute(),
  )
  for (const row of rows) addGroup(groups, row)
  const below = drawnBelow(countsOf(groups).recipients, most)
  const drawn = await run((trx) =>
    trx
      .selectFrom(selectChosen(trx, selected, {}, ['draw']).as('c'))
      .select([sql<number>`c.id`.as('id'), sql<number>`c.draw`.as('draw')])
      .where(sql<boolean>`c.draw < ${below} and not c.already`)
      .execute(),
  )
  return { groups, drawn: drawn as readonly Drawn[] }
}

/** Bound of the draws that hold the `most` smallest, nearly always: five deviations more than are needed. */
function drawnBelow(recipients: number, most: number): number {
  if (recipients <= most) return DRAWS
  return (DRAWS * (most + 5 * Math.sqrt(most))) / recipients
}
