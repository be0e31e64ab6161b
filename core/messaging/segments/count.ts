/**
 * Number of customers who fit a rule, and the first of them. PostgreSQL counts them in one statement, which it divides among
 * its processes. The embedded database runs within this process: it counts a slice at a time, and others have their turn.
 */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import { isEmbedded } from '../../db/embedded.ts'
import { codeOf } from '../../db/faults.ts'
import { AppError } from '../../errors.ts'
import { SLICE } from '../contacts/scan.ts'
import { messagingErrors } from '../errors.ts'
import type { AudienceTables, CompiledAudience } from './audience.ts'

/** Customers that a preview names. */
export const SAMPLE = 10
/** Seconds that a count may take. */
export const MOST_SECONDS = 10
/** Ids of a bucket. The first customers are looked for in the buckets that have any, and not from the first id on. */
const BUCKET = 1000
const QUERY_CANCELED = '57014'

export interface Counted {
  readonly count: number
  /** The first customers, in the order of their ids. */
  readonly ids: readonly number[]
}

type Db = Kysely<AudienceTables>

/** @throws AppError RULE_TOO_SLOW after so many seconds */
export async function countAudience(
  db: Db,
  audience: CompiledAudience,
  clock: Clock,
  seconds = MOST_SECONDS,
): Promise<Counted> {
  if (await readEmbedded(db)) return countSlices(db, audience, clock, seconds)
  return refusingSlow(seconds, () => db.transaction().execute((trx) => countAtOnce(trx, audience, seconds)))
}

/** @throws AppError RULE_TOO_SLOW where a statement that has `countSettings` took too long */
export async function refusingSlow<T>(seconds: number, count: () => Promise<T>): Promise<T> {
  try {
    return await count()
  } catch (error) {
    throw codeOf(error) === QUERY_CANCELED ? tooSlow(seconds) : error
  }
}

export const tooSlow = (seconds: number) =>
  new AppError(
    messagingErrors.RULE_TOO_SLOW,
    `Counting took longer than ${seconds} seconds: use fewer conditions, or try again when the database is less busy`,
  )

export async function readEmbedded(db: Db): Promise<boolean> {
  const { embedded } = await db.selectNoFrom(isEmbedded.as('embedded')).executeTakeFirstOrThrow()
  return embedded
}

/**
 * For the transaction: plans for these values, room in memory for the messages of a campaign of a million, an end where it
 * takes too long, and processes to share the work, whose worth PostgreSQL does not see: folding a text costs far more than
 * it reckons.
 */
export const countSettings = (seconds = MOST_SECONDS) => [
  sql`set_config('plan_cache_mode', 'force_custom_plan', true)`.as('planning'),
  sql`set_config('work_mem', '16MB', true)`.as('memory'),
  sql`set_config('parallel_setup_cost', '0', true)`.as('setup'),
  sql`set_config('parallel_tuple_cost', '0', true)`.as('tuples'),
  sql`set_config('statement_timeout', ${`${seconds}s`}::text, true)`.as('timeout'),
]

async function countAtOnce(
  trx: Transaction<AudienceTables>,
  audience: CompiledAudience,
  seconds: number,
): Promise<Counted> {
  await trx.selectNoFrom(countSettings(seconds)).execute()
  const bucket = sql<number>`c.id / ${sql.lit(BUCKET)}`
  const { count, buckets } = await trx
    .selectFrom(
      trx
        .selectFrom(audience.customers(trx).as('c'))
        .select((eb) => [bucket.as('bucket'), eb.fn.countAll<string>().as('count')])
        .groupBy(bucket)
        .as('b'),
    )
    .select([
      sql<string>`coalesce(sum(b.count), 0)`.as('count'),
      sql<number[] | null>`(array_agg(b.bucket order by b.bucket))[1:${sql.lit(SAMPLE)}]`.as('buckets'),
    ])
    .executeTakeFirstOrThrow()
  const ids: number[] = []
  for (const nth of buckets ?? []) {
    if (ids.length >= SAMPLE) break
    const range = { after: nth * BUCKET - 1, upTo: (nth + 1) * BUCKET - 1 }
    ids.push(...(await firstIds(trx, audience, range, SAMPLE - ids.length)))
  }
  return { count: Number(count), ids }
}

async function firstIds(
  db: Db,
  audience: CompiledAudience,
  range: { readonly after: number; readonly upTo: number },
  most: number,
): Promise<number[]> {
  const rows = await audience.customers(db, range).orderBy('customers.id').limit(most).execute()
  return rows.map(({ id }) => id)
}

async function countSlices(db: Db, audience: CompiledAudience, clock: Clock, seconds: number): Promise<Counted> {
  const begun = clock.elapsed()
  const ids: number[] = []
  let count = 0
  for await (const range of slicesOf(db)) {
    if (clock.elapsed() - begun > seconds * 1000) throw tooSlow(seconds)
    const slice = await audience.customers(db, range).orderBy('customers.id').execute()
    count += slice.length
    for (const { id } of slice.slice(0, SAMPLE - ids.length)) ids.push(id)
  }
  return { count, ids }
}

/** Ranges of ids that hold all customers, each a slice of them. */
export async function* slicesOf(
  db: Db,
  size = SLICE,
): AsyncGenerator<{ readonly after: number; readonly upTo: number }, void> {
  const last = (after: number) => lastOfSlice(db, after, size)
  let after = 0
  for (let upTo = await last(after); upTo !== null; upTo = await last(after)) {
    yield { after, upTo }
    after = upTo
  }
}

/** The last id of the next slice of customers; null where there are no more. */
async function lastOfSlice(db: Db, after: number, size: number): Promise<number | null> {
  const { last } = await db
    .selectFrom((eb) =>
      eb.selectFrom('customers').select('id').where('id', '>', after).orderBy('id').limit(size).as('slice'),
    )
    .select((eb) => eb.fn.max<number | null>('slice.id').as('last'))
    .executeTakeFirstOrThrow()
  return last
}
