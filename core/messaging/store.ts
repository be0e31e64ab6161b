/** Opens the database that the settings name, ready for use: folder locked, tables up to date, samples loaded. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { systemClock } from '../clock.ts'
import { keepLogShort } from '../db/checkpoints.ts'
import { placeOf, readDatabaseUrl } from '../db/database-url.ts'
import { lockFolder } from '../db/lock.ts'
import { migrateToLatest, requireMigrated } from '../db/migrate.ts'
import { namesOfUnbuilt } from '../db/online-indexes.ts'
import { type OpenDatabase, openPGlite, openPostgres } from '../db/open.ts'
import { openFailure } from '../db/open-failure.ts'
import { keepFilesPrivate, tightenFolder } from '../db/private-folder.ts'
import { requireSessions } from '../db/sessions.ts'
import { BootError } from '../errors.ts'
import { migrateOwnTables, type OwnTables, requireOwnTables } from '../host/own-tables.ts'
import { expireLeases } from './chunk/chunk-state.ts'
import { loadSampleData } from './contacts/sample.ts'

export interface StoreSettings {
  readonly dataDir: string
  readonly databaseUrl?: string | undefined
  /** Leads past a pooler that keeps no sessions. */
  readonly databaseDirectUrl?: string | undefined
  readonly sampleData: boolean
}

export interface Store extends OpenDatabase {
  /** Place of the data, for people to read; holds no password. */
  readonly place: string
  /** Lines to log: what works, but should be changed. */
  readonly warnings: readonly string[]
}

export interface StoreOptions {
  /** Also bring a Postgres up to date; the embedded database always is. */
  readonly migrate?: boolean
  /** Plugins with tables of their own. */
  readonly owners?: readonly OwnTables[]
}

/** @throws BootError when it cannot be opened, in one line */
export async function openStore(
  settings: StoreSettings,
  { migrate = false, owners = [] }: StoreOptions = {},
): Promise<Store> {
  if (settings.databaseUrl === undefined) return openEmbedded(settings, owners)
  return openServer(settings, async (db, schema) => {
    await (migrate ? migrateToLatest : requireMigrated)(db, schema)
    await (migrate ? migrateOwnTables : requireOwnTables)(db, owners, schema)
    return (await namesOfUnbuilt(db)).map(
      (name) => `Searches may be slow: the index ${name} is missing or unfinished. Run: npm run migrate`,
    )
  })
}

async function openEmbedded({ dataDir, sampleData }: StoreSettings, owners: readonly OwnTables[]): Promise<Store> {
  const folder = path.resolve(dataDir)
  keepFilesPrivate()
  const unlock = lockFolder(folder)
  try {
    const warning = tightenFolder(folder)
    const database = await openFolder(folder)
    await migrateToLatest(database.db)
    await migrateOwnTables(database.db, owners)
    if (sampleData) await loadSampleData(database.db)
    // Nobody else can have this database open, so whoever holds a lease here, or is said to run, is dead.
    await expireLeases(database.db, { all: true })
    await database.db.deleteFrom('processes').execute()
    const closing = new AbortController()
    const checkpoints = keepLogShort(database.db, systemClock, closing.signal)
    const close = async () => {
      closing.abort()
      await checkpoints
      await database.close()
      unlock()
    }
    return { ...database, close, place: `${folder} (embedded PGlite)`, warnings: warning ? [warning] : [] }
  } catch (error) {
    unlock()
    throw error
  }
}

/**
 * A process that is killed while it makes the database leaves half of one, which nothing can open. A mark tells it from
 * one that was whole once: it is made anew, for nobody can have used it.
 */
async function openFolder(folder: string): Promise<OpenDatabase> {
  const place = path.join(folder, 'pglite')
  const unfinished = path.join(folder, 'pglite.unfinished')
  try {
    if (existsSync(unfinished)) rmSync(place, { recursive: true, force: true })
    if (!existsSync(path.join(place, 'PG_VERSION'))) writeFileSync(unfinished, '')
    const database = await openPGlite(place)
    rmSync(unfinished, { force: true })
    return database
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BootError(
      `Cannot open the embedded database in "${place}": ${reason}. Restore a copy of DATA_DIR, or choose another folder`,
      { cause: error },
    )
  }
}

/** Resolves with warnings. */
type Prepare = (db: OpenDatabase['db'], schema?: string) => Promise<readonly string[]>

async function openServer(
  { databaseUrl: url = '', databaseDirectUrl: directUrl }: StoreSettings,
  prepare: Prepare,
): Promise<Store> {
  const address = readDatabaseUrl(url)
  const direct = directUrl === undefined ? undefined : readDatabaseUrl(directUrl, 'DATABASE_DIRECT_URL')
  const place = `${placeOf(address)} (PostgreSQL)`
  try {
    // First: a lock that belongs to a session would outlive this process in a pooler.
    await requireSessions(directUrl ?? url, directUrl === undefined ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL')
    const unbuilt = await prepareTables(directUrl ?? url, prepare, (direct ?? address).schema)
    const database = openPostgres(url, directUrl === undefined ? {} : { directUrl })
    try {
      await sql`select 1`.execute(database.db)
    } catch (error) {
      await database.close()
      throw error
    }
    return { ...database, place, warnings: [...address.warnings, ...(direct?.warnings ?? []), ...unbuilt] }
  } catch (error) {
    throw openFailure(error, place)
  }
}

/** Tables are made and looked at over a connection with a session of its own. */
async function prepareTables(url: string, prepare: Prepare, schema: string | undefined): Promise<readonly string[]> {
  const database = openPostgres(url, { connections: 1 })
  try {
    await sql`select 1`.execute(database.db)
    return await prepare(database.db, schema)
  } finally {
    await database.close()
  }
}
