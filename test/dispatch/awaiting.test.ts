/** Messages in doubt that wait for a receipt (race 10). */
import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { skipCancelled } from '../../core/messaging/campaign/skip-cancelled.ts'
import { campaignStats, progressColumns, statsRows } from '../../core/messaging/campaign/stats.ts'
import { openFold } from '../../core/messaging/receipts/fold.ts'
import { openInbox } from '../../core/messaging/receipts/inbox.ts'
import {
  endBackoff,
  getCampaign,
  getMessage,
  listChunks,
  outcome,
  outcomes,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

const WAIT_MS = 900_000
const inDoubt = (id: number) => outcome(id, 'pending', { code: 'timeout', delayMs: WAIT_MS, awaiting: true })

eachDispatch((db) => {
  /** Four messages: one sent, one to be tried again, two in doubt. */
  async function doubtful() {
    const campaign = await startCampaign(db(), 4)
    const results = [outcome(1, 'sent'), outcome(2, 'pending', { delayMs: WAIT_MS }), inDoubt(3), inDoubt(4)]
    await campaign.report(await campaign.take(), { results, startedUpto: '4', next: 'done' })
    const store = openInbox(db())
    const deliver = (id: number) =>
      store({ sender: 'sms', receipts: [{ messageId: String(id), delivery: 'delivered' }], inbound: [] })
    return { ...campaign, deliver, fold: openFold(db()) }
  }
  const stats = async (id: number) => (await campaignStats(db(), [id])).get(id)
  const awaiting = async () => (await listChunks(db())).find((chunk) => chunk.awaiting && chunk.state !== 'done')

  test('messages in doubt wait in a chunk of their own, until their time is over', async () => {
    const { campaignId, claim } = await doubtful()
    const chunks = (await listChunks(db())).map(({ ids, awaiting, started_upto }) => [ids, awaiting, started_upto])
    expect(chunks).toHaveLength(3)
    expect(chunks).toContainEqual([['2'], false, '0'])
    expect(chunks).toContainEqual([['3', '4'], true, '4'])
    const [{ ms } = { ms: 0 }] = (
      await sql<{ ms: number }>`select extract(epoch from due_at - now())::float8 * 1000 as ms
        from dispatch_chunks where awaiting`.execute(db())
    ).rows
    expect(ms).toBeWithin(WAIT_MS - 60_000, WAIT_MS + 2000)
    expect(await claim()).toBeUndefined()
    expect(await stats(campaignId)).toMatchObject({ pending: 3, sent: 1, unknown: 0 })
    expect(await getMessage(db(), 3)).toMatchObject({ status: 'pending', last_error: 'timeout' })
  })

  test('a campaign waits for receipts once nothing else is left', async () => {
    const { campaignId, take, report } = await doubtful()
    const facts = () => statsRows(db()).select(progressColumns).where('k.id', '=', campaignId).executeTakeFirstOrThrow()
    await sql`update dispatch_chunks set due_at = due_at + interval '1 hour' where not awaiting`.execute(db())
    const retry = (await listChunks(db())).find((chunk) => chunk.ids?.includes('2'))
    expect(await facts()).toMatchObject({ awaiting: false, due_at: retry?.due_at })
    await sql`update dispatch_chunks set due_at = now() where not awaiting`.execute(db())
    await report(await take(), { results: [outcome(2, 'sent')], startedUpto: '2', next: 'done' })
    expect(await facts()).toMatchObject({ awaiting: true, due_at: (await awaiting())?.due_at })
  })

  test('a receipt settles one; the last one ends the wait', async () => {
    const { campaignId, deliver, fold, claim, report, complete } = await doubtful()
    await deliver(3)
    expect(await fold()).toMatchObject({ sent: 1 })
    expect(await fold()).toMatchObject({ changed: 1 })
    expect(await claim()).toBeUndefined()
    await deliver(4)
    await fold()
    const lease = await claim()
    expect(lease).toMatchObject({ ids: ['3', '4'], awaiting: true })
    if (lease) await report(lease, { next: 'done', startedUpto: '4' })
    expect(await complete(campaignId)).toBe(false)
    expect(await stats(campaignId)).toMatchObject({ sent: 3, pending: 1, delivered: 1 })
    await fold()
    expect(await stats(campaignId)).toMatchObject({ sent: 3, delivered: 2 })
  })

  test('without a receipt it is unknown in the end, and a receipt that comes then settles it still', async () => {
    const { campaignId, deliver, fold, take, report, read, complete } = await doubtful()
    await endBackoff(db())
    for (let left = 2; left > 0; left--) {
      const lease = await take()
      const ids = (await read(lease)).map(({ id }) => id)
      const results = lease.awaiting
        ? outcomes(ids, 'unknown', { code: 'receipt.missing' })
        : outcomes(ids, 'sent', { attempts: 2 })
      await report(lease, { results, startedUpto: ids.at(-1) ?? '0', next: 'done' })
    }
    await complete(campaignId)
    expect(await getMessage(db(), 4)).toMatchObject({ status: 'unknown', last_error: 'receipt.missing' })
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', sent: 2, unknown: 2 })
    await deliver(4)
    await fold()
    await fold()
    expect(await getCampaign(db(), campaignId)).toMatchObject({ sent: 3, unknown: 1, delivered: 1 })
  })

  test('an acceptance that is reported late settles it too', async () => {
    const campaign = await startCampaign(db(), 1)
    const lease = await campaign.take()
    await campaign.report(lease, { results: [inDoubt(1)], startedUpto: '1', inFlight: 0 })
    await campaign.report(lease, { results: [outcome(1, 'sent')], startedUpto: '1', next: 'done' })
    expect(await getMessage(db(), 1)).toMatchObject({ status: 'sent', provider_message_id: 'mock-1', turn: 2 })
    expect(await campaign.claim()).toMatchObject({ awaiting: true })
  })

  test('of a campaign that is cancelled they are unknown at once, and not skipped', async () => {
    const { campaignId, control } = await doubtful()
    await control(campaignId, 'cancel')
    await skipCancelled(db())
    expect(await stats(campaignId)).toMatchObject({ sent: 1, skipped: 1, unknown: 2, pending: 0 })
    expect(await getMessage(db(), 3)).toMatchObject({ status: 'unknown', last_error: 'receipt.missing' })
  })

  test('a pause holds them, and a receipt settles them meanwhile', async () => {
    const { campaignId, control, deliver, fold } = await doubtful()
    await control(campaignId, 'pause')
    await deliver(3)
    expect(await fold()).toMatchObject({ sent: 1 })
    await control(campaignId, 'resume')
    expect(await awaiting()).toMatchObject({ state: 'ready', ids: ['3', '4'], sent: 1 })
  })
})
