/** An audience that is given in several calls: its campaign does not end in between, and is paused when nobody goes on. */
import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { completeCampaigns } from '../../core/messaging/campaign/complete.ts'
import { pauseLeftOpen } from '../../core/messaging/campaign/control.ts'
import { skipCancelled } from '../../core/messaging/campaign/skip-cancelled.ts'
import { startDue } from '../../core/messaging/campaign/start.ts'
import { rescue } from '../../core/messaging/chunk/rescue.ts'
import {
  addCampaign,
  addCustomers,
  getCampaign,
  leaveOpen,
  listChunks,
  openDispatch,
  outcomes,
  range,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db) => {
  const read = async (id: number) => {
    const { status, audience_open, paused_reason } = await getCampaign(db(), id)
    return { status, audience_open, paused_reason }
  }
  const states = async () => (await listChunks(db())).map(({ state }) => state)

  /** Customers 1 to 9, of whom the first three are queued with more to come. */
  async function setup(inSeconds?: number) {
    await addCustomers(db(), 9)
    const campaignId = await addCampaign(db(), inSeconds)
    const dispatch = openDispatch(db())
    const first = await dispatch.queue(campaignId, [1, 2, 3], true)
    /** Sends all that may be claimed. */
    const sendAll = async (status: 'sent' | 'failed' = 'sent') => {
      for (let lease = await dispatch.claim(); lease; lease = await dispatch.claim()) {
        const ids = lease.ids ?? range(Number(lease.first_id), Number(lease.last_id)).map(String)
        await dispatch.report(lease, { results: outcomes(ids, status), startedUpto: lease.last_id, next: 'done' })
        await dispatch.complete(campaignId)
      }
    }
    const setTime = (at: string) =>
      db()
        .updateTable('campaigns')
        .set({ scheduled_at: sql<Date>`now() + ${at}::interval` })
        .where('id', '=', campaignId)
        .execute()
    return { ...dispatch, campaignId, first, sendAll, setTime }
  }
  const open = { status: 'sending', audience_open: true, paused_reason: null } as const
  const closed = { ...open, audience_open: false } as const
  const left = { status: 'paused', audience_open: true, paused_reason: 'audience_open' } as const

  test('between two calls nothing completes it, even when all it has are final; the last call lets it end', async () => {
    const { campaignId, queue, sendAll, complete, first } = await setup()
    expect(first).toEqual({ queued: 3, status: 'sending', audienceOpen: true })
    for (const ids of [[4, 5, 6], [6]]) {
      await sendAll()
      expect(await states()).not.toContain('ready')
      expect(await complete(campaignId)).toBe(false)
      expect(await completeCampaigns(db())).toBe(0)
      expect(await rescue(db(), 'postgres')).toMatchObject({ completed: 0, leftOpen: [] })
      expect(await read(campaignId)).toEqual(open)
      expect(await queue(campaignId, ids, true)).toMatchObject({ status: 'sending', audienceOpen: true })
    }
    await sendAll()
    expect(await queue(campaignId, [7, 8, 9])).toEqual({ queued: 3, status: 'sending', audienceOpen: false })
    await sendAll()
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', total: 9, sent: 9 })
  })

  test('a last call without anybody new lets it end too', async () => {
    const { campaignId, queue, sendAll, complete } = await setup()
    await sendAll()
    expect(await queue(campaignId, [1, 2])).toEqual({ queued: 0, status: 'sending', audienceOpen: false })
    expect(await complete(campaignId)).toBe(true)
  })

  test('closeAudience() ends it at once or when the rest is final, and may be repeated in every status', async () => {
    const { campaignId, closeAudience, sendAll, complete } = await setup()
    expect(await closeAudience(campaignId)).toEqual({ status: 'sending', audienceOpen: false })
    expect(await read(campaignId)).toEqual(closed)
    expect(await complete(campaignId)).toBe(false)
    expect(await closeAudience(campaignId)).toEqual({ status: 'sending', audienceOpen: false })
    await sendAll()
    expect(await closeAudience(campaignId)).toEqual({ status: 'sent', audienceOpen: false })
    const draft = await addCampaign(db())
    expect(await closeAudience(draft)).toEqual({ status: 'draft', audienceOpen: false })
    expect((await getCampaign(db(), draft)).status).toBe('draft')
    await expect(closeAudience(99)).rejects.toMatchObject({ code: 'CAMPAIGN_NOT_FOUND' })
  })

  test('a campaign nobody was reached by is failed when its audience is closed, and only then', async () => {
    const { campaignId, closeAudience, sendAll, complete } = await setup()
    await sendAll('failed')
    expect(await read(campaignId)).toEqual(open)
    await closeAudience(campaignId)
    expect(await complete(campaignId)).toBe(true)
    expect((await getCampaign(db(), campaignId)).status).toBe('failed')
  })

  test('left open for 10 minutes without a call it is paused with that reason; calls put it off', async () => {
    const { campaignId, queue } = await setup()
    const seen = async () => (await getCampaign(db(), campaignId)).audience_seen_at?.getTime() ?? 0
    expect(await pauseLeftOpen(db())).toEqual([])
    await leaveOpen(db(), campaignId)
    const before = await seen()
    await queue(campaignId, [1], true)
    expect(await seen()).toBeGreaterThan(before + 600_000)
    expect(await pauseLeftOpen(db())).toEqual([])
    await leaveOpen(db(), campaignId)
    expect(await rescue(db(), 'postgres')).toMatchObject({ leftOpen: [campaignId] })
    expect(await read(campaignId)).toEqual(left)
    expect((await getCampaign(db(), campaignId)).paused_at).toBeInstanceOf(Date)
    expect(await states()).toEqual(['held'])
    expect(await pauseLeftOpen(db())).toEqual([])
  })

  test.each([
    ['a call with more', (d: Setup) => d.queue(d.campaignId, [4], true), open],
    ['the last call', (d: Setup) => d.queue(d.campaignId, [4]), closed],
    ['closing it', (d: Setup) => d.closeAudience(d.campaignId), closed],
    ['resume', (d: Setup) => d.control(d.campaignId, 'resume'), open],
  ] as const)('paused because it was left open, %s sets it going again', async (_, go, expected) => {
    const dispatch = await setup()
    await leaveOpen(db(), dispatch.campaignId)
    await pauseLeftOpen(db())
    await go(dispatch)
    expect(await read(dispatch.campaignId)).toEqual(expected)
    expect((await getCampaign(db(), dispatch.campaignId)).paused_at).toBeNull()
    expect(new Set(await states())).toEqual(new Set(['ready']))
    // 10 minutes more.
    expect(await pauseLeftOpen(db())).toEqual([])
  })
  type Setup = Awaited<ReturnType<typeof setup>>

  test('retries that wait while it is paused as left open are all claimed after it', async () => {
    const { campaignId, take, report, queue, sendAll } = await setup()
    const lease = await take()
    await report(lease, { results: outcomes([1], 'pending'), startedUpto: '3', inFlight: 2 })
    await leaveOpen(db(), campaignId)
    await pauseLeftOpen(db())
    await report(lease, { results: outcomes([2], 'pending'), startedUpto: '3', inFlight: 1 })
    await queue(campaignId, [4])
    await report(lease, { results: outcomes([3], 'pending'), startedUpto: '3', next: 'done' })
    await sendAll()
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', total: 4, sent: 4 })
  })

  test('one that a person paused stays so, whatever is added or closed', async () => {
    const { campaignId, control, queue, closeAudience } = await setup()
    await control(campaignId, 'pause')
    await leaveOpen(db(), campaignId)
    expect(await pauseLeftOpen(db())).toEqual([])
    expect(await queue(campaignId, [4], true)).toEqual({ queued: 1, status: 'paused', audienceOpen: true })
    expect(await closeAudience(campaignId)).toEqual({ status: 'paused', audienceOpen: false })
    expect(await read(campaignId)).toEqual({ status: 'paused', audience_open: false, paused_reason: null })
    expect(await states()).toEqual(['held', 'held'])
  })

  test('cancel closes it: the rest is skipped, and who goes on adding is refused', async () => {
    const { campaignId, control, queue, closeAudience } = await setup()
    await control(campaignId, 'cancel')
    await skipCancelled(db())
    expect(await completeCampaigns(db())).toBe(1)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'cancelled', audience_open: false, skipped: 3 })
    await expect(queue(campaignId, [4], true)).rejects.toMatchObject({ code: 'INVALID_CAMPAIGN_STATUS' })
    expect(await closeAudience(campaignId)).toEqual({ status: 'cancelled', audienceOpen: false })
  })

  test('of two clients the one that goes on after the other closed it opens it again, or is told who is left out', async () => {
    const { campaignId, queue, sendAll } = await setup()
    expect(await queue(campaignId, [1, 2, 3, 4])).toMatchObject({ audienceOpen: false })
    expect(await queue(campaignId, [4, 5], true)).toMatchObject({ queued: 1, audienceOpen: true })
    await sendAll()
    await queue(campaignId, [5])
    await openDispatch(db()).complete(campaignId)
    const refused = (missing: number[]) => ({
      code: 'INVALID_CAMPAIGN_STATUS',
      details: { missing_ids: missing, missing_count: missing.length },
    })
    await expect(queue(campaignId, [4, 5, 6, 7], true)).rejects.toMatchObject({
      ...refused([6, 7]),
      message: `Cannot add recipients to campaign ${campaignId}: it is "sent"; 2 of the 4 customers of this call are not recipients: create another campaign for them`,
    })
    // A caller that repeats the last call because its answer was lost learns that nobody is missing.
    await expect(queue(campaignId, [1, 5])).rejects.toMatchObject({
      ...refused([]),
      message: `Cannot add recipients to campaign ${campaignId}: it is "sent"; all customers of this call are already recipients`,
    })
  })

  test('failed ones that are tried again do not end it, nor does settling those in doubt', async () => {
    const { campaignId, take, report, reopen, sendAll, closeAudience, complete } = await setup()
    const results = [...outcomes([1], 'failed'), ...outcomes([2, 3], 'unknown')]
    await report(await take(), { results, startedUpto: '3', next: 'done' })
    await reopen({ campaignId, from: 'failed', to: 'pending' })
    await sendAll()
    await reopen({ campaignId, from: 'unknown', to: 'sent' })
    expect(await completeCampaigns(db())).toBe(0)
    expect(await read(campaignId)).toEqual(open)
    await closeAudience(campaignId)
    expect(await complete(campaignId)).toBe(true)
    // Over, failed ones are tried again without anybody being added.
    expect(await read(campaignId)).toEqual({ ...closed, status: 'sent' })
  })

  test('one whose time has come starts while it is open, and does not end before it is closed', async () => {
    const { campaignId, first, setTime, sendAll, closeAudience, complete } = await setup(3600)
    expect(first).toEqual({ queued: 3, status: 'scheduled', audienceOpen: true })
    await leaveOpen(db(), campaignId)
    // Long before its time nothing is sent that could be stopped.
    expect(await pauseLeftOpen(db())).toEqual([])
    await openDispatch(db()).queue(campaignId, [4], true)
    await setTime('-1 second')
    expect(await startDue(db())).toEqual([campaignId])
    await sendAll()
    expect(await read(campaignId)).toEqual(open)
    await closeAudience(campaignId)
    expect(await complete(campaignId)).toBe(true)
  })

  test('one that was left open is paused when its time comes, and nobody is written to before a person decides', async () => {
    const { campaignId, control, setTime, sendAll } = await setup(3600)
    await leaveOpen(db(), campaignId)
    await setTime('-1 second')
    expect(await startDue(db())).toEqual([])
    expect(await pauseLeftOpen(db())).toEqual([campaignId])
    expect(await read(campaignId)).toEqual(left)
    expect(await states()).toEqual(['held'])
    await control(campaignId, 'resume')
    expect((await getCampaign(db(), campaignId)).started_at).not.toBeNull()
    await sendAll()
    expect(await read(campaignId)).toEqual(open)
  })

  test('closing it before its time leaves it scheduled; with no time any more it goes out, as by a last call', async () => {
    const { campaignId, closeAudience, queue } = await setup(3600)
    expect(await closeAudience(campaignId)).toEqual({ status: 'scheduled', audienceOpen: false })
    expect(await states()).toEqual(['held'])
    await queue(campaignId, [4], true)
    await db().updateTable('campaigns').set({ scheduled_at: null, status: 'draft' }).execute()
    expect(await closeAudience(campaignId)).toEqual({ status: 'sending', audienceOpen: false })
    expect(await states()).toEqual(['ready', 'ready'])
  })

  test('what expires while it is open is skipped, and the campaign ends when it is closed', async () => {
    const { campaignId, take, report, read: readChunk, closeAudience, complete } = await setup()
    await db().updateTable('campaigns').set({ expires_at: sql<Date>`now() - interval '1 second'` }).execute()
    const lease = await take()
    expect(lease.expires_in_ms).toBeLessThan(0)
    const ids = (await readChunk(lease)).map(({ id }) => id)
    await report(lease, { results: outcomes(ids, 'skipped', { code: 'expired' }), startedUpto: '3', next: 'done' })
    expect(await complete(campaignId)).toBe(false)
    await closeAudience(campaignId)
    expect(await complete(campaignId)).toBe(true)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'failed', skipped: 3 })
  })

  test('the database itself refuses to end one, for processes of a version that does not know of it', async () => {
    const { campaignId } = await setup()
    const ended = (status: 'sent' | 'failed') => db().updateTable('campaigns').set({ status }).execute()
    for (const status of ['sent', 'failed'] as const) await expect(ended(status)).rejects.toThrow('audience_open')
    expect(await read(campaignId)).toEqual(open)
  })
})
