/** Opens the database: Postgres where a URL is given, else the embedded PGlite. Both behave the same from here on. */
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres, { type Sql } from 'postgres'
import { openPool } from './pool.ts'
import type { Database } from './schema.ts'

export interface OpenDatabase {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Kysely<Database>
  /** Calls `heard` for each notification on `channel`, and once after each reconnect, when some may have been missed. */
  listen(channel: string, heard: () => void): Promise<void>
  close(): Promise<void>
}

const INT8 = 20
/** What is under way when the database is closed has this long; the loops have ended by then. */
const CLOSE_SECONDS = 1

/**
 * @param dataDir a folder, or undefined for a database in memory
 * @param load a data folder from `dumpDataDir` to start from
 */
export async function openPGlite(dataDir?: string, load?: Blob): Promise<OpenDatabase & { readonly pglite: PGlite }> {
  const pglite = await PGlite.create({
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(load === undefined ? {} : { loadDataDir: load }),
    // As postgres.js has it: an int8 may be more than a JavaScript number holds.
    parsers: { [INT8]: (text: string) => text },
  })
  const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite }) })
  return {
    kind: 'pglite',
    pglite,
    db,
    listen: async (channel, heard) => {
      await pglite.listen(channel, heard)
    },
    close: () => db.destroy(),
  }
}

/** @param connections the most that this process opens, besides one that listens */
export function openPostgres(url: string, connections = 10): OpenDatabase {
  const options = {
    max: 1,
    connect_timeout: 5,
    // Seconds between two tries to listen again.
    backoff: () => 0.1 + Math.random() * 0.1,
    onnotice: () => {},
    connection: { application_name: 'campaign-dispatch', idle_in_transaction_session_timeout: 60_000 },
  }
  const listener = postgres(url, options)
  const pool = openPool({ max: connections, open: (closed) => postgres(url, { ...options, onclose: closed }) })
  // The dialect asks for a whole client, and uses what a pool has.
  const db = new Kysely<Database>({ dialect: new PostgresJSDialect({ postgres: async () => pool as unknown as Sql }) })
  return {
    kind: 'postgres',
    db,
    listen: async (channel, heard) => {
      await listener.listen(channel, heard, heard)
    },
    close: async () => {
      await Promise.all([pool.end({ timeout: CLOSE_SECONDS }), listener.end({ timeout: CLOSE_SECONDS })])
      await db.destroy()
    },
  }
}
