/** Customers whom a call to /send names or selects, as it would find them now. */
import { type Kysely, sql } from 'kysely'
import { missingCustomers } from '../enqueue/audience.ts'
import type { AudienceSpec } from '../enqueue/audience-spec.ts'
import { resolveAudience } from '../enqueue/selection.ts'
import type { Database } from '../schema.ts'
import { type CustomerIds, compileResolved } from '../segments/audience.ts'
import { slicesOf } from '../segments/count.ts'
import { dayOf } from '../segments/days.ts'

type Db = Kysely<Database>

/** Customers of a slice: some 25 ms of the embedded database, in which no other request has a turn. */
const SLICE = 5000

/** Customers with ids above `after`, and up to `upTo`. */
export interface Range {
  readonly after?: number
  readonly upTo?: number
}

export interface Chosen {
  customers(within: Db, range: Range): CustomerIds
  /** Ranges that hold them all, each short enough for one statement of the embedded database. */
  slices(db: Db): AsyncIterable<Range>
}

export interface Asked {
  readonly customerIds: readonly number[]
  /** In place of ids. */
  readonly spec?: AudienceSpec | undefined
}

/**
 * @param now milliseconds since the epoch
 * @throws AppError CUSTOMER_NOT_FOUND with the missing ids, INVALID_REQUEST with the place in the audience
 */
export async function choose(db: Db, { customerIds, spec }: Asked, now: number): Promise<Chosen> {
  if (!spec) return chooseIds(db, customerIds)
  const { customers } = await compileResolved(db, await resolveAudience(db, spec), dayOf(now))
  return { customers, slices: (within) => slicesOf(within, SLICE) }
}

async function chooseIds(db: Db, customerIds: readonly number[]): Promise<Chosen> {
  const ids = [...new Set(customerIds)].sort((a, b) => a - b)
  const within = ({ after = 0, upTo = Number.POSITIVE_INFINITY }: Range) => ids.filter((id) => id > after && id <= upTo)
  const chosen: Chosen = {
    customers: (trx, range) =>
      trx
        .selectFrom('customers')
        .select('customers.id')
        .where(sql<boolean>`customers.id = any(${within(range)}::int[])`) as unknown as CustomerIds,
    slices: async function* () {
      for (let at = 0; at < ids.length; at += SLICE)
        yield { after: (ids[at] ?? 0) - 1, upTo: ids.slice(at, at + SLICE).at(-1) ?? 0 }
    },
  }
  let known = 0
  for await (const range of chosen.slices(db)) known += (await chosen.customers(db, range).execute()).length
  if (known < ids.length) throw await missingCustomers(db, ids)
  return chosen
}
