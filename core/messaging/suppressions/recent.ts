/**
 * Suppressions that were added, and consents that were withdrawn, while chunks are worked on. A chunk's messages are read once,
 * with the flags of that moment, and started in windows later. Each report names the latest of both that was known here when its
 * messages were picked; where there is a later one it permits none of them (`chunk/report.sql`), and they are picked again with
 * what is known then. So nothing is looked up while nothing is added, and then once for a process, not for each chunk or message.
 *
 * Both take their ids from one sequence, and commit them in order (migrations 0033 and 0042): whoever has read up to one has read
 * all before it.
 */
import { type Kysely, sql } from 'kysely'
import { CONSENT_SHIFT, consentBits } from '../consents/flags.ts'
import type { Database } from '../schema.ts'
import { flagsOf } from './flags.ts'
import type { SuppressedChannel, SuppressionReason } from './tables.ts'

/** Suppressions and withdrawals since a chunk was read. */
export interface Watch {
  /** Id of the latest suppression or withdrawal that is known here. */
  known(): string
  /** Flags that the phone got since, as those of a message. */
  flagsOf(phone: string | null): number
  /** Learns of all suppressions and withdrawals that are committed by now. */
  refresh(): Promise<void>
  end(): void
}

type Db = Kysely<Pick<Database, 'suppressions' | 'consents' | 'customers'>>

/** Rows of one statement. */
const STEP = 1000
/** Phones that are kept before those are dropped that no chunk needs. */
const MANY = 10_000

interface Flagged {
  /** Id of the phone's latest suppression or withdrawal. */
  readonly id: bigint
  readonly flags: number
}

/** @returns begins a watch, before the chunk is read */
export function openRecent(db: Db): () => Promise<Watch> {
  const phones = new Map<string, Flagged>()
  /** Id up to which each open watch need not look, as it was read later. */
  const since = new Set<{ readonly id: bigint }>()
  let known = '0'
  let beginning = 0
  let fresh: Promise<void> | undefined
  let refreshing: Promise<void> | undefined

  /** After a time without any chunk: what was added meanwhile is in the flags of the next one. */
  async function restart(): Promise<void> {
    known = await findNewest(db)
    phones.clear()
  }

  async function learn(): Promise<void> {
    for (;;) {
      const rows = await listAfter(db, known)
      for (const row of rows) {
        const flags = (phones.get(row.phone)?.flags ?? 0) | flagsOfRow(row)
        phones.set(row.phone, { id: BigInt(row.id), flags })
      }
      known = rows.at(-1)?.id ?? known
      if (rows.length < STEP) break
    }
    if (phones.size > MANY) forget()
  }

  function forget(): void {
    let oldest = BigInt(known)
    for (const { id } of since) if (id < oldest) oldest = id
    for (const [phone, { id }] of phones) if (id <= oldest) phones.delete(phone)
  }

  return async () => {
    if (beginning++ === 0 && since.size === 0) fresh = restart()
    try {
      await fresh
    } finally {
      beginning--
    }
    const begun = { id: BigInt(known) }
    since.add(begun)
    return {
      known: () => known,
      flagsOf: (phone) => {
        const flagged = phone === null || phones.size === 0 ? undefined : phones.get(phone)
        return flagged && flagged.id > begun.id ? flagged.flags : 0
      },
      refresh: () => {
        refreshing ??= learn().finally(() => {
          refreshing = undefined
        })
        return refreshing
      },
      end: () => void since.delete(begun),
    }
  }
}

async function findNewest(db: Db): Promise<string> {
  const latest = sql<string>`max(id)`.as('id')
  const suppressed = db.selectFrom('suppressions').select(latest)
  const withdrawn = db.selectFrom('consents').select(latest).where('status', '=', sql.lit('withdrawn'))
  const { id } = await db
    .selectNoFrom(sql<string>`coalesce(greatest(${suppressed}, ${withdrawn}), 0)`.as('id'))
    .executeTakeFirstOrThrow()
  return id
}

interface Row {
  readonly id: string
  readonly phone: string
  readonly channel: SuppressedChannel
  /** Null: a withdrawal. */
  readonly reason: SuppressionReason | null
  /** Bits of the customer's consents as they are now; null where the customer is gone. */
  readonly consent: number | null
}

/** One statement for both: what it does not show has a higher id than all that it shows. */
const listAfter = (db: Db, id: string): Promise<Row[]> =>
  db
    .selectFrom('suppressions')
    .select(['id', 'phone', 'channel', 'reason', sql<number | null>`null::integer`.as('consent')])
    .where('id', '>', id)
    .unionAll(
      db
        .selectFrom('consents as w')
        .leftJoin('customers as c', 'c.id', 'w.customer_id')
        .select(['w.id', sql<string>`coalesce(c.phone, w.phone)`.as('phone'), 'w.channel'])
        .select([sql<SuppressionReason>`null::text`.as('reason'), 'c.consent'])
        .where('w.id', '>', id)
        .where('w.status', '=', sql.lit('withdrawn')),
    )
    .orderBy('id')
    .limit(STEP)
    .execute()

/** A withdrawal that is older than what was given since changes nothing: the customer's row says what holds. */
function flagsOfRow({ channel, reason, consent }: Row): number {
  if (reason !== null) return flagsOf(channel, reason)
  return ((consent ?? consentBits(channel, 'withdrawn')) & consentBits('all', 'withdrawn')) << CONSENT_SHIFT
}
