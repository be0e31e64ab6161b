/** An open circuit breaker: what it keeps from being claimed and permitted, and who may try. */
import { beforeEach, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { AHEAD, openOutbox } from '../../core/messaging/chunk/announce.ts'
import { openLeases } from '../../core/messaging/chunk/claim.ts'
import { openNextDue } from '../../core/messaging/chunk/next-due.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { closeBreaker, openBreaker, openProbes } from '../../core/messaging/senders/breaker.ts'
import { listBreakers, listStandstills } from '../../core/messaging/senders/standstill.ts'
import { BUNDLE } from '../../core/queue/queue.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, openDispatch, outcomes, range, SENDERS, startCampaign } from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'

/** Turns the database's clock to the next probe. */
const toProbe = (db: Kysely<Database>) =>
  db.updateTable('senders').set({ probe_at: sql<Date>`now()` }).where('opened_at', 'is not', null).execute()

eachDatabase((database) => {
  const db = () => database().db
  beforeEach(() => emptyTables(db()))

  test('the first reason stays, and closing it twice closes it once', async () => {
    expect(await openBreaker(db(), 'sms', 'provider.account', 5)).toBe(true)
    expect(await openBreaker(db(), 'sms', 'timeout', 5)).toBe(false)
    expect(await listBreakers(db())).toMatchObject([{ channel: 'sms', reason: 'provider.account' }])
    expect(await closeBreaker(db(), 'sms')).toBe(true)
    expect(await closeBreaker(db(), 'sms')).toBe(false)
  })

  test('no chunk of the channel is claimed, published or waited for; another channel’s is', async () => {
    const { claim, claimChunk, queue } = await startCampaign(db(), 3)
    const other = await addCampaign(db())
    await db().updateTable('campaigns').set({ channel: 'whatsapp' }).where('id', '=', other).execute()
    await openBreaker(db(), 'sms', 'timeout', 5)
    expect(await claim()).toBeUndefined()
    expect(await claimChunk('1')).toBeUndefined()
    expect(await openOutbox(db()).next()).toEqual([])
    expect(await openNextDue(db())(1000)).toBe(1000)
    await queue(other, range(1, 3))
    expect(await openNextDue(db())(1000)).toBe(1)
    expect(await openOutbox(db()).next()).toMatchObject([{ group: other }])
    expect(await claimChunk('2')).toMatchObject({ campaign_id: other, channel: 'whatsapp' })
    await closeBreaker(db(), 'sms')
    expect(await claim()).toMatchObject({ id: '1', probe: false })
  })

  test('chunks at the message broker whose circuit is open leave room for the other channel, and are announced again later', async () => {
    const { queue, customerIds } = await startCampaign(db(), BUNDLE)
    expect(await openOutbox(db()).next()).toHaveLength(1)
    for (const id of await Promise.all(range(1, AHEAD).map(() => addCampaign(db())))) await queue(id, customerIds)
    expect(await openOutbox(db()).next()).toHaveLength(AHEAD - 1)
    await openBreaker(db(), 'sms', 'timeout', 5)
    expect(await openOutbox(db()).stale(-1)).toEqual([])
    const other = await addCampaign(db())
    await db().updateTable('campaigns').set({ channel: 'whatsapp' }).where('id', '=', other).execute()
    await queue(other, [1])
    expect(await openOutbox(db()).next()).toMatchObject([{ group: other }])
    await closeBreaker(db(), 'sms')
    expect(await openOutbox(db()).stale(-1)).toHaveLength(AHEAD + 1)
  })

  test('race 31: a chunk that is under way is permitted nothing more, and its outcomes count', async () => {
    const { take, report, claim } = await startCampaign(db(), 5)
    const lease = await take()
    expect(await report(lease, { wanted: [1, 2] })).toMatchObject({ permits: 2 })
    await openBreaker(db(), 'sms', 'timeout', 5)
    const results = outcomes([1, 2], 'sent')
    expect(await report(lease, { results, startedUpto: '2', wanted: [3, 4] })).toMatchObject({
      moved: 2,
      permits: 0,
      wait_ms: 0,
    })
    await report(lease, { next: 'release' })
    expect(await claim()).toBeUndefined()
    await expectInvariant(db())
  })

  test('a probe waits for its time and for a message; one worker gets it, and may start', async () => {
    const takeProbes = openProbes(db(), 5)
    await openBreaker(db(), 'sms', 'timeout', 5)
    await toProbe(db())
    expect(await takeProbes(SENDERS)).toEqual([])
    const { report } = await startCampaign(db(), 5)
    const both = await Promise.all([takeProbes(SENDERS), takeProbes(SENDERS)])
    expect(both.flat()).toEqual(['sms'])
    expect(await takeProbes(SENDERS)).toEqual([])
    const [lease, second] = await Promise.all(
      ['w1', 'w2'].map((owner) =>
        openLeases(db()).claimProbe({ probed: 'sms', owner, leaseSeconds: 30, senders: SENDERS }),
      ),
    )
    const probe = lease ?? second
    if (!probe) throw new Error('Nobody has the probe')
    expect([lease, second]).toContain(undefined)
    expect(probe.probe).toBe(true)
    expect(await report(probe, { wanted: [1] })).toMatchObject({ permits: 1 })
    await report(probe, { results: outcomes([1], 'sent'), next: 'release' })
    await expectInvariant(db())
  })

  test('each probe that fails doubles the wait for the next, to a minute', async () => {
    const takeProbes = openProbes(db(), 5)
    await startCampaign(db(), 1)
    await openBreaker(db(), 'sms', 'timeout', 5)
    const waits: number[] = []
    for (const _ of range(1, 6)) {
      await toProbe(db())
      expect(await takeProbes(SENDERS)).toEqual(['sms'])
      const wait = sql<number>`extract(epoch from probe_at - now())::float8`
      const { seconds } = await db()
        .selectFrom('senders')
        .select(wait.as('seconds'))
        .where('name', '=', 'sms')
        .executeTakeFirstOrThrow()
      waits.push(Math.ceil(seconds))
    }
    expect(waits).toEqual([10, 20, 40, 60, 60, 60])
  })

  test('a channel stands still while all its senders are paused, or it has none', async () => {
    expect(await listStandstills(db())).toEqual([])
    await db()
      .updateTable('senders')
      .set({ paused_at: new Date(1000) })
      .where('name', '=', 'sms')
      .execute()
    await db().updateTable('routes').set({ senders: [] }).where('channel', '=', 'whatsapp').execute()
    expect(await listStandstills(db())).toEqual([
      { channel: 'sms', country: null, reason: 'sender_paused', since: new Date(1000) },
      { channel: 'whatsapp', country: null, reason: 'no_sender', since: null },
    ])
    await db()
      .updateTable('routes')
      .set({ senders: ['sms', 'whatsapp'] })
      .execute()
    expect(await listStandstills(db())).toEqual([])
  })

  test('a paused campaign is not probed', async () => {
    const takeProbes = openProbes(db(), 5)
    const { campaignId } = await startCampaign(db(), 1)
    await db().updateTable('campaigns').set({ status: 'paused' }).where('id', '=', campaignId).execute()
    await openBreaker(db(), 'sms', 'timeout', 5)
    await toProbe(db())
    expect(await takeProbes(SENDERS)).toEqual([])
    expect(await openDispatch(db()).claim()).toBeUndefined()
  })
})
