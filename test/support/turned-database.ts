/**
 * Databases whose clock a test turns by hand: `now()` and `clock_timestamp()` of every statement are the real ones, moved.
 * Functions of these names stand before PostgreSQL's own.
 */
import { type Kysely, sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { type DatabaseKind, freshDatabase } from './databases.ts'

export interface TurnedDatabase {
  readonly db: Kysely<Database>
  /** Milliseconds since the epoch, by the database's clock. */
  now(): number
  /** Sets the clock to a moment, forward or back; it goes on from there. */
  turnTo(at: number): Promise<void>
  close(): Promise<void>
}

const PATH = 'turned, public, pg_catalog'

export async function openTurnedDatabase(kind: DatabaseKind): Promise<TurnedDatabase> {
  const made = await freshDatabase(kind)
  await sql`create schema turned`.execute(made.db)
  await sql`create table turned.clock (by interval not null)`.execute(made.db)
  await sql`insert into turned.clock values ('0')`.execute(made.db)
  for (const name of ['now', 'clock_timestamp'])
    await sql`create function turned.${sql.raw(name)}() returns timestamptz language sql stable
      as ${sql.raw(`'select pg_catalog.${name}() + (select by from turned.clock)'`)}`.execute(made.db)
  const opened = made.url === undefined ? made : await reopened(made.db, made.url)
  if (made.url === undefined) await sql`set search_path = ${sql.raw(PATH)}`.execute(made.db)
  let by = 0
  return {
    db: opened.db,
    now: () => Date.now() + by,
    turnTo: async (at) => {
      by = at - Date.now()
      await sql`update turned.clock set by = ${by}::float8 * interval '1 millisecond'`.execute(opened.db)
    },
    close: async () => {
      if (opened !== made) await opened.close()
      await made.close()
    },
  }
}

/** The path of a database holds for connections that begin after it was set. */
async function reopened(db: Kysely<Database>, url: string) {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db)
  await sql`alter database ${sql.id(rows[0]?.name ?? '')} set search_path = ${sql.raw(PATH)}`.execute(db)
  return openPostgres(url, 4)
}
