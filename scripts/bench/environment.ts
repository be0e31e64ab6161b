/** Environment of the measurements: durable servers of this program's own, and a fresh database for each. */
import postgres from 'postgres'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { openPostgres } from '../../core/db/open.ts'
import { type PostgresServer, postgresBinaries, startPostgres } from '../../test/support/postgres.ts'
import { type RabbitmqServer, rabbitmqBinaries, startRabbitmq } from '../../test/support/rabbitmq.ts'
import { fillPeople } from './customers.ts'

/** Settings of postgresql.conf, the same for all contenders; fsync, synchronous_commit and full_page_writes stay on. */
export const postgresSettings = { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '30min' } as const

export interface FreshDatabase {
  readonly name: string
  readonly url: string
  drop(): Promise<void>
}

export interface Environment {
  readonly server: PostgresServer
  readonly broker: RabbitmqServer
  /** A copy of the database with customers 1 to the usual number or more, statistics and no campaign, written to disk. */
  fresh(atLeast?: number): Promise<FreshDatabase>
  /** A virtual host of its own on the broker. @returns its address */
  vhost(name: string): Promise<string>
  dispose(): Promise<void>
}

/** @param usual how many customers a fresh database has where no more are asked for */
export async function openEnvironment(usual: number): Promise<Environment> {
  if (!postgresBinaries || !rabbitmqBinaries)
    throw new Error('Cannot measure: this needs the programs of a PostgreSQL and a RabbitMQ server on this machine')
  const [server, broker] = await Promise.all([
    startPostgres({ binaries: postgresBinaries, durable: true, settings: postgresSettings }),
    startRabbitmq({ binaries: rabbitmqBinaries }),
  ])
  const admin = postgres(server.url(), { max: 1, onnotice: () => {} })
  const templates = new Map<number, Promise<string>>()
  let count = 0
  return {
    server,
    broker,
    fresh: async (atLeast = usual) => {
      const people = Math.max(usual, atLeast)
      const template = templates.get(people) ?? makeTemplate(server, admin, people)
      templates.set(people, template)
      const name = `bench_${++count}`
      await admin`create database ${admin(name)} template ${admin(await template)}`
      await admin`checkpoint`
      const drop = async () => void (await admin`drop database if exists ${admin(name)} with (force)`)
      return { name, url: server.url(name), drop }
    },
    vhost: async (name) => {
      await broker.ctl('add_vhost', name)
      await broker.ctl('set_permissions', '-p', name, 'guest', '.*', '.*', '.*')
      return `${broker.url}/${name}`
    },
    dispose: async () => {
      await admin.end({ timeout: 1 })
      await Promise.all([server.dispose(), broker.dispose()])
    },
  }
}

async function makeTemplate(server: PostgresServer, admin: postgres.Sql, people: number): Promise<string> {
  const name = `people_${people}`
  await admin`create database ${admin(name)}`
  const template = openPostgres(server.url(name), 1)
  await migrateToLatest(template.db)
  await fillPeople(template.db, people)
  await template.close()
  await onceIn(server.url(name), (sql) => sql`vacuum analyze`)
  return name
}

/** One connection for one piece of work. */
export async function onceIn<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}
