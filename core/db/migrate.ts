/** Brings the tables up to date with the files in `migrations/`. */
import { promises as fs } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kysely } from 'kysely'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { BootError } from '../errors.ts'
import type { Database } from './schema.ts'

const migrationFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

const migrator = (db: Kysely<Database>) =>
  new Migrator({ db, provider: new FileMigrationProvider({ fs, path, migrationFolder }) })

/**
 * Runs every migration that has not run yet; Kysely holds a lock, so several processes may call it at once.
 * @returns the names of those that ran
 */
export async function migrateToLatest(db: Kysely<Database>): Promise<string[]> {
  const { error, results = [] } = await migrator(db).migrateToLatest()
  if (error) throw new Error('Cannot migrate the database', { cause: error })
  return results.map((result) => result.migrationName)
}

/** @throws BootError when the tables are older than this program. */
export async function requireMigrated(db: Kysely<Database>): Promise<void> {
  const waiting = (await migrator(db).getMigrations()).filter((migration) => !migration.executedAt)
  if (waiting.length > 0) {
    const names = waiting.map((migration) => migration.name).join(', ')
    throw new BootError(`Cannot start: the database lacks the migrations ${names}. Run: npm run migrate`)
  }
}
