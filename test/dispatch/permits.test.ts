/** Fewer permits than wanted, in the statement: it counts exactly those, and its watermark covers no other message. */
import { expect, test } from 'bun:test'
import type { CompiledQuery, Kysely } from 'kysely'
import type { Lease } from '../../core/messaging/chunk/work.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { getChunk, loseLeases, openDispatch, outcomes, range, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

/** The database, where the report permits `most` messages of a chunk, as a limit of the sender would. */
function lowered(db: Kysely<Database>, most: number): Kysely<Database> {
  const from = 'else a.wanted end as permits'
  return new Proxy(db, {
    get(target, key) {
      const value = Reflect.get(target, key, target)
      if (key !== 'executeQuery') return typeof value === 'function' ? value.bind(target) : value
      return (query: CompiledQuery) => {
        if (query.sql.includes('wanted') && !query.sql.includes(from)) throw new Error(`It does not say "${from}"`)
        return target.executeQuery({
          ...query,
          sql: query.sql.replace(from, `else least(a.wanted, ${most}) end as permits`),
        })
      }
    },
  })
}

/** As it is claimed where its sender has limits: it names the messages that it wants. */
const limited = (lease: Lease): Lease => ({ ...lease, limited: 'message' })

eachDispatch((db) => {
  for (const most of [0, 1, 3, 5, 9])
    test(`report() permits ${most} of 5 messages with ids apart, and raises the watermark to the last of these`, async () => {
      const { take } = await startCampaign(db(), 600)
      const [lease, beside] = [limited(await take()), limited(await take())]
      const { report } = openDispatch(lowered(db(), most))
      const wanted = [2, 3, 7, 11, 20]
      const [answer, other] = await Promise.all([
        report(lease, { results: outcomes([1], 'sent'), startedUpto: '1', inFlight: 0, wanted }),
        report(beside, { wanted: range(501, 510), inFlight: 2 }),
      ])
      const permits = Math.min(most, 5)
      expect(answer).toMatchObject({ moved: 1, permits })
      expect(await getChunk(db(), lease.id)).toMatchObject({
        started_upto: String([1, ...wanted][permits]),
        in_flight: permits,
      })
      expect(other).toMatchObject({ permits: most })
      expect(await getChunk(db(), beside.id)).toMatchObject({
        started_upto: String(most === 0 ? 0 : 500 + most),
        in_flight: 2 + most,
      })
    })

  test('race 10: after a crash only what was permitted is in doubt', async () => {
    const { take } = await startCampaign(db(), 10)
    await openDispatch(lowered(db(), 3)).report(limited(await take()), { wanted: range(1, 8) })
    await loseLeases(db())
    expect(await take()).toMatchObject({ started_upto: '3' })
  })

  test('report() of messages that were in doubt before: the watermark stays above them', async () => {
    const { take } = await startCampaign(db(), 10)
    await openDispatch(db()).report(limited(await take()), { wanted: range(1, 8) })
    await loseLeases(db())
    const lease = limited(await take())
    await openDispatch(lowered(db(), 2)).report(lease, { wanted: range(1, 8) })
    expect(await getChunk(db(), lease.id)).toMatchObject({ started_upto: '8', in_flight: 2 })
  })

  test('race 20: a chunk that is permitted nothing has not moved, and one that is permitted something has', async () => {
    const { take } = await startCampaign(db(), 10)
    const lease = limited(await take())
    await openDispatch(lowered(db(), 0)).report(lease, { wanted: range(1, 8) })
    expect(await getChunk(db(), lease.id)).toMatchObject({ epoch: 1, progress_epoch: 0 })
    await openDispatch(lowered(db(), 1)).report(lease, { wanted: range(1, 8) })
    expect(await getChunk(db(), lease.id)).toMatchObject({ epoch: 1, progress_epoch: 1 })
  })
})
