/** Opens the database: Postgres where a URL is given, else the embedded PGlite. Both behave the same from here on. */
import type { PGlite } from '@electric-sql/pglite'
import type { Filesystem } from '@electric-sql/pglite/basefs'
import { Kysely, type Logger, PGliteDialect } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import type { Sql } from 'postgres'
import { systemClock } from '../clock.ts'
import { connectClient } from './client.ts'
import { requireConfirmed } from './confirmation.ts'
import { openListener } from './listener.ts'
import { openPool } from './pool.ts'
import type { Tables } from './tables.ts'
import { inTurns } from './turns.ts'
import { openWriteCheck } from './write-check.ts'

export interface OpenDatabase {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Kysely<Tables>
  /** Calls `heard` for each notification on `channel`, and once after each reconnect, when some may have been missed. */
  listen(channel: string, heard: () => void): Promise<void>
  /** @throws Outage while writes fail; whatever keeps the database from answering */
  check(): Promise<void>
  /** @throws Outage while commits wait for a standby; whatever keeps the database from answering */
  confirm(): Promise<void>
  close(): Promise<void>
}

const INT8 = 20
/** Time that statements in flight have when the database is closed; the loops have ended by then. */
const CLOSE_SECONDS = 1

/**
 * @param dataDir a folder, or undefined for a database in memory
 * @param load a data folder from `dumpDataDir` to start from
 */
export async function openPGlite(dataDir?: string, load?: Blob): Promise<OpenDatabase & { readonly pglite: PGlite }> {
  // Only where it is used: beside a PostgreSQL it would be memory for nothing.
  const [{ PGlite }, { pg_trgm }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite/contrib/pg_trgm'),
  ])
  const pglite = await PGlite.create({
    ...(dataDir === undefined ? {} : { fs: await privateFiles(dataDir) }),
    ...(load === undefined ? {} : { loadDataDir: load }),
    extensions: { pg_trgm },
    startParams: [...PGlite.defaultStartParams, ...shortTurns.flatMap((setting) => ['-c', setting])],
    // As postgres.js has it: an int8 may be more than a JavaScript number holds.
    parsers: { [INT8]: (text: string) => text },
  })
  const dialect = new PGliteDialect({ pglite: inTurns(pglite) })
  const { db, check } = watched((log) => new Kysely<Tables>({ dialect, log }))
  return {
    kind: 'pglite',
    check,
    confirm: async () => {},
    pglite,
    db,
    listen: async (channel, heard) => {
      await pglite.listen(channel, heard)
    },
    close: () => db.destroy(),
  }
}

/**
 * Settings that keep a turn of the embedded database short: bounds of merging new entries into a search index and of
 * ANALYZE; the cost of a page on a local disk, without which a look-up of some hundred rows reads the whole table; and no
 * zeros written over each new file of the log, 16 MB within the statement that comes to need it.
 */
const shortTurns = [
  'gin_pending_list_limit=256kB',
  'default_statistics_target=10',
  'random_page_cost=1.1',
  'wal_init_zero=off',
]

/** Node's file system for PGlite, which sets the mode of each file that it makes to 0666 whatever the umask is. */
async function privateFiles(dataDir: string): Promise<Filesystem> {
  const { NodeFS } = await import('@electric-sql/pglite/nodefs')
  return new (class extends NodeFS {
    override async init(...args: Parameters<InstanceType<typeof NodeFS>['init']>) {
      const { emscriptenOpts } = await super.init(...args)
      const preRun = [...(emscriptenOpts.preRun ?? []), ({ FS }: { readonly FS: object }) => ownerOnly(FS as Modes)]
      return { emscriptenOpts: { ...emscriptenOpts, preRun } as typeof emscriptenOpts }
    }
  })(dataDir)
}

interface Modes {
  chmod(place: unknown, mode: number, ...rest: unknown[]): void
}

function ownerOnly(files: Modes): void {
  const chmod = files.chmod.bind(files)
  files.chmod = (place, mode, ...rest) => chmod(place, mode & 0o700, ...rest)
}

/** Opens the database and a write check that hears of every failed statement. */
function watched(
  open: (log: Logger) => Kysely<Tables>,
  confirm = async (): Promise<void> => {},
): { db: Kysely<Tables>; check: () => Promise<void> } {
  const writes = openWriteCheck(() => db as unknown as Kysely<unknown>, systemClock.elapsed, confirm)
  const db = open((event) => {
    if (event.level === 'error') writes.note(event.error)
  })
  return { db, check: writes.check }
}

export interface PostgresOptions {
  /** The most that this process opens, besides one that listens. */
  readonly connections?: number
  /** Address to LISTEN at, when `url` leads to a pooler that keeps no sessions. */
  readonly directUrl?: string
}

export function openPostgres(url: string, options: number | PostgresOptions = {}): OpenDatabase {
  const { connections = 10, directUrl } = typeof options === 'number' ? { connections: options } : options
  const pooled = directUrl !== undefined
  const pool = openPool({ max: connections, prepared: !pooled, connect: () => connectClient(url, { pooled }) })
  const listener = openListener(directUrl ?? url)
  // The dialect asks for a whole client of postgres.js, and uses what a pool has.
  const dialect = new PostgresJSDialect({ postgres: async () => pool as unknown as Sql })
  const confirm = () => requireConfirmed(listener.ask)
  const { db, check } = watched((log) => new Kysely<Tables>({ dialect, log }), confirm)
  return {
    kind: 'postgres',
    db,
    check,
    confirm,
    listen: (channel, heard) => listener.listen(channel, heard),
    close: async () => {
      await Promise.all([pool.end({ timeout: CLOSE_SECONDS }), listener.close()])
      await db.destroy()
    },
  }
}
