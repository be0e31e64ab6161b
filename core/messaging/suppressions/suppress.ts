/**
 * Adds and lifts suppressions. The flags of the customers with these phones change in the same statement, by triggers
 * (migration 0033), which also let one statement at a time change suppressions: these statements never wait for each other in
 * a circle, and neither with those that add customers. Within a transaction, call them before anything that locks customers.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { SuppressedChannel, SuppressionReason, SuppressionSource } from './tables.ts'

type Db = Kysely<Pick<Database, 'suppressions'>>

export interface NewSuppression {
  /** E.164. */
  readonly phone: string
  readonly channel: SuppressedChannel
  readonly reason: SuppressionReason
  readonly source: SuppressionSource
  readonly sender?: string | null
  /** The provider's code, or ours where it gave none. */
  readonly code?: string | null
  readonly note?: string | null
}

/** Rows of one statement: some 15 ms, in which the embedded database lets nobody else have a turn. */
const STEP = 2000

/**
 * Suppresses phones; a suppression that is there already stays as it is. Of many rows, a failure leaves those suppressed that
 * were written before it, unless `db` is a transaction: call it again with all of them.
 * @returns how many are new
 */
export async function suppress(db: Db, rows: readonly NewSuppression[]): Promise<number> {
  let added = 0
  for (let at = 0; at < rows.length; at += STEP) added += await insertRows(db, rows.slice(at, at + STEP))
  return added
}

const columns = ['phone', 'channel', 'reason', 'source', 'sender', 'code', 'note'] as const

async function insertRows(db: Db, rows: readonly NewSuppression[]): Promise<number> {
  const cells = columns.map((column) => sql`${rows.map((row) => row[column] ?? null)}::text[]`)
  const names = columns.map((column) => sql.id(column))
  const { numInsertedOrUpdatedRows: added = 0n } = await db
    .insertInto('suppressions')
    .columns(columns)
    .expression((eb) =>
      eb
        .selectFrom(sql<NewSuppression>`unnest(${sql.join(cells)})`.as<'t'>(sql`t(${sql.join(names)})`))
        .select(columns.map((column) => sql<string>`${sql.ref(`t.${column}`)}`.as(column))),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return Number(added)
}

export interface Lifted {
  readonly phone: string
  readonly channel: SuppressedChannel
  readonly reason: SuppressionReason
}

export interface ToLift {
  /** E.164. */
  readonly phones: readonly string[]
  /** Only suppressions for exactly these channels: `sms` leaves one for `all` as it is. Default: whatever their channel. */
  readonly channels?: readonly SuppressedChannel[]
  /** Default: all reasons that can be lifted. */
  readonly reasons?: readonly LiftableReason[]
  /** Default: whatever their source. */
  readonly sources?: readonly SuppressionSource[]
  /** Default: whatever their code. */
  readonly codes?: readonly string[]
}

/** An erased person comes back only by themselves, as somebody new. */
export const liftableReasons = [
  'opt_out',
  'complaint',
  'manual',
  'invalid',
] as const satisfies readonly SuppressionReason[]
export type LiftableReason = (typeof liftableReasons)[number]

/** Lifts suppressions, never those of erased persons. @returns what was lifted, in no order */
export async function lift(db: Db, { phones, channels, reasons, sources, codes }: ToLift): Promise<Lifted[]> {
  const lifted: Lifted[] = []
  for (let at = 0; at < phones.length; at += STEP)
    lifted.push(
      ...(await db
        .deleteFrom('suppressions')
        .where('phone', '=', sql<string>`any(${phones.slice(at, at + STEP)}::text[])`)
        .where('reason', '<>', 'erased')
        .$if(channels !== undefined, (query) => query.where('channel', 'in', channels ?? []))
        .$if(reasons !== undefined, (query) => query.where('reason', 'in', reasons ?? []))
        .$if(sources !== undefined, (query) => query.where('source', 'in', sources ?? []))
        .$if(codes !== undefined, (query) => query.where('code', 'in', codes ?? []))
        .returning(['phone', 'channel', 'reason'])
        .execute()),
    )
  return lifted
}
