import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openMeter } from '../../plugins/worker/meter.ts'
import { openRateLoop } from '../../plugins/worker/rate.ts'
import { manualClock } from '../support/clock.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { inertResources } from '../support/inert.ts'
import { until } from '../support/server-process-wait.ts'

const sent = { status: 'sent', code: null } as const
const failed = { status: 'failed', code: 'provider.rejected' } as const

describe('openMeter()', () => {
  test('counts outcomes, failures by campaign and reason, and no message that is tried again', () => {
    const meter = openMeter()
    meter.add(1, [sent, failed, failed, { status: 'pending', code: 'provider.rejected' }])
    meter.add(2, [failed, { status: 'unknown', code: 'timeout' }])
    const about = { status: 'failed', code: 'provider.rejected' } as const
    expect(meter.take()).toEqual({
      results: 5,
      failures: [
        { campaignId: 1, ...about, count: 2 },
        { campaignId: 2, ...about, count: 1 },
        { campaignId: 2, status: 'unknown', code: 'timeout', count: 1 },
      ],
    })
    expect(meter.take()).toEqual({ results: 0, failures: [] })
  })
})

eachDatabase((database) => {
  beforeEach(() => emptyTables(database().db))

  /** The loop with a clock that is turned by hand, in a process of the name `me`. */
  async function setup() {
    const { db } = database()
    await sql`insert into processes (id, host, pid, plugins) values ('me', 'here', 1, '{worker}')`.execute(db)
    const clock = manualClock()
    const { resources } = inertResources(clock)
    const meter = openMeter()
    const stop = new AbortController()
    const grant = {
      messaging: { work: openWorkService(db) },
      clock,
      log: resources.log,
      process: { id: 'me' },
    } as unknown as WorkGrant
    const ended = openRateLoop(grant, meter)(stop.signal, stop.signal)
    const rate = async () => (await db.selectFrom('processes').select('rate').executeTakeFirstOrThrow()).rate
    const turn = async (expected: number) => {
      await until('the loop sleeps', () => clock.sleepers().length > 0)
      await clock.turn(2000)
      await until(`the rate is ${expected}`, async () => (await rate()) === expected)
    }
    const end = async () => {
      stop.abort()
      await ended
    }
    return { db, meter, turn, end }
  }

  test('the rate loop adds to spans of time, and writes nothing while nothing happens', async () => {
    const { db, meter, turn, end } = await setup()
    meter.add(1, [sent, sent, failed, failed])
    await turn(2)
    meter.add(1, [sent, failed])
    await turn(1)
    await turn(0)
    await sql`delete from throughput where settled = 0`.execute(db)
    await turn(0)
    await end()
    const total = await db.selectFrom('throughput').select(sql<number>`sum(settled)::int`.as('settled')).execute()
    const failures = await db
      .selectFrom('failures')
      .select(['campaign_id', 'status', 'code', sql<number>`sum(count)::int`.as('count')])
      .groupBy(['campaign_id', 'status', 'code'])
      .execute()
    expect(total).toEqual([{ settled: 6 }])
    expect(failures).toEqual([{ campaign_id: 1, status: 'failed', code: 'provider.rejected', count: 3 }])
    expect(await db.selectFrom('throughput').select('at').where('settled', '=', 0).execute()).toEqual([])
  })

  test('the rate loop takes out what is too old, or too much', async () => {
    const { db, meter, turn, end } = await setup()
    await sql`insert into throughput (at, settled) select now() - i * interval '1 minute', 1
      from generate_series(1, 60) i`.execute(db)
    await sql`insert into failures (at, campaign_id, status, code, count)
      select now() - i * interval '1 second', 1, 'failed', 'x', 1 from generate_series(1, 1500) i`.execute(db)
    meter.add(1, [sent, sent])
    await turn(1)
    await end()
    const { rows } = await sql`select (select count(*)::int from throughput) as spans,
      (select count(*)::int from failures) as failures`.execute(db)
    expect(rows).toEqual([{ spans: 15, failures: 1001 }])
  })
})
