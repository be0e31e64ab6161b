/** Rules of segments as SQL, on generated customers: the database finds whom the evaluator in memory finds. */
import { beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { type Clock, systemClock } from '../../core/clock.ts'
import { compileAudience } from '../../core/messaging/segments/audience.ts'
import { countAudience } from '../../core/messaging/segments/count.ts'
import { insertSegment } from '../../core/messaging/segments/segments.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { evaluate, type World } from '../support/segment-evaluator.ts'
import { fillWorld, isShort, rulesOf, type TestRule } from '../support/segment-world.ts'

const LONG = 240_000
const RULES = 2000

eachDatabase((database, kind) => {
  let world: World

  beforeAll(async () => {
    const { db } = database()
    await emptyTables(db)
    const empty = await fillWorld(db, 19)
    const segments = new Map<number, TestRule>()
    for (const rule of fc.sample(rulesOf(empty), { numRuns: 4, seed: 19 })) {
      // Each but the first within the one before.
      const [before] = [...segments.keys()].slice(-1)
      const whole = before === undefined ? rule : { all: [rule, { not: { segment: before } }] }
      const { id } = await insertSegment(db, { name: `Segment ${segments.size}`, rule: whole })
      segments.set(id, whole)
    }
    world = { ...empty, segments }
  }, LONG)

  async function found(rule: TestRule, range = {}): Promise<number[]> {
    const { db } = database()
    const audience = await compileAudience(db, rule, { now: world.now })
    const rows = await audience.customers(db, range).orderBy('customers.id').execute()
    return rows.map(({ id }) => id)
  }

  test(
    `${RULES} rules hold the customers that they say`,
    async () => {
      const sizes = new Set<number>()
      await fc.assert(
        fc.asyncProperty(rulesOf(world), async (rule) => {
          fc.pre(isShort(rule, world))
          const expected = evaluate(rule, world)
          sizes.add(expected.length)
          expect(await found(rule)).toEqual(expected)
        }),
        { numRuns: RULES },
      )
      // Rules that held all or nobody would show nothing.
      expect(sizes.size).toBeGreaterThan(50)
    },
    LONG,
  )

  test(
    'steps by the last id hold the same customers, with and without an upper end',
    async () => {
      const [first = 0, last = 0] = [world.customers[0]?.id, world.customers.at(-1)?.id]
      const cuts = fc.integer({ min: first, max: last })
      await fc.assert(
        fc.asyncProperty(rulesOf(world), cuts, cuts, async (rule, one, other) => {
          fc.pre(isShort(rule, world))
          const [after, upTo] = [Math.min(one, other), Math.max(one, other)]
          const steps = [
            await found(rule, { upTo: after }),
            await found(rule, { after, upTo }),
            await found(rule, { after: upTo }),
          ]
          expect(steps.flat()).toEqual(evaluate(rule, world))
        }),
        { numRuns: 100 },
      )
    },
    LONG,
  )

  test(
    'a count names the first ten',
    async () => {
      const { db } = database()
      await fc.assert(
        fc.asyncProperty(rulesOf(world), async (rule) => {
          fc.pre(isShort(rule, world))
          const expected = evaluate(rule, world)
          const audience = await compileAudience(db, rule, { now: world.now })
          const counted = await countAudience(db, audience, systemClock)
          expect(counted).toEqual({ count: expected.length, ids: expected.slice(0, 10) })
        }),
        { numRuns: 100 },
      )
    },
    LONG,
  )

  test('a value is data, whatever it looks like', async () => {
    const { db } = database()
    for (const text of ["'; drop table customers; --", "' or 1=1 --", '$1', '%', '_', '\\', '"'])
      for (const operator of ['is', 'contains', 'starts_with'])
        await found({
          any: [{ field: 'location', [operator]: text }, { field: 'attributes.city', [operator]: text }, { tag: text }],
        })
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from customers`.execute(db)
    expect(rows).toEqual([{ count: world.customers.length }])
    const audience = await compileAudience(db, { field: 'location', is: "'; drop table customers; --" }, { now: 0 })
    expect(audience.customers(db).compile().sql).not.toContain('drop')
  })

  test(
    'a count that takes too long ends with what to do',
    async () => {
      const { db } = database()
      const audience = await compileAudience(db, { field: 'phone', starts_with: '+' }, { now: 0 })
      if (kind === 'pglite') {
        let ms = 0
        const slow: Clock = { ...systemClock, elapsed: () => (ms += 11_000) }
        expect(countAudience(db, audience, slow)).rejects.toMatchObject({ code: 'RULE_TOO_SLOW', status: 503 })
        return
      }
      // A statement that waits for ever is ended by its time limit, as one is that reads for ever.
      const held = Promise.withResolvers<void>()
      const locked = Promise.withResolvers<void>()
      const holding = db.transaction().execute(async (trx) => {
        await sql`lock table customers in access exclusive mode`.execute(trx)
        locked.resolve()
        await held.promise
      })
      await locked.promise
      try {
        await expect(countAudience(db, audience, systemClock, 0.2)).rejects.toMatchObject({ code: 'RULE_TOO_SLOW' })
      } finally {
        held.resolve()
        await holding
      }
    },
    LONG,
  )
})
