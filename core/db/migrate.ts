/** Brings the tables up to date with the files in `migrations/`. */
import { promises as fs } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Kysely, sql } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { BootError } from '../errors.ts'
import { buildIndexes } from './online-indexes.ts'
import type { Tables } from './tables.ts'

const migrationFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** The schema must be there, and named: another one of the same database may hold tables of the same names. */
async function openMigrator(db: Kysely<Tables>, schema: string | undefined): Promise<Migrator> {
  const named = schema ?? (await currentSchema(db))
  return new Migrator({
    db,
    provider: new FileMigrationProvider({ fs, path, migrationFolder }),
    ...(named === undefined ? {} : { migrationTableSchema: named }),
  })
}

async function currentSchema(db: Kysely<Tables>): Promise<string | undefined> {
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db)
  return rows[0]?.name ?? undefined
}

/**
 * Runs every migration that has not run yet, then builds the indexes that are missing; several processes may call it at
 * once.
 * @param schema is made where it is missing; by default the first of the search path
 * @returns the names of those that ran
 * @throws BootError when the tables are newer than this program
 */
export async function migrateToLatest(db: Kysely<Tables>, schema?: string): Promise<string[]> {
  const { error, results = [] } = await (await openMigrator(db, schema)).migrateToLatest()
  const missing = /previously executed migration (\S+) is missing/.exec(
    error instanceof Error ? error.message : '',
  )?.[1]
  if (missing !== undefined) throw newerDatabase([missing])
  if (error) throw new Error('Cannot migrate the database', { cause: error })
  await buildIndexes(db)
  return results.map((result) => result.migrationName)
}

function newerDatabase(names: readonly string[]): BootError {
  return new BootError(
    `The database is newer than this program, which does not know its ${names.length === 1 ? 'migration' : 'migrations'} ${names.join(', ')}. Run the version that it was used with, or put back a copy of the database from before`,
  )
}

/** @throws BootError when the tables are older or newer than this program */
export async function requireMigrated(db: Kysely<Tables>, schema?: string): Promise<void> {
  const migrations = await (await openMigrator(db, schema)).getMigrations()
  const waiting = migrations.filter((migration) => !migration.executedAt)
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = (await listExecuted(db)).filter((name) => !known.has(name))
  if (unknown.length > 0) throw newerDatabase(unknown)
  if (waiting.length > 0) {
    const names = waiting.map((migration) => migration.name).join(', ')
    throw new BootError(`Cannot start: the database lacks the migrations ${names}. Run: npm run migrate`)
  }
}

async function listExecuted(db: Kysely<Tables>): Promise<string[]> {
  const { rows: tables } = await sql<{
    there: boolean
  }>`select to_regclass('kysely_migration') is not null as there`.execute(db)
  if (!tables[0]?.there) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(({ name }) => name)
}
