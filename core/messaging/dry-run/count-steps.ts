/**
 * Count and sample in one pass for the embedded database, which runs within this process and has one connection: a slice of
 * customers at a time, so that others have their turn in between.
 */
import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import type { Range } from './chosen.ts'
import {
  addGroup,
  type Counts,
  countsOf,
  DRAWS,
  type Drawn,
  type Groups,
  groupColumns,
  type Selected,
  selectChosen,
  smallest,
} from './groups.ts'

type Db = Kysely<Database>

/** Seconds that all steps may take: the connection of whoever asks would not stay open for much longer. */
const MOST_SECONDS = 60

export interface Steps {
  /** Customers of the sample. */
  readonly most: number
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined
}

/** @throws AppError RULE_TOO_SLOW */
export async function countInSteps(db: Db, selected: Selected, { most, signal }: Steps, clock: Clock) {
  const begun = clock.elapsed()
  const groups: Groups = new Map()
  let drawn: Drawn[] = []
  /** Only smaller draws can still be of the sample. */
  let below = DRAWS
  for await (const range of selected.chosen.slices(db)) {
    if (signal?.aborted) throw stopped('Counting was given up: the connection of whoever asked is closed')
    if (clock.elapsed() - begun > MOST_SECONDS * 1000) throw tooSlow(countsOf(groups))
    for (const row of await countSlice(db, selected, range, below)) {
      addGroup(groups, row)
      for (const [nth, id] of (row.ids ?? []).entries()) drawn.push({ id, draw: row.draws?.[nth] ?? 0 })
    }
    if (drawn.length < 2 * most) continue
    drawn = smallest(drawn, most)
    below = drawn.at(-1)?.draw ?? 0
  }
  return { groups, drawn }
}

function countSlice(db: Db, selected: Selected, range: Range, below: number) {
  const isDrawn = sql`filter (where c.draw < ${below} and not c.already)`
  return db
    .selectFrom(selectChosen(db, selected, range, ['prefix', 'phone', 'draw']).as('c'))
    .select(groupColumns)
    .select([
      sql<number[] | null>`array_agg(c.id) ${isDrawn}`.as('ids'),
      sql<number[] | null>`array_agg(c.draw) ${isDrawn}`.as('draws'),
    ])
    .groupBy(sql`c.prefix`)
    .execute()
}

const stopped = (message: string) => new AppError(messagingErrors.RULE_TOO_SLOW, message)
const tooSlow = ({ recipients }: Counts) =>
  stopped(
    `Counting took longer than ${MOST_SECONDS} seconds, and ${recipients} recipients were counted by then: choose fewer, use fewer conditions, or use PostgreSQL (DATABASE_URL), which counts many times faster than the embedded database`,
  )
