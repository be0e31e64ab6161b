/** Where measurements are taken: servers of this program's own that keep what they acknowledge, and a fresh database each. */
import postgres from 'postgres'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { openPostgres } from '../../core/db/open.ts'
import { type PostgresServer, postgresBinaries, startPostgres } from '../../test/support/postgres.ts'
import { type RabbitmqServer, rabbitmqBinaries, startRabbitmq } from '../../test/support/rabbitmq.ts'
import { insertPeople, makePeople } from '../people.ts'

/** Of postgresql.conf; fsync, synchronous_commit and full_page_writes stay on. The same for all that is measured. */
export const postgresSettings = { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '30min' } as const

export interface Ground {
  readonly server: PostgresServer
  readonly broker: RabbitmqServer
  /** A copy of the database with its customers, statistics and no campaign, written to disk. */
  fresh(): Promise<{ readonly name: string; readonly url: string; drop(): Promise<void> }>
  dispose(): Promise<void>
}

const TEMPLATE = 'bench'

/** @param people customers 1 to `people` are there */
export async function openGround(people: number): Promise<Ground> {
  if (!postgresBinaries || !rabbitmqBinaries)
    throw new Error('Cannot measure: this needs the programs of a PostgreSQL and a RabbitMQ server on this machine')
  const [server, broker] = await Promise.all([
    startPostgres({ binaries: postgresBinaries, durable: true, settings: postgresSettings }),
    startRabbitmq({ binaries: rabbitmqBinaries }),
  ])
  const admin = postgres(server.url(), { max: 1, onnotice: () => {} })
  await admin`create database ${admin(TEMPLATE)}`
  const template = openPostgres(server.url(TEMPLATE), 1)
  await migrateToLatest(template.db)
  await insertPeople(template.db, makePeople(people, 1))
  await template.close()
  await onceIn(server.url(TEMPLATE), (sql) => sql`vacuum analyze`)
  let count = 0
  return {
    server,
    broker,
    fresh: async () => {
      const name = `bench_${++count}`
      await admin`create database ${admin(name)} template ${admin(TEMPLATE)}`
      await admin`checkpoint`
      const drop = async () => void (await admin`drop database ${admin(name)} with (force)`)
      return { name, url: server.url(name), drop }
    },
    dispose: async () => {
      await admin.end()
      await Promise.all([server.dispose(), broker.dispose()])
    },
  }
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
