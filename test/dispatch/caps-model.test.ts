/** Places within the caps, judged by a plain model, and asked for by several at the same moment. */
import { beforeEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Kysely } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import type { Channel } from '../../core/messaging/channel.ts'
import { capsOf } from '../../core/messaging/policy/caps.ts'
import { openReserve, type Reserve } from '../../core/messaging/policy/reserve.ts'
import type { Database, MessageStatus } from '../../core/messaging/schema.ts'
import { allowedByModel, type Permit } from '../support/cap-model.ts'
import { addMessages, ask, capped, goBack, HOUR, phoneOf } from '../support/caps.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { range } from '../support/dispatch.ts'

eachDatabase((database, kind) => {
  let db: Kysely<Database>
  let reserve: Reserve
  beforeEach(async () => {
    db = database().db
    await emptyTables(db)
    reserve = openReserve(db, 0)
  })

  const channel = fc.constantFrom<Channel>('sms', 'whatsapp')
  const document = fc
    .record({
      caps: fc.array(
        fc.record({
          messages: fc.integer({ min: 1, max: 4 }),
          days: fc.integer({ min: 1, max: 5 }),
          channel: fc.option(channel, { nil: undefined }),
        }),
        { maxLength: 3 },
      ),
      min_gap_hours: fc.option(fc.integer({ min: 1, max: 30 })),
    })
    .filter((one) => capsOf(one) !== undefined)
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), id: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 40 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('end' as const),
        id: fc.integer({ min: 1, max: 12 }),
        status: fc.constantFrom<MessageStatus>('sent', 'failed', 'unknown', 'skipped', 'pending'),
      }),
    },
  )
  test('whatever the caps, the times and the ends of messages: as a plain model decides', async () => {
    const channelOf = (id: number): Channel => (id % 3 === 0 ? 'whatsapp' : 'sms')
    await addMessages(
      db,
      range(1, 12).map(() => 'pending'),
      channelOf,
    )
    await fc.assert(
      fc.asyncProperty(document, fc.array(step, { minLength: 5, maxLength: 40 }), async (policies, steps) => {
        await db.deleteFrom('cap_reservations').execute()
        await db.updateTable('outbound_messages').set({ status: 'pending' }).execute()
        const caps = capped(policies)
        const statuses = new Map<number, MessageStatus>()
        const permits = new Map<number, Permit>()
        let now = 0
        for (const one of steps) {
          if (one.kind === 'pass') {
            now += one.hours * HOUR
            await goBack(db, one.hours * HOUR)
          } else if (one.kind === 'end') {
            statuses.set(one.id, one.status)
            await db
              .updateTable('outbound_messages')
              .set({ status: one.status })
              .where('id', '=', String(one.id))
              .execute()
          } else {
            const { id } = one
            const of = channelOf(id)
            const others = [...permits].filter(
              ([other]) => other !== id && !['failed', 'skipped'].includes(statuses.get(other) ?? ''),
            )
            // The real time that passes is far less than the hours of the caps: a message is never at their edge.
            const expected = allowedByModel(
              policies,
              others.map(([, permit]) => permit),
              { at: now + 1000, channel: of },
            )
            expect(await ask(reserve, id, { caps, channel: of })).toBe(expected)
            if (expected) permits.set(id, { at: now, channel: of })
            else permits.delete(id)
          }
        }
      }),
      { numRuns: kind === 'postgres' ? 150 : 40 },
    )
  }, 60_000)

  test.skipIf(kind === 'pglite')(
    'race 51: two who ask at the same moment for messages to the same people: never more than the cap',
    async () => {
      const pools = range(1, 4).map(() => openPostgres(database().url ?? '', 2))
      try {
        const caps = capped({ caps: [{ messages: 2, days: 1 }] })
        const claimants = pools.map(({ db }) => openReserve(db as Kysely<Database>, 30))
        const people = range(1, 400)
        const allowed = new Map<string, number>()
        const asks = claimants.flatMap((claimant, nth) =>
          range(0, 4).map(async (round) => {
            // Each in an order of its own: the statement has its own (race 53).
            const order = people.toSorted(
              (a, b) => ((a * 7919 + nth * 31 + round) % 401) - ((b * 7919 + nth * 31 + round) % 401),
            )
            const base = (nth * 5 + round) * 1000
            const ids = order.map((person) => String(base + person))
            const phones = order.map(phoneOf)
            const refused = await claimant({ caps, channel: 'sms', ids, phones })
            for (const [at, phone] of phones.entries())
              if (!refused.has(ids[at] ?? '')) allowed.set(phone, (allowed.get(phone) ?? 0) + 1)
          }),
        )
        await Promise.all(asks)
        expect(people.map((person) => allowed.get(phoneOf(person)))).toEqual(people.map(() => 2))
      } finally {
        for (const pool of pools) await pool.close()
      }
    },
    30_000,
  )
})
