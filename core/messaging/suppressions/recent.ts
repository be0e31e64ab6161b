/**
 * Suppressions that were added while chunks are worked on. A chunk's messages are read once, with the flags of that moment, and
 * started in windows later. Each report names the latest suppression that was known here when its messages were picked; where
 * there is a later one it permits none of them (`chunk/report.sql`), and they are picked again with what is known then. So
 * nothing is looked up while no suppression is added, and then once for a process, not for each chunk or message.
 *
 * Ids of suppressions are committed in their order (migration 0033): whoever has read up to one has read all before it.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { flagsOf } from './flags.ts'

/** Suppressions since a chunk was read. */
export interface Watch {
  /** Id of the latest suppression that is known here. */
  known(): string
  /** Flags that the phone got since. */
  flagsOf(phone: string | null): number
  /** Learns of all suppressions that are committed by now. */
  refresh(): Promise<void>
  end(): void
}

type Db = Kysely<Pick<Database, 'suppressions'>>

/** Rows of one statement. */
const STEP = 1000
/** Phones that are kept before those are dropped that no chunk needs. */
const MANY = 10_000

interface Flagged {
  /** Id of the phone's latest suppression. */
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
      for (const { id, phone, channel, reason } of rows) {
        const flags = (phones.get(phone)?.flags ?? 0) | flagsOf(channel, reason)
        phones.set(phone, { id: BigInt(id), flags })
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
  const { id } = await db
    .selectFrom('suppressions')
    .select(sql<string>`coalesce(max(id), 0)`.as('id'))
    .executeTakeFirstOrThrow()
  return id
}

const listAfter = (db: Db, id: string) =>
  db
    .selectFrom('suppressions')
    .select(['id', 'phone', 'channel', 'reason'])
    .where('id', '>', id)
    .orderBy('id')
    .limit(STEP)
    .execute()
