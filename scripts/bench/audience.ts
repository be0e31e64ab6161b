/**
 * An audience of everybody: how fast its recipients are queued beside the INSERT ... SELECT of the same rows alone, how soon
 * the call is answered and the first message sent, and whether each customer is a recipient once where schedulers are killed.
 */
import type postgres from 'postgres'
import { releaseServers, startServer } from '../../test/support/server-process.ts'
import { openApi } from '../support/api.ts'
import { createCampaign } from './campaign.ts'
import { postmasterOf } from './cost.ts'
import { type FreshDatabase, onceIn } from './environment.ts'
import { write } from './format.ts'
import type { Bench } from './part.ts'
import { API, settingsFor } from './processes.ts'
import { cpuSecondsOfFamily, peakMemory } from './procfs.ts'
import { FAR } from './send.ts'

const KILLS = 10
const LOOK_EVERY_MS = 20
/** Interval where looking would take part in what is measured. */
const RARELY_MS = 250
/** The campaign waits for its time, and is queued at once: nobody else is at work. */
const NOW = { audience: { everyone: true }, evaluate: 'now' } as const

export async function runAudience(bench: Bench): Promise<void> {
  await measureAlone(bench)
  await measureSending(bench)
  await measureKilled(bench)
}

/** By the database's clock, from the request to the commit of the last step. */
async function measureAlone({ environment, plan, note, say }: Bench): Promise<void> {
  const { customers, rounds } = plan.audience
  for (let round = 1; round <= rounds; round++) {
    const alone = await onFresh(environment, customers, async ({ url }) => {
      const cpu = meterOf(environment)
      const seconds = await onceIn(url, insertAlone)
      return { seconds, cpu: cpu() }
    })
    note('audience.insert.rate', customers / alone.seconds)
    note('audience.insert.cpu', (alone.cpu / customers) * 1e6)
    const queued = await onFresh(environment, customers, async (database) => {
      const settings = await settingsFor(environment, database, 'postgres')
      const { url } = await startServer({ ...settings, PLUGINS: `${API},scheduler` })
      return onceIn(database.url, async (sql) => {
        const id = await createCampaign(url, FAR)
        const cpu = meterOf(environment)
        await openApi(url).post(`/campaigns/${id}/send`, NOW)
        const seconds = await waitQueued(sql, id, RARELY_MS)
        return { seconds, cpu: cpu() }
      })
    })
    note('audience.queue.rate', customers / queued.seconds)
    note('audience.queue.cpu', (queued.cpu / customers) * 1e6)
    say(`round ${round}  audience of ${write(customers, 'plain')}: ${told(customers, queued)}`)
    say(`round ${round}  its rows alone: ${told(customers, alone)}`)
  }
}

interface Measured {
  readonly seconds: number
  /** Seconds of CPU of the database. */
  readonly cpu: number
}

const told = (customers: number, { seconds, cpu }: Measured) =>
  `${write(customers / seconds, 'rate')}, ${write((cpu / customers) * 1e6, 'us')} of CPU each`

/** Seconds of CPU of the database from now on: it says more than the clock does where other work shares the machine. */
function meterOf({ server }: Bench['environment']): () => number {
  const read = () => cpuSecondsOfFamily(postmasterOf(server))
  const begun = read()
  return () => read() - begun
}

/** While a worker sends to the first ones. */
async function measureSending({ environment, plan, note, say }: Bench): Promise<void> {
  const { customers } = plan.audience
  await onFresh(environment, customers, async (database) => {
    const settings = await settingsFor(environment, database, 'postgres')
    const [api] = await Promise.all([
      startServer({ ...settings, PLUGINS: API }),
      startServer({ ...settings, PLUGINS: 'scheduler,health' }),
      startServer({ ...settings, PLUGINS: 'worker,health' }),
    ])
    await onceIn(database.url, async (sql) => {
      const id = await createCampaign(api.url)
      const begun = performance.now()
      await openApi(api.url).post(`/campaigns/${id}/send`, { audience: { everyone: true } })
      const answer = performance.now() - begun
      await waitFor(sql, (tx) => tx`select from dispatch_chunks where campaign_id = ${id} and sent > 0`)
      const first = performance.now() - begun
      note('audience.answer.ms', answer)
      note('audience.first.ms', first)
      await waitQueued(sql, id)
      note('audience.api.memory', peakMemory(api.pid))
      await openApi(api.url).post(`/campaigns/${id}/cancel`, {})
      say(
        `audience of ${write(customers, 'plain')}: answered in ${write(answer, 'ms')}, first message after ${write(first, 'ms')}`,
      )
    })
  })
}

async function measureKilled({ environment, plan, note, say }: Bench): Promise<void> {
  const { customers } = plan.audience
  await onFresh(environment, customers, async (database) => {
    const settings = await settingsFor(environment, database, 'postgres')
    const api = await startServer({ ...settings, PLUGINS: API })
    await onceIn(database.url, async (sql) => {
      const id = await createCampaign(api.url, FAR)
      await openApi(api.url).post(`/campaigns/${id}/send`, NOW)
      for (let kill = 0; kill < KILLS; kill++) {
        const [before] = await sql<{ queued: number }[]>`select queued from selections where campaign_id = ${id}`
        const scheduler = await startServer({ ...settings, PLUGINS: 'scheduler,health' })
        await waitFor(
          sql,
          (tx) => tx`select from selections where campaign_id = ${id} and queued > ${before?.queued ?? 0}`,
        )
        await scheduler.end('SIGKILL')
      }
      const [left] = await sql`select from selections where campaign_id = ${id} and done_at is null`
      if (!left) throw new Error('The last kill came after the last step: nothing was tested')
      await startServer({ ...settings, PLUGINS: 'scheduler,health' })
      await waitQueued(sql, id)
      const [row] = await sql<{ wrong: number }[]>`select count(*)::int as wrong from customers as c
        full join (select customer_id, count(*) as messages from outbound_messages where campaign_id = ${id} group by 1) as m
          on m.customer_id = c.id
        where coalesce(m.messages, 0) <> 1 or c.id is null`
      if (row?.wrong !== 0) throw new Error(`${row?.wrong} customers are not recipients once`)
      note('audience.kills', KILLS)
      say(`audience of ${write(customers, 'plain')}: ${KILLS} schedulers killed, each customer is a recipient once`)
    })
  })
}

async function onFresh<T>(
  environment: Bench['environment'],
  customers: number,
  work: (database: FreshDatabase) => Promise<T>,
): Promise<T> {
  const database = await environment.fresh(customers)
  try {
    return await work(database)
  } finally {
    await releaseServers()
    await database.drop()
  }
}

/** @returns seconds */
async function insertAlone(sql: postgres.Sql): Promise<number> {
  await sql`insert into campaigns (name, channel, base_template) values ('Alone', 'sms', 'x')`
  const begun = performance.now()
  await sql`insert into outbound_messages (campaign_id, customer_id) select 1, id from customers order by id`
  return (performance.now() - begun) / 1000
}

/** @returns seconds from the request to the end of the last step */
async function waitQueued(sql: postgres.Sql, id: number, everyMs = LOOK_EVERY_MS): Promise<number> {
  const [row] = await waitFor(
    sql,
    (tx) => tx<{ seconds: number }[]>`select extract(epoch from done_at - created_at)::float8 as seconds
      from selections where campaign_id = ${id} and done_at is not null`,
    everyMs,
  )
  return (row as { seconds: number }).seconds
}

async function waitFor<R extends readonly object[]>(
  sql: postgres.Sql,
  look: (sql: postgres.Sql) => PromiseLike<R>,
  everyMs = LOOK_EVERY_MS,
): Promise<R> {
  const begun = performance.now()
  for (;;) {
    const rows = await look(sql)
    if (rows.length > 0) return rows
    if (performance.now() - begun > 600_000) throw new Error('Not there after 10 minutes')
    await Bun.sleep(everyMs)
  }
}
