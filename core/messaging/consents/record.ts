/**
 * Records consents. The bits of customers change in the same statement, by triggers (migration 0042), which let one statement at a
 * time add consents or change suppressions. Within a transaction, call `lockConsents` before anything that locks customers.
 */
import { type Expression, type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { consentBits } from './flags.ts'
import type { ConsentChannel, ConsentMethod, ConsentStatus } from './tables.ts'

type Db = Kysely<Pick<Database, 'consents' | 'customers'>>

export interface NewConsent {
  readonly channel: ConsentChannel
  readonly status: ConsentStatus
  readonly method: ConsentMethod
  readonly wording?: string | null
  readonly evidence?: string | null
  /** Default: now. */
  readonly capturedAt?: Date | undefined
  readonly actor: string | null
}

/** Lets this transaction alone record consents until it ends. */
export async function lockConsents(trx: Kysely<Pick<Database, 'consents'>>): Promise<void> {
  // As the trigger `lock_suppressions` does.
  await trx
    .selectNoFrom(
      sql`pg_advisory_xact_lock(728411, 'suppressions'::regclass::oid::bigint::bit(32)::integer)`.as('locked'),
    )
    .execute()
}

/** @returns the id of the record; undefined: there is no such customer */
export async function recordConsent(db: Db, customerId: number, consent: NewConsent): Promise<string | undefined> {
  const customers = db
    .selectFrom('customers as c')
    .where('c.id', '=', customerId)
    .select(recordOf(consent, sql`(select max(o.captured_at) from consents as o where o.customer_id = c.id)`))
  const row = await insertOf(db, customers).returning('id').executeTakeFirst()
  return row?.id
}

export interface Recorded {
  /** New records. */
  readonly recorded: number
  /** Customers who keep what they have withdrawn. */
  readonly withdrawn: number
}

/**
 * Records the same of many customers, as an import does. Customers who have withdrawn on the channel keep that, whatever a file
 * says; those who have the same record already get no second one.
 * @param phones each once, in E.164
 */
export async function recordOfMany(db: Db, phones: readonly string[], consent: NewConsent): Promise<Recorded> {
  const sorted = phones.toSorted()
  const withdrawn = consent.status === 'given' ? consentBits(consent.channel, 'withdrawn') : 0
  const same = db
    .selectFrom('consents as o')
    .select(sql.lit(1).as('one'))
    .where('o.customer_id', '=', sql.ref<number>('c.id'))
    .where('o.channel', '=', consent.channel)
    .where('o.status', '=', consent.status)
    .where('o.method', '=', consent.method)
    .where('o.wording', 'is not distinct from', consent.wording ?? null)
    .where('o.evidence', 'is not distinct from', consent.evidence ?? null)
  const customers = db
    .selectFrom('customers as c')
    .where('c.phone', '=', sql<string>`any(${sorted}::text[])`)
    // A row that is locked is read as it is then: of a withdrawal meanwhile too.
    .where(sql<boolean>`c.consent & ${withdrawn}::integer = 0`)
    .where(({ not, exists }) => not(exists(same)))
    .orderBy('c.phone')
    .forNoKeyUpdate()
    .select(recordOf(consent, sql`null::timestamptz`))
  const { numInsertedOrUpdatedRows: added = 0n } = await insertOf(db, customers).executeTakeFirstOrThrow()
  const kept = withdrawn === 0 ? 0 : await countWithdrawn(db, sorted, withdrawn)
  return { recorded: Number(added), withdrawn: kept }
}

async function countWithdrawn(db: Db, phones: readonly string[], bits: number): Promise<number> {
  const { count } = await db
    .selectFrom('customers as c')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('c.phone', '=', sql<string>`any(${phones}::text[])`)
    .where(sql<boolean>`c.consent & ${bits}::integer <> 0`)
    .executeTakeFirstOrThrow()
  return count
}

const columns = [
  ...(['customer_id', 'phone', 'channel', 'status', 'method', 'wording', 'evidence'] as const),
  ...(['actor', 'captured_at'] as const),
] as const

/** A moment that is not given is none before those of earlier records: the database's clock may have been set back. */
function recordOf(
  { channel, status, method, wording, evidence, capturedAt, actor }: NewConsent,
  last: RawBuilder<unknown>,
) {
  return [
    sql<number>`c.id`.as('customer_id'),
    sql<string>`c.phone`.as('phone'),
    sql<string>`${channel}::text`.as('channel'),
    sql<string>`${status}::text`.as('status'),
    sql<string>`${method}::text`.as('method'),
    sql<string | null>`${wording ?? null}::text`.as('wording'),
    sql<string | null>`${evidence ?? null}::text`.as('evidence'),
    sql<string | null>`${actor}::text`.as('actor'),
    sql<Date>`coalesce(${capturedAt ?? null}::timestamptz, greatest(now(), ${last}))`.as('captured_at'),
  ]
}

const insertOf = (db: Db, rows: Expression<unknown>) =>
  db
    .insertInto('consents')
    .columns(columns)
    .expression(rows as Expression<never>)
