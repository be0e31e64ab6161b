/**
 * One PostgreSQL server for each process that runs tests, started when the first test asks for it, with a template database that
 * is migrated once. Each test file works on a copy of its own.
 *
 * `databases.ts` is what most tests want. Those that stop or kill the server start one of their own:
 *
 *     const server = await startPostgres({ binaries: postgresBinaries, durable: true })
 *     afterAll(() => server.dispose())
 */
import postgres from 'postgres'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { openPostgres } from '../../core/db/open.ts'
import { findPostgres } from './postgres-binaries.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

export { type PostgresServer, startPostgres } from './postgres-server.ts'

const folder = findPostgres(process.env.PATH ?? '')

/** False where this machine has no PostgreSQL: tests on it are then left out by `describe.skipIf(!postgresAvailable)`. */
export const postgresAvailable = folder !== undefined

/** The folder of the server's programs; empty where there is none. */
export const postgresBinaries = folder ?? ''

export interface ClonedDatabase {
  readonly name: string
  readonly url: string
  /** Closes whatever is still connected. */
  drop(): Promise<void>
}

/** The server of this process, which ends with it: its undertaker sees to that. */
interface Shared {
  readonly server: PostgresServer
  readonly admin: postgres.Sql
}

const TEMPLATE = 'migrated'
let shared: Promise<Shared> | undefined
let clones = 0

async function startShared(): Promise<Shared> {
  if (!postgresAvailable) throw new Error('Cannot start PostgreSQL: this machine has none')
  const server = await startPostgres({ binaries: postgresBinaries })
  const admin = postgres(server.url(), { max: 1, onnotice: () => {} })
  await admin`create database ${admin(TEMPLATE)}`
  const template = openPostgres(server.url(TEMPLATE), 1)
  await migrateToLatest(template.db)
  await template.close()
  return { server, admin }
}

/** A new, migrated, empty database on the shared server. */
export async function cloneDatabase(): Promise<ClonedDatabase> {
  shared ??= startShared()
  const { server, admin } = await shared
  const name = `test_${++clones}`
  await admin`create database ${admin(name)} template ${admin(TEMPLATE)}`
  return {
    name,
    url: server.url(name),
    drop: async () => {
      await admin`drop database if exists ${admin(name)} with (force)`
    },
  }
}

/** Ends the shared server before its process ends. */
export async function stopSharedPostgres(): Promise<void> {
  const running = await shared?.catch(() => undefined)
  shared = undefined
  await running?.admin.end({ timeout: 1 })
  await running?.server.dispose()
}
