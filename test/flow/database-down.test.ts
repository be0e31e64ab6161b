/** The database goes away under a running server, and comes back. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { migrateToLatest } from '../../core/db/migrate.ts'
import { openPostgres } from '../../core/db/open.ts'
import { type PostgresServer, postgresAvailable, postgresBinaries, startPostgres } from '../support/postgres.ts'
import { releaseServers, startServer } from '../support/server-process.ts'
import { until } from '../support/server-process-wait.ts'

interface Answer {
  readonly status: number
  readonly body: { readonly id?: number; readonly status?: string; readonly error?: { readonly code: string } }
}

async function call(url: string, path: string, body?: unknown): Promise<Answer> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url + path, body === undefined ? {} : init)
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

describe.skipIf(!postgresAvailable)('with PostgreSQL gone', () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres({ binaries: postgresBinaries, durable: true })
    const { db, close } = openPostgres(postgres.url('postgres'))
    await migrateToLatest(db)
    await close()
  }, 60_000)
  afterEach(releaseServers)
  afterAll(() => postgres.dispose())

  test('answers are 503 and quick, and all goes on by itself when it is back', async () => {
    const server = await startServer({ DATABASE_URL: postgres.url('postgres'), MOCK_SUCCESS_RATE: '1' })
    const customer = await call(server.url, '/customers', { phone: '+254712345678' })
    const campaign = await call(server.url, '/campaigns', { name: 'a', channel: 'sms', base_template: 'Hello' })
    const send = () => call(server.url, `/campaigns/${campaign.body.id}/send`, { customer_ids: [customer.body.id] })

    await postgres.stop('immediate')
    for (let round = 0; round < 5; round++) {
      const begun = performance.now()
      for (const answer of [await call(server.url, '/campaigns'), await send()])
        expect(answer).toMatchObject({ status: 503, body: { error: { code: 'DATABASE_UNAVAILABLE' } } })
      expect((await call(server.url, '/health')).status).toBe(503)
      expect(performance.now() - begun).toBeLessThan(10_000)
    }

    await postgres.start()
    await until('the server is healthy again', async () => (await call(server.url, '/health')).status === 200)
    expect(await send()).toMatchObject({ status: 200 })
    await until('the message is sent', async () => {
      const { body } = await call(server.url, `/campaigns/${campaign.body.id}`)
      return body.status === 'sent'
    })
    expect(await server.end()).toBe(0)
  })

  test('the process still stops in time', async () => {
    const server = await startServer({ DATABASE_URL: postgres.url('postgres'), DRAIN_SECONDS: '5' })
    await postgres.stop('immediate')
    const begun = performance.now()
    expect(await server.end()).toBe(0)
    expect(performance.now() - begun).toBeLessThan(10_000)
    await postgres.start()
  })
})
