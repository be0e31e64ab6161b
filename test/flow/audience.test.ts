/** An audience of a rule, over processes: queued while it is sent, and by whoever is left when a scheduler is killed. */
import { afterEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { type OpenDatabase, openPostgres } from '../../core/db/open.ts'
import { openApi } from '../../scripts/support/api.ts'
import { roles } from '../support/fleet.ts'
import { expectInvariant } from '../support/invariant.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { releaseServers, type ServerSettings, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'
import { type Watched, watchCampaign } from '../support/server-process-watch.ts'

const PEOPLE = 100_000
const KILLS = 4

afterEach(releaseServers)

const addPeople = ({ db }: OpenDatabase) =>
  sql`insert into customers (phone, location) select '+2547' || (10000000 + n), case n % 4 when 0 then 'Kisumu' else 'Nairobi' end
    from generate_series(1, ${PEOPLE}::int) n`.execute(db)

const queued = async ({ db }: OpenDatabase) =>
  (await db.selectFrom('selections').select('queued').executeTakeFirstOrThrow()).queued

/** A scheduler that gets no further than a few steps, again and again. */
async function killSchedulers(database: OpenDatabase, settings: ServerSettings): Promise<void> {
  for (let kill = 0; kill < KILLS; kill++) {
    const before = await queued(database)
    const scheduler = await startServer({ ...settings, PLUGINS: roles.scheduler })
    await until('it has queued some', async () => (await queued(database)) > before)
    await scheduler.end('SIGKILL')
  }
}

test.skipIf(!postgresAvailable)(
  'schedulers are killed while they queue it, and each customer who fits is written to once',
  async () => {
    const clone = await cloneDatabase()
    const database = openPostgres(clone.url, 2)
    try {
      await addPeople(database)
      const settings = {
        DATABASE_URL: clone.url,
        SAMPLE_DATA: 'off',
        LOG_LEVEL: 'error',
        MOCK_SUCCESS_RATE: '1',
      }
      const server = await startServer({ ...settings, PLUGINS: `${roles.api},segments,worker` })
      const api = openApi(server.url)
      const { id: segment } = await api.post<{ id: number }>('/segments', {
        name: 'Kisumu',
        rule: { field: 'location', is: 'Kisumu' },
      })
      const { id } = await api.post<Watched>('/campaigns', { name: 'All', channel: 'sms', base_template: 'Hi' })
      const audience = { everyone: true, exclude: { segment_ids: [segment] } }
      expect(await api.post<object>(`/campaigns/${id}/send`, { audience })).toEqual({
        campaign_id: id,
        messages_queued: 0,
        status: 'sending',
        audience_open: true,
        queueing: true,
      })
      const watch = watchCampaign(() => [server.url], id)
      await killSchedulers(database, settings)
      expect(await queued(database)).toBeLessThan(PEOPLE * 0.75)
      await startServer({ ...settings, PLUGINS: roles.scheduler })
      const over = await until(
        'the campaign is over',
        async () => {
          const now = await api.get<Watched>(`/campaigns/${id}`)
          return now.status !== 'sending' && now
        },
        60_000,
      )
      await watch.stop()
      expect(over).toMatchObject({ status: 'sent', audience_open: false, stats: { total: PEOPLE * 0.75 } })
      expect(over.stats.sent).toBe(PEOPLE * 0.75)
      const { rows } = await sql<{ wrong: number }>`select count(*)::int as wrong from customers c
        left join outbound_messages m on m.customer_id = c.id and m.campaign_id = ${id}
        where (m.id is null) <> (c.location = 'Kisumu')`.execute(database.db)
      expect(rows).toEqual([{ wrong: 0 }])
      await expectInvariant(database.db)
    } finally {
      await releaseServers()
      await database.close()
      await clone.drop()
    }
  },
  180_000,
)
