/**
 * No message waits because of another message's delay: an hour's Retry-After beside retries of seconds, in one report or in
 * several, through splits of poisoned chunks, pauses and resumptions.
 *
 * The bound: a message that is to be tried again after `delay` is due no sooner than that, and no later than a second after
 * it, or a quarter of its own delay where that is 8 seconds or more (the width of its due bucket). A message of a split chunk
 * is due at once, and so is one whose time came while its campaign was paused.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import { splitChunk } from '../../core/messaging/chunk/poison.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { emptyTables, freshDatabase, type TestDatabase } from '../support/databases.ts'
import { outcome, startCampaign } from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'
import { postgresAvailable } from '../support/postgres.ts'

const MESSAGES = 12
const boundMs = (delay: number) => (delay === 0 ? 0 : delay < 8000 ? 1000 : delay / 4)

const HOUR = 3_600_000
const delay = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 7999 }),
  fc.integer({ min: 8000, max: 300_000 }),
  fc.integer({ min: HOUR - 1000, max: HOUR + 1000 }),
  fc.constant(24 * HOUR),
)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      delays: fc.array(delay, { minLength: MESSAGES, maxLength: MESSAGES }),
      /** Messages of its first report; the others are in a second one. */
      first: fc.nat({ max: MESSAGES }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('split' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: delay }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Bounds of a message's due time, in milliseconds of the history. */
interface Due {
  /** 0 for one that may go at once, and may join others that could before. */
  readonly from: number
  readonly upto: number
}

async function openHistory(db: Kysely<Database>) {
  const { campaignId, claim, read, report, control } = await startCampaign(db, MESSAGES)
  const due = new Map<string, Due>()
  let paused = false
  /** Time that the history has skipped. */
  let skipped = 0
  const now = async () => {
    const { rows } = await sql<{
      ms: number
    }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db)
    return (rows[0]?.ms ?? Number.NaN) + skipped
  }
  /** Runs it, and notes the bounds of each message. */
  async function noting(run: () => Promise<unknown>, delays: ReadonlyMap<string, number>) {
    const before = await now()
    await run()
    const after = await now()
    for (const [id, ms] of delays) due.set(id, { from: ms === 0 ? 0 : before + ms, upto: after + ms + boundMs(ms) })
  }
  const reportDelays = async (
    lease: Lease,
    ids: readonly string[],
    delays: ReadonlyMap<string, number>,
    next: 'keep' | 'done',
  ) => {
    const results = ids.map((id) => outcome(id, 'pending', { attempts: 0, delayMs: delays.get(id) ?? 0 }))
    const expected = new Map(ids.map((id) => [id, delays.get(id) ?? 0]))
    await noting(() => report(lease, { results, startedUpto: lease.last_id, next }), expected)
  }
  /** A chunk that is due, of which no message may be early; undefined where there is none, and then no message may be due. */
  async function claimDue(): Promise<{ lease: Lease; ids: string[] } | undefined> {
    const before = await now()
    const lease = await claim()
    const after = await now()
    if (!lease) {
      if (!paused) expect([...due].filter(([, { upto }]) => upto < before)).toEqual([])
      return undefined
    }
    const ids = (await read(lease)).map(({ id }) => id)
    expect(ids.filter((id) => (due.get(id)?.from ?? 0) > after)).toEqual([])
    for (const id of ids) due.delete(id)
    return { lease, ids }
  }
  async function act(each: Step) {
    if (each.do === 'pause' && !paused) await control(campaignId, 'pause')
    if (each.do === 'resume' && paused) {
      await control(campaignId, 'resume')
      const after = await now()
      for (const [id, { from, upto }] of due) due.set(id, { from, upto: Math.max(upto, after) })
    }
    if (each.do === 'pause' || each.do === 'resume') paused = each.do === 'pause'
    if (each.do === 'wait') {
      skipped += each.ms
      await sql`update dispatch_chunks set due_at = due_at - ${each.ms}::float8 * interval '1 millisecond',
        due_bucket = case when due_bucket > to_timestamp(0) then due_bucket - ${each.ms}::float8 * interval '1 millisecond'
          else due_bucket end
        where state in ('ready', 'held')`.execute(db)
    }
    if (each.do !== 'report' && each.do !== 'split') return
    const claimed = await claimDue()
    if (!claimed) return
    const { lease, ids } = claimed
    if (each.do === 'split' && ids.length > 1)
      return noting(() => splitChunk(db, lease), new Map(ids.map((id) => [id, 0])))
    const delays = new Map(ids.map((id, at) => [id, each.do === 'report' ? (each.delays[at] ?? 0) : 0]))
    const first = each.do === 'report' ? each.first : 0
    await reportDelays(lease, ids.slice(0, first), delays, 'keep')
    await reportDelays(lease, ids.slice(first), delays, 'done')
  }
  async function check() {
    await expectInvariant(db)
    const { rows } = await sql<{ id: string; ms: number }>`
      select m.id, (extract(epoch from c.due_at) * 1000)::float8 as ms
      from outbound_messages m join dispatch_chunks c on c.turn = m.turn and m.id = any(c.ids)
      where m.status = 'pending' and c.state = 'ready'`.execute(db)
    const wrong = rows.filter(({ id, ms }) => {
      const { from, upto } = due.get(id) ?? { from: 0, upto: 0 }
      // A millisecond for what floating point rounds.
      return ms + skipped > upto + 1 || ms + skipped < Math.min(from, upto) - 1
    })
    expect(wrong).toEqual([])
  }
  return { act, check, claimDue }
}

describe.skipIf(!postgresAvailable)('with reports, splits, pauses and time in any order', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await freshDatabase('postgres')
  }, 60_000)
  afterAll(() => database?.close())

  test('each message is due within the bound of its own delay, and claimed when it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25, size: 'max' }), async (steps) => {
        await emptyTables(database.db)
        const { act, check, claimDue } = await openHistory(database.db)
        for (const each of steps) {
          await act(each)
          await check()
        }
        while (await claimDue());
      }),
      { numRuns: Number(process.env.MODEL_RUNS ?? 30) },
    )
  }, 120_000)
})
