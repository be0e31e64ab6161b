/**
 * Tables of a plugin's own, named `<plugin>_*`, and the migrations that make them. Each plugin has a migrator with its own
 * bookkeeping, which runs where the product's runs and under the same lock. What a migration did is read from the server
 * before it commits (own-objects.ts): anything that is not the plugin's own undoes all of it.
 */
import { type Kysely, sql } from 'kysely'
import { type MigrationProvider, Migrator } from 'kysely/migration'
import type { Tables } from '../db/tables.ts'
import { BootError } from '../errors.ts'
import type { Migration } from './migrations.ts'
import { foreignWork, listObjects } from './own-objects.ts'
import type { AnyPlugin } from './plugin.ts'

/** Names of a plugin's tables begin with this. */
export const prefixOf = (plugin: string) => `${plugin}_`
/** Kept by the migrator. The plugin itself may not use it. */
export const bookkeepingOf = (plugin: string) => [`${plugin}_migration`, `${plugin}_migration_lock`] as const

export interface OwnTables {
  readonly name: string
  readonly migrations: Readonly<Record<string, Migration>>
}

/** The plugins that have tables of their own. */
export const listOwners = (plugins: readonly AnyPlugin[]): OwnTables[] =>
  plugins.flatMap(({ name, migrations }) => (migrations ? [{ name, migrations }] : []))

type Db = Kysely<Tables>

async function openMigrator(db: Db, owner: OwnTables, schema: string | undefined): Promise<Migrator> {
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db)
  const named = schema ?? rows[0]?.name ?? undefined
  const [migrationTableName, migrationLockTableName] = bookkeepingOf(owner.name)
  return new Migrator({
    db,
    provider: new Watched(owner),
    migrationTableName,
    migrationLockTableName,
    ...(named === undefined ? {} : { migrationTableSchema: named }),
  })
}

class Watched implements MigrationProvider {
  readonly #owner: OwnTables
  constructor(owner: OwnTables) {
    this.#owner = owner
  }
  async getMigrations() {
    const { name, migrations } = this.#owner
    return Object.fromEntries(Object.entries(migrations).map(([step, one]) => [step, watched(name, step, one)]))
  }
}

/** The migration, refused inside its own transaction when it did what it may not. */
function watched(plugin: string, step: string, { up, down }: Migration) {
  const run = (work: Migration['up']) => async (db: Db) => {
    const before = await listObjects(db)
    await work(db).catch((error) => {
      throw new BootError(`Cannot migrate plugin "${plugin}": "${step}" failed: ${messageOf(error)}`, { cause: error })
    })
    const foreign = foreignWork(before, await listObjects(db), prefixOf(plugin))
    if (foreign !== undefined)
      throw new BootError(
        `Cannot migrate plugin "${plugin}": "${step}" ${foreign}. A plugin's migrations may use what is named ${prefixOf(plugin)}* only; nothing was changed`,
      )
  }
  return { up: run(up), ...(down && { down: run(down) }) }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')

/**
 * Runs every migration of plugins that has not run yet.
 * @throws BootError when one fails or does what it may not, with nothing of that plugin changed; or when tables are newer
 */
export async function migrateOwnTables(db: Db, owners: readonly OwnTables[], schema?: string): Promise<void> {
  for (const owner of owners) {
    const { error } = await (await openMigrator(db, owner, schema)).migrateToLatest()
    if (error instanceof BootError) throw error
    const unknown = /previously executed migration (\S+) is missing/.exec(messageOf(error))?.[1]
    if (unknown !== undefined) throw newer(owner.name, unknown)
    if (error) throw new BootError(`Cannot migrate plugin "${owner.name}": ${messageOf(error)}`, { cause: error })
  }
}

const newer = (plugin: string, step: string) =>
  new BootError(
    `The tables of plugin "${plugin}" are newer than the plugin, which does not know its migration ${step}. Run the version that they were used with`,
  )

/** @throws BootError with a line for each plugin whose migrations have not run */
export async function requireOwnTables(db: Db, owners: readonly OwnTables[], schema?: string): Promise<void> {
  const lines: string[] = []
  for (const owner of owners) {
    const migrations = await (await openMigrator(db, owner, schema)).getMigrations()
    const waiting = migrations.filter(({ executedAt }) => !executedAt).map(({ name }) => name)
    if (waiting.length > 0) lines.push(`plugin "${owner.name}" lacks its migrations ${waiting.join(', ')}`)
  }
  if (lines.length > 0)
    throw new BootError(`Cannot start: ${lines.join('; ')}. Run, with the same PLUGINS and GRANTS: npm run migrate`)
}
