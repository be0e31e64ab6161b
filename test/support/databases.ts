/**
 * Databases for tests: each test file that asks gets fresh, migrated, empty ones, and every test runs on both kinds.
 *
 *     eachDatabase((database) => {
 *       test('claim() skips a chunk another worker holds', async () => {
 *         const { db } = database()
 *         ...
 *       })
 *     })
 *
 * runs the tests twice, in `describe('pglite')` and in `describe('postgres')`. `database()` may be called inside tests and
 * hooks, not while tests are being named. All tests of one `eachDatabase` share one database of each kind; begin each
 * with `emptyTables(db)` (`beforeEach`) where they must not see each other's rows. It is closed afterwards.
 *
 * Two connections that race: `database().url` opens further pools on the same Postgres database
 * (`openPostgres(url, 1)`); it is undefined on PGlite, which has one connection only.
 *
 * A test that needs a database at another moment, or several, calls `freshDatabase(kind)` and closes it itself.
 * A machine without PostgreSQL leaves the `postgres` half out; `scripts/test.ts` says so, and in CI it is a failure.
 */
import { afterAll, beforeAll, describe } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { type OpenDatabase, openPGlite, openPostgres } from '../../core/db/open.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { registerSenders } from '../../core/messaging/senders/register.ts'
import { cloneDatabase, postgresAvailable } from './postgres.ts'
import { sendersByChannel } from './senders.ts'

export type DatabaseKind = OpenDatabase['kind']

export interface TestDatabase extends OpenDatabase {
  /** Address for further connections; undefined on PGlite. */
  readonly url: string | undefined
}

/** The first one of a run takes seconds, more on a machine that is busy. */
const FIRST_DATABASE_MS = 60_000

let template: Promise<Blob> | undefined

/** Creating a PGlite takes seconds, loading a migrated one a fraction of one. */
async function dumpMigrated(): Promise<Blob> {
  const made = await openPGlite()
  await migrateToLatest(made.db)
  const dump = await made.pglite.dumpDataDir('none')
  await made.close()
  return dump
}

async function freshPGlite(): Promise<TestDatabase> {
  template ??= dumpMigrated()
  return { ...(await openPGlite(undefined, await template)), url: undefined }
}

async function freshPostgres(connections?: number): Promise<TestDatabase> {
  const clone = await cloneDatabase()
  const opened = openPostgres(clone.url, connections)
  const close = async () => {
    await opened.close()
    await clone.drop()
  }
  return { ...opened, url: clone.url, close }
}

/**
 * Opens a migrated, empty database of its own; `close()` removes it.
 * @param connections the most that are opened; PGlite has one in any case
 */
export function freshDatabase(kind: DatabaseKind, connections?: number): Promise<TestDatabase> {
  return kind === 'pglite' ? freshPGlite() : freshPostgres(connections)
}

/** Names the tests in `body` once for each kind of database. */
export function eachDatabase(body: (database: () => TestDatabase, kind: DatabaseKind) => void): void {
  for (const kind of ['pglite', 'postgres'] as const) {
    describe.skipIf(kind === 'postgres' && !postgresAvailable)(kind, () => {
      let opened: TestDatabase | undefined
      beforeAll(async () => {
        opened = await freshDatabase(kind)
      }, FIRST_DATABASE_MS)
      afterAll(() => opened?.close())
      body(() => {
        if (!opened) throw new Error('Cannot use the database yet: call database() inside a test or a hook')
        return opened
      }, kind)
    })
  }
}

/** Bytes of a table up to which deleting its rows is cheaper than new files for it and its indexes. */
const SMALL_TABLE = 65_536

/**
 * Empties every table and starts the numbering again at 1, after whatever still writes. Small tables keep their files:
 * TRUNCATE of all of them takes a hundred times as long, and grows with the number of indexes.
 */
export async function emptyTables(db: Kysely<Database>): Promise<void> {
  await sql`do ${sql.raw(`$$
    declare
      small text[];
      large text[];
      name text;
    begin
      select 'lock table ' || string_agg(oid::regclass::text, ', ') || ' in access exclusive mode' into name
        from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'kysely_%';
      execute name;
      -- Only TRUNCATE forgets how many rows a table had, which plans go by. One without a page has nothing to delete.
      select array_agg(oid::regclass::text)
            filter (where reltuples < 0 and pg_relation_size(oid) between 1 and ${SMALL_TABLE}),
          array_agg(oid::regclass::text) filter (where reltuples >= 0 or pg_relation_size(oid) > ${SMALL_TABLE})
        into small, large
        from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'kysely_%';
      if large is not null then
        execute 'truncate ' || array_to_string(large, ', ') || ' restart identity cascade';
      end if;
      -- Leaves out foreign keys, and triggers, which TRUNCATE does not fire either.
      perform set_config('session_replication_role', 'replica', true);
      foreach name in array coalesce(small, '{}') loop
        execute 'delete from ' || name;
      end loop;
      perform setval(seqrelid::regclass, seqstart, false) from pg_sequence
        join pg_class on pg_class.oid = seqrelid where relnamespace = 'public'::regnamespace;
    end $$`)}`.execute(db)
  // As after the migrations, and after a start without settings.
  await registerSenders(db, sendersByChannel())
}
