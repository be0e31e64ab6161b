import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import { Outage } from '../../core/errors.ts'
import { check, checkLoops } from '../../core/host/health.ts'
import type { LoopState } from '../../core/host/plugin.ts'
import { closeBreaker, openBreaker } from '../../core/messaging/senders/breaker.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables, freshDatabase } from '../support/databases.ts'
import { loseLeases, outcomes, startCampaign } from '../support/dispatch.ts'

const running: LoopState = {
  plugin: 'worker',
  loop: 'work',
  state: 'running',
  restarts: 0,
  last_error: null,
  since: Date.UTC(2030, 0, 1),
}

describe('check()', () => {
  const describeError = (error: unknown) => `told: ${(error as Error).message}`

  test('counts what hangs as unhealthy', async () => {
    const hung = await check(() => new Promise(() => {}), describeError, 20)
    expect(hung).toEqual({ status: 'unhealthy', message: 'No answer within 20 ms' })
  })

  test('takes a probe that throws before it returns a promise', async () => {
    const thrown = await check(() => {
      throw new Error('at once')
    }, describeError)
    expect(thrown).toEqual({ status: 'unhealthy', message: 'told: at once' })
  })

  test('checkLoops() names the loops that do not run', () => {
    expect(checkLoops([running])).toMatchObject({ status: 'healthy' })
    expect(checkLoops([running, { ...running, loop: 'rate', state: 'backing_off' }])).toMatchObject({
      status: 'unhealthy',
      message: 'worker.rate is backing off',
    })
  })
})

eachDatabase((database) => {
  let api: Api
  beforeEach(() => {
    api = openApi(database().db)
  })

  test('GET /health is healthy when the database, the queue and all loops are', async () => {
    api.state.loops = [running]
    const { status, json } = await api.call('GET', '/health')
    expect(status).toBe(200)
    expect(json).toEqual({
      status: 'healthy',
      checks: {
        database: { status: 'healthy' },
        queue: { status: 'healthy' },
        senders: { status: 'healthy' },
        dispatch: { status: 'healthy' },
        loops: { status: 'healthy', loops: [{ ...running, since: '2030-01-01T00:00:00.000Z' }] },
      },
    })
  })

  test('GET /health names a channel whose circuit is open, is degraded and still answers 200', async () => {
    await openBreaker(database().db, 'whatsapp', 'provider.account', 5)
    const { status, json } = await api.call('GET', '/health')
    expect([status, json.status, json.checks.senders.status]).toEqual([200, 'degraded', 'degraded'])
    expect(json.checks.senders.message).toMatch(
      /^WhatsApp sending is paused because the provider rejects our account \(since 2.*Z; next attempt at 2.*Z\)$/,
    )
    await closeBreaker(database().db, 'whatsapp')
  })

  test('GET /health names the campaigns of which a chunk makes no progress, and answers 200', async () => {
    const { db } = database()
    const { campaignId, take, report } = await startCampaign(db, 4)
    for (const stuck of [false, false, true]) {
      const lease = await take()
      const { status, json } = await api.call('GET', '/health')
      const expected = stuck ? 'degraded' : 'healthy'
      expect([status, json.status, json.checks.dispatch.status]).toEqual([200, expected, expected])
      if (stuck) await report(lease, { results: outcomes([1, 2, 3, 4], 'sent'), startedUpto: '4', next: 'done' })
      else await loseLeases(db)
    }
    await sql`insert into failures (at, campaign_id, status, code, count)
      values (now(), ${campaignId}, 'failed', 'poisoned', 2)`.execute(db)
    const { json } = await api.call('GET', '/health')
    expect(json.checks.dispatch).toEqual({
      status: 'degraded',
      message: `2 messages ended as poisoned recently (campaign ${campaignId}): see the log`,
    })
    await emptyTables(db)
  })

  test('GET /health answers 503 and says what is wrong, without a stack or an address', async () => {
    api.state.queue = () =>
      Promise.reject(Object.assign(new Error('connect amqp://guest:secret@host'), { code: 'ECONNREFUSED' }))
    const { status, json, text } = await api.call('GET', '/health')
    expect(status).toBe(503)
    expect(json.status).toBe('unhealthy')
    expect(json.checks.database).toEqual({ status: 'healthy' })
    expect(json.checks.queue).toEqual({
      status: 'unhealthy',
      message: 'The queue cannot be reached (ECONNREFUSED)',
    })
    expect(text).not.toContain('secret')
  })
})

eachDatabase((database) => {
  test('GET /health/ready answers 503 from the moment that the process stops; /health/live goes on', async () => {
    const api = openApi(database().db)
    expect(await api.call('GET', '/health/ready')).toMatchObject({ status: 200, json: { status: 'ready' } })
    api.stop()
    expect(await api.call('GET', '/health/ready')).toMatchObject({
      status: 503,
      json: { status: 'not_ready', message: 'The process is stopping' },
    })
    expect(await api.call('GET', '/health/live')).toMatchObject({ status: 200, json: { status: 'live' } })
    expect((await api.call('GET', '/campaigns')).status).toBe(200)
  })

  test('GET /health tells why writes fail, in words', async () => {
    const api = openApi(database().db)
    api.state.database = () => Promise.reject(new Outage('DATABASE_FULL', 'The disk of the database is full'))
    const { status, json } = await api.call('GET', '/health')
    expect([status, json.checks.database]).toEqual([
      503,
      { status: 'unhealthy', message: 'The disk of the database is full (DATABASE_FULL)' },
    ])
    expect((await api.call('GET', '/health/ready')).status).toBe(200)
  })
})

async function expectUnavailable(lost: Api): Promise<void> {
  const { status, json } = await lost.call('GET', '/health')
  expect(status).toBe(503)
  expect([json.checks.database.status, json.checks.senders.status]).toEqual(['unhealthy', 'unknown'])
  expect((await lost.call('GET', '/health/live')).status).toBe(200)
  expect(await lost.call('GET', '/health/ready')).toMatchObject({ status: 503, json: { status: 'not_ready' } })
  for (const path of ['/campaigns', '/customers/1', '/stats']) {
    const answer = await lost.call('GET', path)
    expect([answer.status, answer.json.error.code]).toEqual([503, 'DATABASE_UNAVAILABLE'])
    expect(answer.text).not.toContain('127.0.0.1')
  }
}

test('a server that is not there: 503 from /health, and DATABASE_UNAVAILABLE from the rest', async () => {
  const { db } = openPostgres('postgres://nobody@127.0.0.1:1/nothing', 1)
  await expectUnavailable(openApi(db))
})

test('an embedded database that is closed: 503 from /health, and DATABASE_UNAVAILABLE from the rest', async () => {
  const own = await freshDatabase('pglite')
  const lost = openApi(own.db)
  expect((await lost.call('GET', '/health')).status).toBe(200)
  await own.close()
  await expectUnavailable(lost)
})
