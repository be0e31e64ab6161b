/** A cap over two campaigns to the same people, of which a worker is killed in the middle: by the provider's own ledger. */
import { afterEach, expect, test } from 'bun:test'
import { openPostgres } from '../../core/db/open.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { openApi } from '../../scripts/support/api.ts'
import { expectInvariant } from '../support/invariant.ts'
import { expectReachedOnce, expectSentAsDelivered } from '../support/ledger-judge.ts'
import { releaseLedgers, startLedger } from '../support/ledger-process.ts'
import { cloneDatabase, postgresAvailable } from '../support/postgres.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'
import type { Watched } from '../support/server-process-watch.ts'

const PEOPLE = 2000

afterEach(async () => {
  await releaseServers()
  await releaseLedgers()
})

test.skipIf(!postgresAvailable)(
  `two campaigns to the same ${PEOPLE} people, one message a day, two workers, one killed: everybody gets one message`,
  async () => {
    const clone = await cloneDatabase()
    const database = openPostgres(clone.url, 2)
    try {
      const people = makePeople(PEOPLE, 11)
      const customer_ids = await insertPeople(database.db, people)
      const ledger = await startLedger({
        seed: 5,
        latencyMs: 50,
        errors: 0.02,
        throttled: 0.02,
        retryAfterSeconds: 0.3,
        cut: 0.02,
      })
      const settings = {
        SAMPLE_DATA: 'off',
        LOG_LEVEL: 'error',
        DATABASE_URL: clone.url,
        SMS_SENDER: 'http',
        WHATSAPP_SENDER: 'http',
        HTTP_SENDER_URL: ledger.url,
        HTTP_SENDER_TIMEOUT_MS: '500',
        SMS_IDEMPOTENT: 'on',
        WORKER_LEASE_SECONDS: '1',
        WORKER_BACKOFF_MS: '200',
        WORKER_MAX_ATTEMPTS: '10',
        WORKER_WINDOW: '16',
        WORKER_CONCURRENCY: '4',
      }
      const [first, second] = await Promise.all([startServer(settings), startServer(settings)])
      const api = openApi(first.url)
      await api.put('/policies', { caps: [{ messages: 1, days: 1 }] })
      const draft = { name: 'Capped', channel: 'sms', base_template: 'Hi {first_name}' }
      const ids = await Promise.all([1, 2].map(async () => (await api.post<Watched>('/campaigns', draft)).id))
      await Promise.all(ids.map((id) => api.post(`/campaigns/${id}/send`, { customer_ids })))
      await until('a third is delivered', async () => (await ledger.count()).deliveries >= PEOPLE / 3)
      expect(await second.end('SIGKILL')).toBe(null)
      const restarted = await startServer(settings)
      const over = await until('both campaigns are over', async () => {
        const now = await Promise.all(ids.map((id) => openApi(restarted.url).get<Watched>(`/campaigns/${id}`)))
        return now.every(({ status }) => status !== 'sending') && now
      })
      await expectReachedOnce(
        ledger,
        people.map(({ phone }) => phone),
      )
      await expectInvariant(database.db)
      await expectSentAsDelivered(database.db, ledger)
      for (const { stats } of over)
        expect(stats).toMatchObject({ total: PEOPLE, failed: 0, unknown: 0, pending: 0, sending: 0 })
      const sum = (of: 'sent' | 'skipped') => over.reduce((total, { stats }) => total + stats[of], 0)
      expect([sum('sent'), sum('skipped')]).toEqual([PEOPLE, PEOPLE])
      const codes = await database.db
        .selectFrom('outbound_messages')
        .select('last_error')
        .distinct()
        .where('status', '=', 'skipped')
        .execute()
      expect(codes).toEqual([{ last_error: 'capped' }])
      for (const server of [first, restarted]) expect(await server.end()).toBe(0)
    } finally {
      await releaseServers()
      await database.close()
      await clone.drop()
    }
  },
  120_000,
)
