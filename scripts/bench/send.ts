/** Time of a call to /send compared with what PostgreSQL alone takes for its rows, in turn. */
import { releaseServers, startServer } from '../../test/support/server-process.ts'
import { createCampaign, idsFrom, sendAll } from './campaign.ts'
import { onceIn } from './environment.ts'
import { write } from './format.ts'
import { type Bench, takeTurns } from './part.ts'
import { API, settingsFor } from './processes.ts'

/** Nothing is sent before it, so that nobody else is at work. */
export const FAR = { scheduled_at: '2099-01-01T00:00:00Z' } as const

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

export async function runSend({ environment, plan, note, say }: Bench): Promise<void> {
  const { recipients, rounds } = plan.send
  const database = await environment.fresh(recipients)
  try {
    const settings = await settingsFor(environment, database, 'postgres')
    const { url } = await startServer({ ...settings, PLUGINS: API })
    const ids = idsFrom(1, recipients)
    await onceIn(database.url, async (sql) => {
      const viaApi = async () => {
        const campaign = await createCampaign(url, FAR)
        return timed(() => sendAll(url, campaign, ids))
      }
      const alone = async () => {
        const campaign = await createCampaign(url, FAR)
        return timed(
          () => sql`insert into outbound_messages (campaign_id, customer_id)
            select ${campaign}::int, id from customers where id <= ${recipients} order by id`,
        )
      }
      const contender = (name: string, key: string, run: () => Promise<number>) => ({
        name,
        rounds,
        run: async () => {
          const ms = await run()
          note(key, ms)
          return write(ms, 'ms')
        },
      })
      // The first call of a process is one that compiles what the others run.
      await viaApi()
      const contenders = [
        contender(`/send, ${write(recipients, 'plain')} ids`, 'send.ms', viaApi),
        contender('its INSERT ... SELECT alone', 'send.insert.ms', alone),
      ]
      await takeTurns(contenders, say)
    })
  } finally {
    await releaseServers()
    await database.drop()
  }
}
