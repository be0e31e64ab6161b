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
    const { take, flush } = await startCampaign(db(), 100)
    const lease = await take()
    expect(lease.limited).toBe('message')
    const first = await flush(lease, { wanted: range(1, 64) })
    expect(first).toMatchObject({ permits: 10, start_ms: 0, gap_ms: 25, step_ms: 0 })
    expect(first.wait_ms).toBeGreaterThan(0)
    const second = await flush(lease, { startedUpto: '10', inFlight: 10, wanted: range(11, 64) })
    expect(second.permits).toBe(10)
    expect(second.start_ms).toBeGreaterThan(0)
    expect(second.start_ms).toBeLessThanOrEqual(250)
    const planned = await db()
      .selectFrom('senders')
      .select('planned_upto')
      .where('name', '=', 'sms')
      .executeTakeFirstOrThrow()
    expect(planned.planned_upto.getTime()).toBeGreaterThan(Date.now() - 60_000)
  })

  test('a rate counts the parts of each text, and lets one message of many parts through', async () => {
    await limit(db(), { rate: 8 })
    const { take, flush } = await startCampaign(db(), 10)
    const lease = await take()
    expect(await flush(lease, { wanted: range(1, 4), costs: [1, 1, 1, 1] })).toMatchObject({ permits: 2 })
    await db()
      .updateTable('senders')
      .set({ planned_upto: new Date(0) })
      .execute()
    expect(await flush(lease, { wanted: range(1, 4), costs: [4, 1, 1, 1] })).toMatchObject({ permits: 1, gap_ms: 125 })
  })

  test('concurrency is what all chunks of the sender have in flight', async () => {
    await limit(db(), { concurrency: 5 })
    const { queue, take, flush } = await startCampaign(db(), 8)
    const other = await addCampaign(db())
    await queue(other, range(1, 8))
    const [a, b] = [await take(0), await take(1)]
    expect(a.campaign_id).not.toBe(b.campaign_id)
    expect(await flush(a, { wanted: [1, 2, 3] })).toMatchObject({ permits: 3, start_ms: 0, gap_ms: 0 })
    const answer = await flush(b, { wanted: range(Number(b.first_id), Number(b.first_id) + 3) })
    expect(answer).toMatchObject({ permits: 2 })
    expect(answer.wait_ms).toBeGreaterThan(0)
    expect(
      await flush(a, { results: outcomes([1, 2], 'sent'), startedUpto: '3', inFlight: 1, wanted: [4, 5, 6] }),
    ).toMatchObject({
      permits: 2,
    })
    await expectInvariant(db())
  })

  test('what a dead worker had in flight counts until its lease is over, and stays with its sender', async () => {
    await limit(db(), { concurrency: 3 })
    const { take, flush, claim } = await startCampaign(db(), 8)
    const dead = await take()
    await flush(dead, { wanted: [1, 2] })
    await loseLeases(db())
    await registerSenders(
      db(),
      sendersOf([openSender('sms'), openSender('spare')], { sms: ['spare', 'sms'], whatsapp: [] }),
    )
    const next = await claim()
    expect(next).toMatchObject({ sender: 'sms', pinned: 'sms', started_upto: '2' })
    if (next) expect(await flush(next, { wanted: [1, 2, 3, 4] })).toMatchObject({ permits: 3 })
  })

  test('a sender that its provider asked to leave alone is permitted nothing, and its rate is halved and grows back', async () => {
    await limit(db(), { rate: 40 })
    const { take, flush, claim } = await startCampaign(db(), 20)
    const lease = await take()
    await holdSender(db(), 'sms', 1500)
    const answer = await flush(lease, { wanted: range(1, 10) })
    expect(answer.permits).toBe(0)
    expect(answer.wait_ms).toBeGreaterThan(1000)
    await holdSender(db(), 'sms', 60_000)
    expect(await flush(lease, { wanted: range(1, 10) })).toMatchObject({ permits: 0, wait_ms: 0 })
    await flush(lease, { next: 'release' })
    expect(await claim()).toBeUndefined()
    await db()
      .updateTable('senders')
      .set({ hold_until: new Date(0), slowed_at: new Date() })
      .execute()
    const again = await take()
    const { gap_ms } = await flush(again, { wanted: [1] })
    expect(gap_ms).toBeGreaterThan(45)
    expect(gap_ms).toBeLessThanOrEqual(50)
  })

  test('a paused sender starts nothing more; one that is not paused is taken in its place', async () => {
    await registerSenders(
      db(),
      sendersOf([openSender('sms'), openSender('spare')], { sms: ['sms', 'spare'], whatsapp: [] }),
    )
    const { take, flush } = await startCampaign(db(), 20)
    const { claim } = openDispatch(db(), 'w2', ['sms', 'spare'])
    const lease = await take()
    await db().updateTable('senders').set({ paused_at: new Date() }).where('name', '=', 'sms').execute()
    expect(await flush(lease, { wanted: [1, 2] })).toMatchObject({ permits: 0, wait_ms: 0 })
    await flush(lease, { next: 'release' })
    expect(await claim()).toMatchObject({ sender: 'spare', pinned: null })
  })

  test('a message that was refused for a passing reason is tried by the next sender; one in doubt stays', async () => {
    await registerSenders(
      db(),
      sendersOf([openSender('sms'), openSender('spare')], { sms: ['sms', 'spare'], whatsapp: [] }),
    )
    const { take, flush } = await startCampaign(db(), 4)
    const { claim } = openDispatch(db(), 'w2', ['sms', 'spare'])
    const lease = await take()
    const retried = (id: number, by: 'other' | 'same', delayMs: number) =>
      ({ ...outcomes([id], 'pending')[0], by, delayMs }) as never
    await flush(lease, { results: [retried(1, 'other', 0)], startedUpto: '2', inFlight: 1 })
    await flush(lease, {
      results: [retried(2, 'same', 0), ...outcomes([3, 4], 'sent')],
      startedUpto: '4',
      next: 'done',
    })
    // Both fall into one bucket, and so into one chunk: what is in doubt decides.
    expect(await claim()).toMatchObject({ turn: 1, sender: 'sms', pinned: 'sms' })
    await expectInvariant(db())
  })

  test('a campaign with a rate of its own keeps to it, beside the sender’s', async () => {
    const { take, flush, campaignId } = await startCampaign(db(), 20)
    await db().updateTable('campaigns').set({ max_rate: 10 }).where('id', '=', campaignId).execute()
    const lease = await take()
    expect(lease.limited).toBe('message')
    expect(await flush(lease, { wanted: range(1, 20) })).toMatchObject({ permits: 6, gap_ms: 0, step_ms: 100 })
    const { permits, wait_ms } = await flush(lease, { startedUpto: '6', inFlight: 6, wanted: range(7, 20) })
    expect(permits).toBeLessThanOrEqual(1)
    expect(wait_ms).toBeGreaterThan(0)
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
