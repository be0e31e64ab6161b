/** Faults of PostgreSQL in the middle of a campaign (races 13, 27 and 28). */
import postgres from 'postgres'
import { strike } from './broker-faults.ts'
import { runBattle } from './fleet.ts'
import type { Stage } from './stage.ts'

const LOOP_MS = 2000
/** As many as the server takes at all. */
const MOST_CONNECTIONS = 200

const nameOf = ({ settings }: Stage) => new URL(settings.DATABASE_URL ?? '').pathname.slice(1)

/** A connection to another database of the server: what ends the others must not end it. */
async function asAdmin<T>({ server }: Stage, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(server.url(), { max: 1, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

export const databaseFaults: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  'stop -m immediate': ({ server }) => server.restart('immediate'),
  'kill -9': async ({ server }) => {
    await server.kill()
    await server.start()
  },
  'backends terminated': (stage) =>
    asAdmin(stage, async (sql) => {
      for (const end = performance.now() + LOOP_MS; performance.now() < end; ) {
        await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${nameOf(stage)}`
        await Bun.sleep(100)
      }
    }),
  'connections exhausted': exhaust,
}

/** Takes every connection that is left, after it has sent away those who had one. */
async function exhaust(stage: Stage): Promise<void> {
  const taken: postgres.Sql[] = []
  try {
    await asAdmin(stage, async (sql) => {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${nameOf(stage)}`
      const take = async () => {
        const one = postgres(stage.server.url(), { max: 1, onnotice: () => {}, connect_timeout: 2 })
        taken.push(one)
        await one`select 1`.catch(() => {}) // the server has none left: that is what is wanted
      }
      for (let at = 0; at < MOST_CONNECTIONS; at += 20) await Promise.all(Array.from({ length: 20 }, take))
    })
    await Bun.sleep(LOOP_MS)
  } finally {
    await Promise.all(taken.map((one) => one.end({ timeout: 1 })))
  }
}

export function befallDatabase(stage: Stage, seed: number, fault: (stage: Stage) => Promise<unknown>, times: number) {
  return runBattle(stage, { seed }, (battle) => strike(battle, fault, times))
}
