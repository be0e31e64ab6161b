/** Opens the database: Postgres where a URL is given, else the embedded PGlite. Both behave the same from here on. */
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'
import type { Database } from './schema.ts'

export interface OpenDatabase {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Kysely<Database>
  /** Calls `heard` for each notification on `channel`, and once after each reconnect, when some may have been missed. */
  listen(channel: string, heard: () => void): Promise<void>
  close(): Promise<void>
}

const INT8 = 20

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
  const sql = postgres(url, {
    max: connections,
    connect_timeout: 5,
    // Seconds between two tries to connect. Its own default grows to 20, and all queries wait so long before they fail.
    backoff: () => 0.1 + Math.random() * 0.1,
    onnotice: () => {},
    connection: { application_name: 'campaign-dispatch', idle_in_transaction_session_timeout: 60_000 },
  })
  const db = new Kysely<Database>({ dialect: new PostgresJSDialect({ postgres: sql }) })
  return {
    kind: 'postgres',
    db,
    listen: async (channel, heard) => {
      await sql.listen(channel, heard, heard)
    },
    close: async () => {
      await sql.end({ timeout: 5 })
      await db.destroy()
    },
  }
}
