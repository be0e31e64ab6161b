/**
 * Indexes of `migrations/indexes/`, which are built while their tables are in use. In a migration CREATE INDEX keeps
 * everybody from writing until it is done, and CONCURRENTLY cannot run inside its transaction. An index that a killed
 * process left unfinished is dropped and built anew.
 */
import { promises as fs } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { systemClock } from '../clock.ts'
import { isConflict } from './retry.ts'
import type { Tables } from './tables.ts'

const folder = fileURLToPath(new URL('../../migrations/indexes', import.meta.url))

type Db = Kysely<Tables>

/** File of the folder, named as its index. */
interface IndexFile {
  readonly table: string
  /** End of CREATE INDEX, from behind the table on; undefined where this database cannot have the index. */
  define(db: Db): Promise<RawBuilder<unknown> | undefined>
}

interface Index {
  readonly name: string
  readonly table: string
  readonly definition: RawBuilder<unknown>
}

/** The indexes that this database can have, and has not, or has unfinished. */
async function listUnbuilt(db: Db): Promise<Index[]> {
  const unbuilt: Index[] = []
  for (const file of (await fs.readdir(folder)).toSorted()) {
    const { table, define } = (await import(path.join(folder, file))) as IndexFile
    const name = path.parse(file).name
    const definition = (await isValid(db, name)) ? undefined : await define(db)
    if (definition) unbuilt.push({ name, table, definition })
  }
  return unbuilt
}

/** @returns undefined where there is no such index */
async function isValid(db: Db, name: string): Promise<boolean | undefined> {
  const { rows } = await sql<{ valid: boolean }>`
    select indisvalid as valid from pg_index where indexrelid = to_regclass(${name}::text)`.execute(db)
  return rows[0]?.valid
}

/** Names of the indexes that `buildIndexes` would build. */
export const namesOfUnbuilt = async (db: Db): Promise<string[]> => (await listUnbuilt(db)).map(({ name }) => name)

/** Builds what is missing or unfinished. Several processes may call it at once. */
export async function buildIndexes(db: Db): Promise<void> {
  for (const index of await listUnbuilt(db)) {
    // The embedded database has one connection, and so nobody who could write meanwhile.
    if (db.getExecutor().adapter.supportsMultipleConnections) await buildOnServer(db, index)
    else await create(db, index, sql``)
    // The planner knows nothing of an index on an expression before.
    await sql`analyze ${sql.table(index.table)}`.execute(db)
  }
}

/** Number that nobody else locks in the database. */
const LOCK = sql.lit(7_204_418_330_115)
const ASK_AGAIN_MS = 200
const MOST_TRIES = 5

async function buildOnServer(db: Db, index: Index): Promise<void> {
  await db.connection().execute(async (session) => {
    // Asked again and again: a statement that waited for the lock would be one that the build waits for.
    while (!(await tryLock(session))) await systemClock.sleep(ASK_AGAIN_MS)
    try {
      for (let tries = 1; !(await isValid(session, index.name)); tries++)
        await rebuild(session, index).catch((error) => {
          // It waits for all transactions that are older, and one of them may wait for it.
          if (tries === MOST_TRIES || !isConflict(error)) throw error
        })
    } finally {
      // The lock ends with the session too.
      await sql`select pg_advisory_unlock(${LOCK})`.execute(session).catch(() => {})
    }
  })
}

async function tryLock(session: Db): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_lock(${LOCK}) as locked`.execute(session)
  return rows[0]?.locked === true
}

async function rebuild(session: Db, index: Index): Promise<void> {
  await sql`drop index concurrently if exists ${sql.id(index.name)}`.execute(session)
  await create(session, index, sql`concurrently`)
}

const create = (db: Db, { name, table, definition }: Index, how: RawBuilder<unknown>) =>
  sql`create index ${how} ${sql.id(name)} on ${sql.table(table)} ${definition}`.execute(db)
