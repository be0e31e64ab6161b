/** Routes by country: who may carry the chunks of a country, whatever happens on the way. */
import { describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { openCampaignViews } from '../../core/messaging/campaign/views.ts'
import { openOutbox } from '../../core/messaging/chunk/announce.ts'
import { openLeases } from '../../core/messaging/chunk/claim.ts'
import { openNextDue } from '../../core/messaging/chunk/next-due.ts'
import { splitChunk } from '../../core/messaging/chunk/poison.ts'
import { closeBreaker, openBreaker, openProbes } from '../../core/messaging/senders/breaker.ts'
import { listBreakers, listStandstills } from '../../core/messaging/senders/standstill.ts'
import { ALL_SENDERS, claimAll, setRoutes, startTo } from '../support/country-routes.ts'
import {
  endBackoff,
  getCampaign,
  getChunk,
  listChunks,
  loseLeases,
  openDispatch,
  outcomes,
  range,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db) => {
  const open = (senders: readonly string[] = ALL_SENDERS) => openDispatch(db(), 'w1', senders)

  const start = (countries: readonly string[], count: number) => startTo(db(), countries, count)

  const pause = (name: string, paused = true) =>
    db()
      .updateTable('senders')
      .set({ paused_at: paused ? new Date() : null })
      .where('name', '=', name)
      .execute()

  describe('a chunk', () => {
    test('of a country goes by its list, and to the next of it while the first is paused or fails', async () => {
      await setRoutes(db(), { KE: ['at', 'spare'] })
      const { claim } = await start(['KE'], 4)
      await pause('at')
      expect(await claim()).toMatchObject({ country: 'KE', sender: 'spare' })
      await loseLeases(db())
      await pause('at', false)
      await openBreaker(db(), 'spare', 'timeout', 5)
      expect(await claim()).toMatchObject({ sender: 'at' })
      await loseLeases(db())
      await openBreaker(db(), 'at', 'timeout', 5)
      // The channel's own senders are none of its list.
      expect(await claim()).toBeUndefined()
    })

    test('that waits for a paused sender holds back nobody of other countries', async () => {
      await setRoutes(db(), { KE: ['at'] })
      const { campaignId, claim, claimChunk, report } = await start(['KE', 'US'], 4000)
      await pause('at')
      const kenyan = (await listChunks(db())).filter(({ country }) => country === 'KE')
      expect(kenyan).toHaveLength(4)
      expect(await claimChunk(kenyan[0]?.id ?? '')).toBeUndefined()
      expect(await openNextDue(db())(1000)).toBe(1)
      const published = await openOutbox(db()).next()
      expect(published).toHaveLength(4)
      for (const { id } of published) {
        const lease = await claimChunk(id)
        if (!lease) throw new Error('A chunk of another country waits')
        expect(lease).toMatchObject({ country: null, sender: 'main' })
        const results = outcomes(range(Number(lease.first_id), Number(lease.last_id)), 'sent')
        await report(lease, { results, startedUpto: lease.last_id, next: 'done' })
      }
      expect(await claim()).toBeUndefined()
      expect(await openOutbox(db()).next()).toEqual([])
      // Nobody looks again and again for what nobody may carry.
      expect(await openNextDue(db())(1000)).toBe(1000)
      expect((await openCampaignViews(db(), systemClock).get(campaignId)).waiting).toMatchObject({
        reason: 'sender_paused',
        detail: 'Sending to Kenya was paused by hand',
      })
      await pause('at', false)
      expect(await claim()).toMatchObject({ country: 'KE', sender: 'at' })
    })

    test('is not claimed by a worker that has none of its senders', async () => {
      await setRoutes(db(), { KE: ['at'] })
      await start(['KE', 'US'], 10)
      expect(await claimAll(open(['main', 'spare']))).toEqual({ rest: 'main' })
      expect(await claimAll(open(['at']))).toEqual({ KE: 'at' })
    })

    test('goes by the sender that its campaign names, before any route', async () => {
      await setRoutes(db(), { KE: ['at'] })
      const { campaignId } = await start(['KE', 'US'], 10)
      await db().updateTable('campaigns').set({ sender: 'ca' }).where('id', '=', campaignId).execute()
      await pause('at')
      await pause('main')
      expect(await claimAll(open())).toEqual({ KE: 'ca', rest: 'ca' })
      await loseLeases(db())
      await pause('ca')
      expect(await claimAll(open())).toEqual({})
      expect((await openCampaignViews(db(), systemClock).get(campaignId)).waiting).toMatchObject({
        reason: 'sender_paused',
        detail: 'Its sender "ca" was paused by hand',
      })
    })

    test('keeps its country when its worker dies, and stays with the sender that may have sent it', async () => {
      await setRoutes(db(), { KE: ['at', 'spare'] })
      const { take, report } = await start(['KE'], 6)
      const lease = await take()
      await report(lease, { wanted: [1, 2] })
      await loseLeases(db())
      await pause('at')
      expect(await open().claim()).toBeUndefined()
      await pause('at', false)
      expect(await take()).toMatchObject({ country: 'KE', sender: 'at', pinned: 'at', epoch: 2 })
    })

    test('that is tried again or split keeps its country', async () => {
      await setRoutes(db(), { KE: ['at', 'spare'], CA: ['ca'] })
      const { take, report, claim } = await start(['KE'], 8)
      const lease = await take()
      const passing = outcomes([1, 2], 'pending', { by: 'other' })
      await report(lease, { results: [...passing, ...outcomes(range(3, 8), 'sent')], startedUpto: '8', next: 'done' })
      await endBackoff(db())
      // Refused by the first of its country's list: the next one of that list, and none of the channel's.
      const retry = await take()
      expect(retry).toMatchObject({ turn: 1, country: 'KE', sender: 'spare' })
      await splitChunk(db(), retry)
      expect([await claim(), await claim()]).toMatchObject([
        { turn: 2, country: 'KE', sender: 'at', size: 1 },
        { turn: 2, country: 'KE', sender: 'at', size: 1 },
      ])
    })

    test('of messages that a person has tried again keeps its country', async () => {
      await setRoutes(db(), { KE: ['at'], CA: ['ca'] })
      const { campaignId, claim, report, reopen, of } = await start(['KE', 'CA', 'US'], 9)
      for (let lease = await claim(); lease; lease = await claim()) {
        const ids = range(Number(lease.first_id), Number(lease.last_id))
        await report(lease, { results: outcomes(ids, 'failed'), startedUpto: lease.last_id, next: 'done' })
      }
      expect(await reopen({ campaignId, from: 'failed', to: 'pending' })).toBe(9)
      const again = (await listChunks(db())).filter(({ turn }) => turn === 1)
      const messages = await db().selectFrom('outbound_messages').select(['id', 'customer_id']).execute()
      const countryOf = (id: string) => of[(messages.find((one) => one.id === id)?.customer_id ?? 0) - 1]
      expect(again.map(({ country, size }) => [country, size]).sort()).toEqual([
        [null, 3],
        ['CA', 3],
        ['KE', 3],
      ])
      for (const { country, ids } of again) expect([...new Set((ids ?? []).map(countryOf))]).toEqual([country ?? 'US'])
      expect(await claimAll({ claim })).toEqual({ KE: 'at', CA: 'ca', rest: 'main' })
    })

    test('of a version before, without a country, goes by the route of the channel', async () => {
      await setRoutes(db(), {})
      await start(['KE'], 4)
      await setRoutes(db(), { KE: ['at'] })
      const [before] = await listChunks(db())
      expect(before?.country).toBeNull()
      expect(await claimAll(open())).toEqual({ rest: 'main' })
    })
  })

  describe('a route that is changed while messages are sent', () => {
    test('is in force for the chunks of its country at the next claim', async () => {
      await setRoutes(db(), { KE: ['at'] })
      const { take, report } = await start(['KE'], 600)
      const first = await take()
      expect(first.sender).toBe('at')
      await setRoutes(db(), { KE: ['ca'] })
      expect(await take()).toMatchObject({ country: 'KE', sender: 'ca' })
      await report(first, { next: 'release' })
      expect(await take()).toMatchObject({ id: first.id, sender: 'ca' })
    })

    test('and no longer names a country leaves its chunks to the route of the channel', async () => {
      await setRoutes(db(), { KE: ['at'] })
      await start(['KE'], 4)
      await setRoutes(db(), { CA: ['ca'] })
      expect(await claimAll(open())).toEqual({ KE: 'main' })
    })
  })

  test('a limited sender of one country is given only as many chunks as it can use; others are not counted', async () => {
    await setRoutes(db(), { KE: ['at'] })
    await db().updateTable('senders').set({ rate: 10 }).where('name', '=', 'at').execute()
    const { claim } = await start(['KE', 'US'], 4000)
    const carried: string[] = []
    for (let lease = await claim(); lease; lease = await claim()) carried.push(lease.sender)
    expect(carried.filter((name) => name === 'at')).toHaveLength(1)
    expect(carried.filter((name) => name === 'main')).toHaveLength(4)
  })

  describe('a sender whose circuit is open', () => {
    const toProbe = () =>
      db().updateTable('senders').set({ probe_at: sql<Date>`now()` }).where('opened_at', 'is not', null).execute()

    test('is probed by chunks of its countries only', async () => {
      await setRoutes(db(), { KE: ['at'] })
      const { take, report } = await start(['KE', 'US'], 4)
      await openBreaker(db(), 'at', 'timeout', 5)
      await openBreaker(db(), 'ca', 'timeout', 5)
      await toProbe()
      expect(await openProbes(db(), 5)([...ALL_SENDERS])).toEqual(['at'])
      const claimant = { owner: 'w1', leaseSeconds: 30, senders: ALL_SENDERS }
      expect(await openLeases(db()).claimProbe({ ...claimant, probed: 'ca' })).toBeUndefined()
      const probe = await openLeases(db()).claimProbe({ ...claimant, probed: 'at' })
      expect(probe).toMatchObject({ country: 'KE', sender: 'at', probe: true })
      expect(await openLeases(db()).claimProbe({ ...claimant, probed: 'at' })).toBeUndefined()
      const other = await take()
      expect(other).toMatchObject({ country: null, sender: 'main' })
      await report(other, { next: 'release' })
      await closeBreaker(db(), 'at')
    })

    test('stands for its country in what waits, and a route without senders for its own', async () => {
      await setRoutes(db(), { KE: ['at'], CA: [], RU: ['ca'] })
      await openBreaker(db(), 'at', 'timeout', 5)
      await pause('ca')
      expect(await listBreakers(db())).toMatchObject([
        { channel: 'sms', country: 'KE', sender: 'at', reason: 'timeout' },
      ])
      expect(await listStandstills(db())).toEqual([
        { channel: 'sms', country: 'CA', reason: 'no_sender', since: null },
        { channel: 'sms', country: 'RU', reason: 'sender_paused', since: expect.any(Date) },
        { channel: 'whatsapp', country: null, reason: 'no_sender', since: null },
      ])
      const { campaignId } = await start(['KE', 'CA'], 4)
      expect((await openCampaignViews(db(), systemClock).get(campaignId)).waiting).toMatchObject({
        reason: 'no_sender',
        detail: 'No sender is set up for Canada',
      })
      expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sending' })
      expect((await getChunk(db(), '1')).state).toBe('ready')
    })
  })
})
