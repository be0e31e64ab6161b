/** Reads the messages of leased chunks, with the customers' fields that their texts use. */
import { type Kysely, sql } from 'kysely'
import { openBatcher } from '../../batcher.ts'
import { prepare } from '../../db/prepare.ts'
import { isPassing } from '../../db/retry.ts'
import { CONSENT_SHIFT } from '../consents/flags.ts'
import type { Database } from '../schema.ts'
import type { TemplateColumn } from '../text/provider-template.ts'
import { type TemplateCustomer, templateFields } from '../text/template.ts'
import type { Lease } from './claim.ts'

/** A pending message of a leased chunk, with its customer's fields; null where the customer was deleted. */
export interface Waiting extends TemplateCustomer {
  readonly id: string
  readonly attempts: number
  readonly phone: string | null
  /** Suppressions of the phone, as `suppressions/flags.ts` has them, and above them consents (`consents/flags.ts`); null: none. */
  readonly flags: number | null
  /** IANA name, where it was read. */
  readonly time_zone?: string | null
}

/** Columns of customers beside the phone: those of texts, and what policies ask for. */
export type CustomerColumn = TemplateColumn | 'time_zone'

type ReadTables = Pick<Database, 'customers' | 'outbound_messages'>
type Read = (lease: Lease) => Promise<Waiting[]>

/** Messages that are read together, at most; and a chunk of as many is read by itself. */
const TOGETHER = 1000
const SMALL = 64

interface Asked {
  readonly lease: Lease
  readonly columns: readonly CustomerColumn[]
}

const rare = ['attributes', 'language', 'customer_id', 'time_zone'] as const
const allColumns: readonly CustomerColumn[] = [...templateFields, ...rare]
const isRare = (column: CustomerColumn) => rare.some((one) => one === column)

/**
 * @returns reads the messages that still stand at the turn of their chunk, in order of id, with these columns of the
 *   customer beside the phone. Small chunks that are read at one time share a statement, which answers all fields; those
 *   whose texts use attributes share one of their own.
 */
export function openRead(
  db: Kysely<ReadTables>,
): (lease: Lease, columns: readonly CustomerColumn[]) => Promise<Waiting[]> {
  const reads = new Map<string, Read>()
  const readOne = ({ lease, columns }: Asked) => {
    const byIds = lease.ids !== null
    const key = [byIds, ...columns].join()
    const read = reads.get(key) ?? prepareRead(db, byIds, columns)
    reads.set(key, read)
    return read(lease)
  }
  const readTogether = openTogether(db, templateFields, readOne)
  const readAllTogether = openTogether(db, allColumns, readOne)
  return (lease, columns) => {
    const isSmall = lease.ids === null && lease.size < SMALL
    const read = isSmall ? (columns.some(isRare) ? readAllTogether : readTogether) : readOne
    return read({ lease, columns })
  }
}

function openTogether(
  db: Kysely<ReadTables>,
  columns: readonly CustomerColumn[],
  readOne: (asked: Asked) => Promise<Waiting[]>,
) {
  const readSeveral = prepareReadSeveral(db, columns)
  return openBatcher<Asked, Waiting[]>({
    run: async ([first, ...rest]) => {
      if (!first) return []
      if (rest.length === 0) return [await readOne(first)]
      return readSeveral([first, ...rest].map(({ lease }) => lease))
    },
    sizeOf: ({ lease }) => lease.size,
    isPassing,
    limits: { concurrency: 2, size: TOGETHER },
    minBatch: SMALL,
  })
}

/** Null is the cheapest to send, and nearly everybody's. */
const flags = sql<number | null>`nullif(c.suppressed | (c.consent << ${sql.lit(CONSENT_SHIFT)}), 0)`.as('flags')

type OwnColumn = Exclude<CustomerColumn, 'customer_id'>
const isOwn = (column: CustomerColumn): column is OwnColumn => column !== 'customer_id'
/** The id of the customer is that of the message, which has it also where nobody is left. */
const columnOf = (column: CustomerColumn) =>
  column === 'customer_id' ? ('m.customer_id' as const) : (`c.${column}` as const)

interface Range {
  nth: number
  first: string
  last: string
  campaign: number
  turn: number
}

interface Ranges {
  readonly firsts: readonly string[]
  readonly lasts: readonly string[]
  readonly campaigns: readonly number[]
  readonly turns: readonly number[]
}

/** The same for chunks that are a range of ids each. */
function prepareReadSeveral(
  db: Kysely<ReadTables>,
  columns: readonly CustomerColumn[],
): (leases: readonly Lease[]) => Promise<Waiting[][]> {
  const read = prepare<Ranges, Waiting & { nth: number }>(db, (param) =>
    db
      .selectFrom(
        sql<Range>`unnest(${param('firsts')}::bigint[], ${param('lasts')}::bigint[], ${param('campaigns')}::int[],
          ${param('turns')}::smallint[]) with ordinality`.as<'r'>(sql`r(first, last, campaign, turn, nth)`),
      )
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('outbound_messages')
            .select(['id', 'attempts', 'customer_id'])
            .whereRef('id', '>=', 'r.first')
            .whereRef('id', '<=', 'r.last')
            .where(sql<number>`campaign_id + 0`, '=', eb.ref('r.campaign'))
            .where('status', '=', 'pending')
            .whereRef('turn', '=', 'r.turn')
            // Here and below: by its index for each row. The planner takes a range for a share of the table, and would read
            // all of both tables to join them.
            .limit(TOGETHER)
            .as('m'),
        (join) => join.onTrue(),
      )
      .leftJoinLateral(
        (eb) =>
          eb
            .selectFrom('customers')
            .select([...columns.filter(isOwn), 'suppressed', 'consent'])
            .whereRef('id', '=', 'm.customer_id')
            .limit(1)
            .as('c'),
        (join) => join.onTrue(),
      )
      .select(['r.nth', 'm.id', 'm.attempts', flags])
      .select(columns.map(columnOf))
      .orderBy('m.id'),
  )
  return async (leases) => {
    const rows = await read({
      firsts: leases.map(({ first_id }) => first_id),
      lasts: leases.map(({ last_id }) => last_id),
      campaigns: leases.map(({ campaign_id }) => campaign_id),
      turns: leases.map(({ turn }) => turn),
    })
    const messages: Waiting[][] = leases.map(() => [])
    for (const { nth, ...message } of rows) messages[Number(nth) - 1]?.push(message)
    return messages
  }
}

/**
 * Race 38: the customer and the flags of the phone are read now, not when the campaign was queued. Only columns that the
 * text uses are read: each costs more on its way here than in the database.
 */
function prepareRead(db: Kysely<ReadTables>, byIds: boolean, all: readonly CustomerColumn[]): Read {
  const columns = all.filter((column) => column !== 'phone')
  return prepare<Lease, Waiting>(db, (param) =>
    db
      .selectFrom('outbound_messages as m')
      .leftJoin('customers as c', 'c.id', 'm.customer_id')
      .select(['m.id', 'm.attempts', 'c.phone', flags])
      .select(columns.map(columnOf))
      .$if(byIds, (query) => query.where('m.id', '=', sql<string>`any(${param('ids')}::bigint[])`))
      .$if(!byIds, (query) =>
        query
          .where('m.id', '>=', sql<string>`${param('first_id')}::bigint`)
          .where('m.id', '<=', sql<string>`${param('last_id')}::bigint`)
          // `+ 0` keeps Postgres from reading the whole campaign out of its index: on a table it has no statistics of
          // yet, it takes a campaign for a few rows, and each chunk would cost as much as all of them.
          .where(sql<number>`m.campaign_id + 0`, '=', sql<number>`${param('campaign_id')}::int`),
      )
      .where('m.status', '=', 'pending')
      .where('m.turn', '=', sql<number>`${param('turn')}::smallint`)
      .orderBy('m.id'),
  )
}
