/** Places within the caps: which messages count, when, and for how long. */
import { beforeEach, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { deleteOldReservations } from '../../core/messaging/policy/cap-cleanup.ts'
import { openReserve, type Reserve } from '../../core/messaging/policy/reserve.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { addMessages, ask, capped, goBack, HOUR, once, phoneOf } from '../support/caps.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, addCustomers, loseLeases, openDispatch, outcome, range } from '../support/dispatch.ts'

eachDatabase((database) => {
  let db: Kysely<Database>
  let reserve: Reserve
  beforeEach(async () => {
    db = database().db
    await emptyTables(db)
    reserve = openReserve(db, 0)
  })
  test('a message has one place however often it is asked for, and another message none', async () => {
    expect(await ask(reserve, 1)).toBe(true)
    expect(await ask(reserve, 1)).toBe(true)
    expect(await ask(reserve, 2)).toBe(false)
    expect(await ask(reserve, 1)).toBe(true)
    expect(await ask(reserve, 2, { phone: phoneOf(2) })).toBe(true)
    const rows = await db.selectFrom('cap_reservations').select(['phone', 'messages']).orderBy('phone').execute()
    expect(rows).toEqual([
      { phone: phoneOf(1), messages: ['1'] },
      { phone: phoneOf(2), messages: ['2'] },
    ])
  })

  test.each([
    ['failed', true],
    ['skipped', true],
    ['sent', false],
    ['unknown', false],
    ['pending', false],
  ] as const)('a message that is %s: another one may start: %p', async (status, allowed) => {
    await addMessages(db, [status])
    expect(await ask(reserve, 1)).toBe(true)
    expect(await ask(reserve, 2)).toBe(allowed)
  })

  test('a message that failed and was accepted after all counts again', async () => {
    await addMessages(db, ['failed', 'skipped'])
    const twice = { caps: capped({ caps: [{ messages: 2, days: 1 }] }) }
    for (const id of [1, 2, 3, 4]) expect(await ask(reserve, id, twice)).toBe(true)
    expect(await ask(reserve, 5, twice)).toBe(false)
    await db.updateTable('outbound_messages').set({ status: 'sent' }).where('id', '=', '1').execute()
    expect(await ask(reserve, 4, twice)).toBe(false)
  })

  test('a place is held from its start until the days are over, to the second', async () => {
    await ask(reserve, 1)
    await goBack(db, 7 * 24 * HOUR - 2000)
    expect(await ask(reserve, 2)).toBe(false)
    await goBack(db, 2000)
    expect(await ask(reserve, 2)).toBe(true)
    expect(await db.selectFrom('cap_reservations').select('messages').execute()).toEqual([{ messages: ['2'] }])
  })

  test('a message that is tried again counts from its last start', async () => {
    const gap = { caps: capped({ min_gap_hours: 2 }) }
    await ask(reserve, 1, gap)
    await goBack(db, 1.5 * HOUR)
    expect(await ask(reserve, 1, gap)).toBe(true)
    await goBack(db, 1.5 * HOUR)
    expect(await ask(reserve, 2, gap)).toBe(false)
    await goBack(db, 0.5 * HOUR)
    expect(await ask(reserve, 2, gap)).toBe(true)
    // The other one is nearer than the gap, whoever was first.
    expect(await ask(reserve, 1, gap)).toBe(false)
  })

  test('a cap of a channel holds and counts only its own messages; one without counts both', async () => {
    await addMessages(
      db,
      range(1, 5).map(() => 'sent'),
      (id) => ([2, 3, 5].includes(id) ? 'whatsapp' : 'sms'),
    )
    const sms = capped({ caps: [{ messages: 1, days: 1, channel: 'sms' }] })
    for (const id of [2, 3]) expect(await ask(reserve, id, { caps: sms, channel: 'whatsapp' })).toBe(true)
    expect(await ask(reserve, 1, { caps: sms })).toBe(true)
    expect(await ask(reserve, 4, { caps: sms })).toBe(false)
    const both = capped({ caps: [{ messages: 4, days: 1 }] })
    expect(await ask(reserve, 4, { caps: both })).toBe(true)
    expect(await ask(reserve, 5, { caps: both, channel: 'whatsapp' })).toBe(false)
  })

  test('several messages to one phone in one batch: as many as there is room for', async () => {
    const caps = capped({ caps: [{ messages: 3, days: 1 }] })
    const answers = await Promise.all(range(1, 10).map((id) => ask(reserve, id, { caps })))
    expect(answers.filter(Boolean).length).toBe(3)
  })

  test('a place is reserved up to the latest moment at which its message may start', async () => {
    await ask(openReserve(db, 30), 1)
    const [row] = await sql<{ ahead: number }>`select extract(epoch from starts[1] - now())::float8 as ahead
      from cap_reservations`
      .execute(db)
      .then(({ rows }) => rows)
    expect(row?.ahead).toBeGreaterThan(50)
    expect(row?.ahead).toBeLessThanOrEqual(60)
  })

  test('a message whose chunk was given back before it started holds no place; one in doubt does', async () => {
    const customers = await addCustomers(db, 3)
    const dispatch = openDispatch(db)
    await dispatch.queue(await addCampaign(db), customers)
    const lease = await dispatch.take()
    for (const nth of [1, 2, 3]) await ask(reserve, nth, { phone: phoneOf(nth) })
    const other = (nth: number) => ask(reserve, nth + 10, { phone: phoneOf(nth) })
    // Leased: whoever has it is about to start them.
    expect(await other(3)).toBe(false)
    await dispatch.report(lease, { wanted: [1], startedUpto: '0' })
    await loseLeases(db)
    expect([await other(1), await other(2)]).toEqual([false, true])
    const again = await dispatch.take()
    await dispatch.report(again, {
      results: [outcome(1, 'pending', { delayMs: 60_000 })],
      startedUpto: '1',
      next: 'release',
    })
    // It waits for another attempt, and the other one was not started.
    expect([await other(1), await other(3)]).toEqual([false, true])
  })

  test('a message that waits for quiet hours holds no place, and is asked about again when they are over', async () => {
    const dispatch = openDispatch(db)
    await dispatch.queue(await addCampaign(db), await addCustomers(db, 2))
    const lease = await dispatch.take()
    await ask(reserve, 1)
    const until = Date.now() + HOUR
    // After an attempt that was throttled, at the second turn.
    const results = [outcome(1, 'pending', { code: null, attempts: 0, until })]
    await dispatch.report(lease, { results, startedUpto: '1', next: 'release' })
    expect(await ask(reserve, 3)).toBe(true)
    expect(await ask(reserve, 1)).toBe(false)
  })

  test('race 54: of two messages whose places are found again, one is refused and the other one starts', async () => {
    expect(await ask(reserve, 1)).toBe(true)
    // As if the place of the first had not counted while nobody had its chunk.
    const starts = sql<Date[]>`array[now(), now()]`
    await db
      .updateTable('cap_reservations')
      .set({ messages: ['1', '2'], starts })
      .execute()
    expect([await ask(reserve, 1), await ask(reserve, 2), await ask(reserve, 1)]).toEqual([false, true, false])
    const times = sql<number>`num_nonnulls(variadic starts)`.as('times')
    const rows = await db.selectFrom('cap_reservations').select(['messages', times]).execute()
    expect(rows).toEqual([{ messages: ['2'], times: 1 }])
  })

  test('a message in doubt is not refused the place that it has', async () => {
    expect(await ask(reserve, 1)).toBe(true)
    const starts = sql<Date[]>`array[now(), now()]`
    await db
      .updateTable('cap_reservations')
      .set({ messages: ['1', '2'], starts })
      .execute()
    const again = { caps: once, channel: 'sms', ids: ['1'], phones: [phoneOf(1)], doubtful: ['1'] } as const
    expect((await reserve(again)).size).toBe(0)
    expect(await ask(reserve, 2)).toBe(false)
  })

  test('what counts no more is removed, a step at a time', async () => {
    await reserve({ caps: once, channel: 'sms', ids: range(1, 25).map(String), phones: range(1, 25).map(phoneOf) })
    // Nothing is capped: it is kept for a day.
    await goBack(db, 20 * HOUR)
    expect(await deleteOldReservations(db, 10)).toBe(0)
    await db
      .insertInto('policies')
      .values({ document: { caps: [{ messages: 1, days: 7 }] } })
      .execute()
    await goBack(db, 6 * 24 * HOUR)
    expect(await deleteOldReservations(db, 10)).toBe(0)
    await goBack(db, 4 * HOUR)
    await ask(reserve, 30, { phone: phoneOf(7) })
    await ask(reserve, 31, { phone: phoneOf(40) })
    expect(await deleteOldReservations(db, 10)).toBe(24)
    const rows = await db.selectFrom('cap_reservations').select('phone').orderBy('phone').execute()
    expect(rows.map(({ phone }) => phone)).toEqual([phoneOf(7), phoneOf(40)])
  })
})
