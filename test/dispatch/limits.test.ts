/** Limits of senders and campaigns: what the statement permits, and when. */
import { beforeEach, expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { holdSender } from '../../core/messaging/senders/breaker.ts'
import { registerSenders } from '../../core/messaging/senders/register.ts'
import { sendersOf } from '../../core/messaging/senders/registry.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, loseLeases, openDispatch, outcomes, range, startCampaign } from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'
import { openSender } from '../support/senders.ts'

const limit = (db: Kysely<Database>, limits: { rate?: number | null; concurrency?: number | null }) =>
  db.updateTable('senders').set(limits).where('name', '=', 'sms').execute()

eachDatabase((database) => {
  const db = () => database().db
  beforeEach(() => emptyTables(db()))

  test('a rate permits what half a second holds, in quarters of a second, and says when each may start', async () => {
    await limit(db(), { rate: 40 })
    const { take, report } = await startCampaign(db(), 100)
    const lease = await take()
    expect(lease.limited).toBe('message')
    const first = await report(lease, { wanted: range(1, 64) })
    expect(first).toMatchObject({ permits: 10, start_ms: 0, gap_ms: 25, step_ms: 0 })
    expect(first.wait_ms).toBeGreaterThan(0)
    const plannedUpto = async () =>
      (await db().selectFrom('senders').select('planned_upto').where('name', '=', 'sms').executeTakeFirstOrThrow())
        .planned_upto
    const before = await plannedUpto()
    const second = await report(lease, { startedUpto: '10', inFlight: 10, wanted: range(11, 64) })
    expect(second.permits).toBe(10)
    expect(second.start_ms).toBeGreaterThanOrEqual(before.getTime() - Date.now() - 1)
    expect(second.start_ms).toBeLessThanOrEqual(250)
    expect((await plannedUpto()).getTime()).toBeGreaterThanOrEqual(before.getTime() + 249)
  })

  test('a rate counts the parts of each text, and lets one message of many parts through', async () => {
    await limit(db(), { rate: 8 })
    const { take, report } = await startCampaign(db(), 10)
    const lease = await take()
    expect(await report(lease, { wanted: range(1, 4), costs: [1, 1, 1, 1] })).toMatchObject({ permits: 2 })
    await db()
      .updateTable('senders')
      .set({ planned_upto: new Date(0) })
      .execute()
    expect(await report(lease, { wanted: range(1, 4), costs: [4, 1, 1, 1] })).toMatchObject({ permits: 1, gap_ms: 125 })
  })

  test('concurrency is what all chunks of the sender have in flight', async () => {
    await limit(db(), { concurrency: 5 })
    const { queue, take, report } = await startCampaign(db(), 8)
    const other = await addCampaign(db())
    await queue(other, range(1, 8))
    const [a, b] = [await take(0), await take(1)]
    expect(a.campaign_id).not.toBe(b.campaign_id)
    expect(await report(a, { wanted: [1, 2, 3] })).toMatchObject({ permits: 3, start_ms: 0, gap_ms: 0 })
    const answer = await report(b, { wanted: range(Number(b.first_id), Number(b.first_id) + 3) })
    expect(answer).toMatchObject({ permits: 2 })
    expect(answer.wait_ms).toBeGreaterThan(0)
    expect(
      await report(a, { results: outcomes([1, 2], 'sent'), startedUpto: '3', inFlight: 1, wanted: [4, 5, 6] }),
    ).toMatchObject({
      permits: 2,
    })
    await expectInvariant(db())
  })

  test('what a dead worker had in flight counts until its lease is over, and stays with its sender', async () => {
    await limit(db(), { concurrency: 3 })
    const { take, report, claim } = await startCampaign(db(), 8)
    const dead = await take()
    await report(dead, { wanted: [1, 2] })
    await loseLeases(db())
    await registerSenders(
      db(),
      sendersOf([openSender('sms'), openSender('spare')], { sms: ['spare', 'sms'], whatsapp: [] }),
    )
    const next = await claim()
    expect(next).toMatchObject({ sender: 'sms', pinned: 'sms', started_upto: '2' })
    if (next) expect(await report(next, { wanted: [1, 2, 3, 4] })).toMatchObject({ permits: 3 })
  })

  test('a sender that its provider asked to leave alone is permitted nothing, and its rate is halved and grows back', async () => {
    await limit(db(), { rate: 40 })
    const { take, report, claim } = await startCampaign(db(), 20)
    const lease = await take()
    await holdSender(db(), 'sms', 1500)
    const answer = await report(lease, { wanted: range(1, 10) })
    expect(answer.permits).toBe(0)
    expect(answer.wait_ms).toBeGreaterThan(1000)
    await holdSender(db(), 'sms', 60_000)
    expect(await report(lease, { wanted: range(1, 10) })).toMatchObject({ permits: 0, wait_ms: 0 })
    await report(lease, { next: 'release' })
    expect(await claim()).toBeUndefined()
    await db()
      .updateTable('senders')
      .set({ hold_until: new Date(0), slowed_at: new Date() })
      .execute()
    const again = await take()
    const { gap_ms } = await report(again, { wanted: [1] })
    expect(gap_ms).toBeGreaterThan(45)
    expect(gap_ms).toBeLessThanOrEqual(50)
  })

  test('a paused sender starts nothing more; one that is not paused is taken in its place', async () => {
    await registerSenders(
      db(),
      sendersOf([openSender('sms'), openSender('spare')], { sms: ['sms', 'spare'], whatsapp: [] }),
    )
    const { take, report } = await startCampaign(db(), 20)
    const { claim } = openDispatch(db(), 'w2', ['sms', 'spare'])
    const lease = await take()
    await db().updateTable('senders').set({ paused_at: new Date() }).where('name', '=', 'sms').execute()
    expect(await report(lease, { wanted: [1, 2] })).toMatchObject({ permits: 0, wait_ms: 0 })
    await report(lease, { next: 'release' })
    expect(await claim()).toMatchObject({ sender: 'spare', pinned: null })
  })

  test('a message that was refused for a passing reason is tried by the next sender; one in doubt stays', async () => {
    await registerSenders(
      db(),
      sendersOf([openSender('sms'), openSender('spare')], { sms: ['sms', 'spare'], whatsapp: [] }),
    )
    const { take, report } = await startCampaign(db(), 4)
    const { claim } = openDispatch(db(), 'w2', ['sms', 'spare'])
    const lease = await take()
    const retried = (id: number, by: 'other' | 'same', delayMs: number) =>
      ({ ...outcomes([id], 'pending')[0], by, delayMs }) as never
    await report(lease, { results: [retried(1, 'other', 0)], startedUpto: '2', inFlight: 1 })
    await report(lease, {
      results: [retried(2, 'same', 0), ...outcomes([3, 4], 'sent')],
      startedUpto: '4',
      next: 'done',
    })
    // Both fall into one bucket, and so into one chunk: what is in doubt decides.
    expect(await claim()).toMatchObject({ turn: 1, sender: 'sms', pinned: 'sms' })
    await expectInvariant(db())
  })

  test('a campaign with a rate of its own keeps to it, beside the sender’s', async () => {
    const { take, report, campaignId } = await startCampaign(db(), 20)
    await db().updateTable('campaigns').set({ max_rate: 10 }).where('id', '=', campaignId).execute()
    const lease = await take()
    expect(lease.limited).toBe('message')
    expect(await report(lease, { wanted: range(1, 20) })).toMatchObject({ permits: 6, gap_ms: 0, step_ms: 100 })
    const { permits, wait_ms } = await report(lease, { startedUpto: '6', inFlight: 6, wanted: range(7, 20) })
    expect(permits).toBeLessThanOrEqual(1)
    expect(wait_ms).toBeGreaterThan(0)
  })

  /** More than the permits of half a second take. */
  const MOST_ROUNDS = 12
  test.each([
    ['evenly', 'normal', 1],
    ['by their priority', 'high', 4],
  ] as const)(
    'campaigns that want more than the rate share it %s, whoever asks more often',
    async (_, priority, weight) => {
      await limit(db(), { rate: 40 })
      const { take, report, queue } = await startCampaign(db(), 400)
      const other = await addCampaign(db())
      await queue(other, range(1, 400))
      await db().updateTable('campaigns').set({ priority }).where('id', '=', other).execute()
      const leases = [await take(0), await take(1)] as const
      const got: [number, number] = [0, 0]
      const ask = async (nth: 0 | 1) => {
        const first = Number(leases[nth].first_id)
        const { permits } = await report(leases[nth], { wanted: range(first, first + 63) })
        got[nth] += permits
      }
      for (let second = 0; second <= 10; second++) {
        // In the first second nobody knows of the other yet.
        if (second === 1) got.fill(0)
        await db()
          .updateTable('senders')
          .set({ planned_upto: new Date(0) })
          .execute()
        // A database that is slow never comes to an end: the rate permits another message meanwhile.
        for (let before = -1, round = 0; before < got[0] + got[1] && round < MOST_ROUNDS; round++) {
          before = got[0] + got[1]
          for (const nth of [0, 0, 1] as const) await ask(nth)
          // However slow the database is, whoever wanted more wants it still.
          await db()
            .updateTable('sender_turns')
            .set({ hungry_until: new Date(Date.now() + 60_000) })
            .where('hungry_until', 'is not', null)
            .execute()
        }
      }
      const [many, few] = got
      expect(many + few).toBeGreaterThanOrEqual(10 * 20)
      expect(few / many).toBeGreaterThan(weight * 0.85)
      expect(few / many).toBeLessThan(weight * 1.15)
    },
    60_000,
  )

  test('a campaign that wants less than its share leaves the rest to others, and saves up nothing', async () => {
    await limit(db(), { rate: 40 })
    const { take, report, queue } = await startCampaign(db(), 400)
    const other = await addCampaign(db())
    await queue(other, range(1, 400))
    const [big, small] = [await take(0), await take(1)]
    const first = Number(small.first_id)
    const wanted = [range(1, 64), range(first, first + 1)] as const
    let most = 0
    for (let second = 0; second < 10; second++) {
      await db()
        .updateTable('senders')
        .set({ planned_upto: new Date(0) })
        .execute()
      expect(await report(small, { wanted: wanted[1] })).toMatchObject({ permits: 2 })
      for (let nth = 0; nth < 2; nth++) most += (await report(big, { wanted: wanted[0] })).permits
    }
    expect(most).toBeGreaterThanOrEqual(10 * 18)
  }, 60_000)

  test('a chunk that was claimed before there was a limit is given back, and starts nothing without one', async () => {
    const { take, report } = await startCampaign(db(), 20)
    const lease = await take()
    expect(lease.limited).toBeNull()
    expect(await report(lease, { wanted: range(1, 4) })).toMatchObject({ permits: 4 })
    await limit(db(), { rate: 40 })
    expect(await report(lease, { startedUpto: '4', inFlight: 4, wanted: range(5, 8) })).toMatchObject({
      permits: 0,
      wait_ms: 0,
    })
    await report(lease, { results: outcomes(range(1, 4), 'sent'), startedUpto: '4', next: 'release' })
    const again = await take()
    expect(again).toMatchObject({ id: lease.id, limited: 'message', started_upto: '4' })
    expect(await report(again, { wanted: range(5, 8) })).toMatchObject({ permits: 4, gap_ms: 25 })
  })

  test('a limited sender holds no more chunks of a campaign than it can use', async () => {
    await limit(db(), { rate: 10 })
    const { queue, claim } = await startCampaign(db(), 1500)
    expect(await claim()).toMatchObject({ id: '1' })
    expect(await claim()).toBeUndefined()
    const other = await addCampaign(db())
    await queue(other, [1])
    expect(await claim()).toMatchObject({ campaign_id: other })
    await limit(db(), { rate: null })
    expect(await claim()).toMatchObject({ id: '2', limited: null })
  })
})
