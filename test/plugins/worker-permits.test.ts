/** Permits fewer than wanted: the worker starts exactly those, and either asks again later or gives the chunk back. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { accepted, openScript, until } from '../support/chunk.ts'
import { range } from '../support/dispatch.ts'

const ids = (from: number, to: number) => range(from, to).map(String)
const answer = async ({ message }: { message: { id: string } }) => accepted(message.id)

describe('workChunk()', () => {
  test('starts the first messages of those that it wanted, and wants the rest again', async () => {
    const script = openScript(20, { answer, permit: (_, nth) => (nth === 1 ? { permits: 3, wait_ms: 500 } : {}) })
    expect(await script.ended).toBe(20)
    expect(script.reports[0]).toMatchObject({ startedUpto: '0', wanted: ids(1, 8) })
    const asked = script.reports.filter(({ wanted }) => wanted.length > 0)
    expect(asked[1]).toMatchObject({ startedUpto: '3', wanted: ids(4, 11) })
    expect(script.sleeps).toEqual([500])
    expect(script.ids()).toEqual(ids(1, 20))
    expect(script.last()).toMatchObject({ next: 'done', startedUpto: '20' })
  })

  test('keeps its lease while nothing is permitted, and asks again no sooner than it was told', async () => {
    const script = openScript(4, { answer, permit: (_, nth) => (nth <= 5 ? { permits: 0, wait_ms: 500 } : {}) })
    expect(await script.ended).toBe(4)
    expect(script.sleeps).toEqual([500, 500, 500, 500, 500])
    // Five that got nothing, one that got all, one with the results.
    expect(script.reports).toHaveLength(7)
    expect(script.reports.slice(0, 6).every(({ next, startedUpto }) => next === 'keep' && startedUpto === '0')).toBe(
      true,
    )
  })

  test('asks earlier than told where its lease would end before', async () => {
    const script = openScript(1, { answer, permit: (_, nth) => (nth === 1 ? { permits: 0, wait_ms: 3_600_000 } : {}) })
    expect(await script.ended).toBe(1)
    expect(script.sleeps).toEqual([10_000])
  })

  test('reports results that come in while it waits, and asks for nothing with them', async () => {
    const script = openScript(8, {
      job: { window: 4 },
      permit: (_, nth) => (nth === 1 ? { permits: 2, wait_ms: 500 } : nth === 3 ? { permits: 0, wait_ms: 500 } : {}),
    })
    await until(() => script.started.length === 2)
    script.started[0]?.answer()
    script.started[1]?.answer()
    await until(() => script.started.length >= 4)
    for (const call of script.started) call.answer()
    await until(() => script.started.length === 8)
    for (const call of script.started) call.answer()
    expect(await script.ended).toBe(8)
    expect(script.ids()).toEqual(ids(1, 8))
  })

  test('gives the chunk back when fewer are permitted and it is not worth asking again', async () => {
    const script = openScript(20, { answer, permit: (_, nth) => (nth === 1 ? { permits: 3 } : {}) })
    expect(await script.ended).toBe(3)
    expect(script.ids()).toEqual(ids(1, 3))
    expect(script.sleeps).toEqual([])
    expect(script.last()).toMatchObject({ next: 'release', startedUpto: '3', inFlight: 0, wanted: [] })
  })

  test('gives the chunk back at once when it is stopped while it waits', async () => {
    const script = openScript(5, { answer, permit: () => ({ permits: 0, wait_ms: 1000 }) })
    await until(() => script.sleeps.length > 0)
    script.stop.abort()
    expect(await script.ended).toBe(0)
    expect(script.last()).toMatchObject({ next: 'release', startedUpto: '0', inFlight: 0 })
  })

  test('skips what expired while it waited', async () => {
    let expired = false
    const script = openScript(4, {
      answer,
      job: { expired: () => expired },
      permit: ({ wanted }) => {
        if (wanted.length === 0 || expired) return {}
        expired = true
        return { permits: 1, wait_ms: 5 }
      },
    })
    expect(await script.ended).toBe(4)
    expect(script.ids()).toEqual(['1'])
    expect(script.results().filter(({ code }) => code === 'expired')).toHaveLength(3)
  })
})

/** Answers of the database, in turn; then it permits all that is wanted. */
const permits = fc.array(fc.record({ permits: fc.nat({ max: 9 }), wait_ms: fc.constantFrom(0, 1, 1, 1, 50) }), {
  maxLength: 25,
})

test('under any permits each message is started at most once, only when permitted, and is accounted for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 9 }), permits, async (size, window, answers) => {
      /** Messages that the database permitted, and up to where it holds them for started. */
      const permitted: string[] = []
      let watermark = 0n
      let reported = 0
      const script = openScript(size, {
        answer,
        job: { window },
        customers: { 3: { phone: null }, 4: { first_name: null } },
        permit: ({ wanted, startedUpto, results, inFlight }, nth) => {
          reported += results.length
          const answer = wanted.length === 0 ? undefined : answers[nth - 1]
          const count = Math.min(answer?.permits ?? wanted.length, wanted.length)
          permitted.push(...wanted.slice(0, count))
          watermark = BigInt(wanted[count - 1] ?? startedUpto)
          expect(inFlight + wanted.length).toBeLessThanOrEqual(window)
          return { permits: count, wait_ms: answer?.wait_ms ?? 0 }
        },
      })
      const count = await script.ended
      expect(script.ids()).toEqual(permitted)
      expect(new Set(script.ids()).size).toBe(script.started.length)
      const seen = script.results().map(({ id }) => id)
      expect(new Set(seen).size).toBe(seen.length)
      expect(count).toBe(reported)
      expect(script.last()?.next).toBe(seen.length === size ? 'done' : 'release')
      expect(script.started.every(({ id }) => BigInt(id) <= watermark)).toBe(true)
      // Each has a result, or is left to the next owner and was never started.
      expect(script.ids().every((id) => seen.includes(id))).toBe(true)
    }),
    { numRuns: 200 },
  )
}, 60_000)

describe('race 10: in doubt, where it may be sent again', () => {
  const cases = {
    'the campaign has expired': { job: { expired: () => true }, code: 'lease.lost' },
    'the customer was deleted': { customers: { 1: { phone: null } }, code: 'lease.lost' },
    'its text is empty by now': { job: { render: () => ' ' }, code: 'lease.lost' },
    'it cannot be rendered': {
      job: {
        render: () => {
          throw new Error('broken')
        },
      },
      code: 'poisoned',
    },
  }
  for (const [name, { code, ...script }] of Object.entries(cases))
    test(`${name}: it becomes unknown, never skipped`, async () => {
      const { ended, results, ids: started } = openScript(1, { startedUpto: '1', ...script })
      await ended
      expect(started()).toEqual([])
      expect(results()).toMatchObject([{ status: 'unknown', code }])
    })
})
