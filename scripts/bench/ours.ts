/** We, as a user runs us: processes for API, scheduler and workers, from the request to /send to the last durable outcome. */
import { releaseServers, startServer } from '../../test/support/server-process.ts'
import { until } from '../../test/support/server-process-wait.ts'
import { openApi } from '../support/api.ts'
import { type Ground, onceIn } from './ground.ts'

const TEMPLATE = 'Habari {first_name|rafiki}, {prefered_product|something new} waits in {location|town}'
/** As many as one call may name. */
const BATCH = 100_000
const OVER_WITHIN_MS = 600_000

export interface Setup {
  readonly queue: 'postgres' | 'rabbitmq'
  readonly workers: number
}

/** @returns recipients a second, by the database's clock; every one of them is `sent`, or this throws */
export async function measureOurs(ground: Ground, recipients: number, { queue, workers }: Setup): Promise<number> {
  const database = await ground.fresh()
  const settings = {
    DATABASE_URL: database.url,
    ...(queue === 'rabbitmq' && { RABBITMQ_URL: await openVhost(ground, database.name) }),
    LOG_LEVEL: 'warn',
    MOCK_SUCCESS_RATE: '1',
  }
  try {
    const [api] = await Promise.all([
      startServer({ ...settings, PLUGINS: 'campaigns,customers,stats,health' }),
      startServer({ ...settings, PLUGINS: 'scheduler,health' }),
      ...Array.from({ length: workers }, () => startServer({ ...settings, PLUGINS: 'worker,health' })),
    ])
    return await onceIn(database.url, async (sql) => {
      const ids = (await sql<{ id: number }[]>`select id from customers order by id limit ${recipients}`).map(
        ({ id }) => id,
      )
      const client = openApi(api.url)
      const { id } = await client.post<{ id: number }>('/campaigns', {
        name: 'Bench',
        channel: 'sms',
        base_template: TEMPLATE,
      })
      const [start] = await sql`select clock_timestamp() as at`
      for (let at = 0; at < recipients; at += BATCH)
        await client.post(`/campaigns/${id}/send`, { customer_ids: ids.slice(at, at + BATCH) })
      const find = () => sql`select extract(epoch from completed_at - ${start?.at})::float8 as seconds, sent
        from campaigns where id = ${id} and completed_at is not null and total = ${recipients}`
      const over = await until('all are sent', async () => (await find())[0], OVER_WITHIN_MS)
      if (over.sent !== recipients) throw new Error(`Only ${over.sent} of ${recipients} were sent`)
      return recipients / over.seconds
    })
  } finally {
    await releaseServers()
    await database.drop()
  }
}

async function openVhost({ broker }: Ground, name: string): Promise<string> {
  await broker.ctl('add_vhost', name)
  await broker.ctl('set_permissions', '-p', name, 'guest', '.*', '.*', '.*')
  return `${broker.url}/${name}`
}
