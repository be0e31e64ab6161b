import { expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { campaignStats } from '../../core/messaging/campaign/stats.ts'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import { openReport } from '../../core/messaging/chunk/report.ts'
import { deleteOldReceipts } from '../../core/messaging/receipts/fold.ts'
import { openInbox } from '../../core/messaging/receipts/inbox.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { getCampaign, getChunk, getMessage, outcome, outcomes, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { expectInvariant } from '../support/invariant.ts'
import { echoed, openReceipts } from '../support/receipts.ts'

/** Reports of a worker for whose sender the provider's ids may be kept. */
function openReportOf(db: Kysely<Database>, isAnswered: (sender: string) => boolean) {
  const report = openReport(db, 30, isAnswered)
  return (lease: Lease, ids: readonly number[]) =>
    report(lease, { results: outcomes(ids, 'sent'), startedUpto: '2', inFlight: 0, wanted: [], next: 'keep' })
}

eachDispatch((db) => {
  /** A campaign whose messages were sent. */
  async function sentCampaign(size: number) {
    const campaign = await startCampaign(db(), size)
    const lease = await campaign.take()
    const ids = campaign.customerIds
    await campaign.report(lease, { results: outcomes(ids, 'sent'), startedUpto: String(size), next: 'done' })
    return { ...campaign, lease, ...openReceipts(db()) }
  }
  const figures = async (id: number) => {
    const { sent, delivered, undelivered, read } = (await campaignStats(db(), [id])).get(id) ?? {}
    return { sent, delivered, undelivered, read }
  }

  test('receipts move the delivery of messages that were sent, and are counted on their campaign', async () => {
    const { post, fold, left, campaignId } = await sentCampaign(5)
    await post(
      echoed(1, 'submitted'),
      echoed(2, 'delivered'),
      echoed(3, 'undelivered', { providerCode: '30005' }),
      echoed(4, 'read'),
    )
    expect(await fold()).toEqual({ taken: 4, changed: 4, sent: 0 })
    expect(await left()).toEqual([])
    expect(await getMessage(db(), 1)).toMatchObject({ status: 'sent', delivery: 'submitted', delivery_code: null })
    expect(await getMessage(db(), 3)).toMatchObject({ status: 'sent', delivery: 'undelivered', delivery_code: '30005' })
    expect(await getMessage(db(), 5)).toMatchObject({ delivery: null })
    expect(await figures(campaignId)).toEqual({ sent: 5, delivered: 2, undelivered: 1, read: 1 })
    expect(await fold()).toEqual({ taken: 0, changed: 0, sent: 0 })
  })

  test('a run has a plan of its own: one that is kept from an empty inbox takes seconds for a full one', async () => {
    await sentCampaign(10)
    await db()
      .connection()
      .execute(async (connection) => {
        const { post, fold } = openReceipts(connection)
        for (let nth = 1; nth <= 10; nth++) {
          await post(echoed(nth, 'delivered'))
          expect(await fold()).toMatchObject({ changed: 1 })
        }
        const { rows } = await sql<{ kept: number }>`select generic_plans::int as kept from pg_prepared_statements
          where statement like 'with picked as materialized%'`.execute(connection)
        for (const { kept } of rows) expect(kept).toBe(0)
      })
  })

  test('race 14: a lower rank changes nothing, and a delivery overrules a failure to deliver', async () => {
    const { post, fold, campaignId } = await sentCampaign(2)
    await post(echoed(1, 'read'), echoed(2, 'undelivered', { providerCode: 'x' }))
    await fold()
    await post(echoed(1, 'delivered'), echoed(1, 'undelivered'), echoed(2, 'submitted'))
    expect(await fold()).toEqual({ taken: 3, changed: 0, sent: 0 })
    await post(echoed(2, 'delivered'))
    await fold()
    expect(await getMessage(db(), 2)).toMatchObject({ delivery: 'delivered', delivery_code: null })
    expect(await figures(campaignId)).toEqual({ sent: 2, delivered: 2, undelivered: 0, read: 1 })
  })

  test('race 13: what comes again changes nothing, before it is folded and after', async () => {
    const { post, fold, left, campaignId } = await sentCampaign(1)
    await Promise.all([post(echoed(1, 'delivered')), post(echoed(1, 'delivered'), echoed(1, 'delivered'))])
    expect(await left()).toHaveLength(1)
    await fold()
    await post(echoed(1, 'delivered'))
    expect(await fold()).toEqual({ taken: 1, changed: 0, sent: 0 })
    expect(await figures(campaignId)).toMatchObject({ delivered: 1 })
  })

  test('receipts after the end of a campaign are counted once, through a fresh try for what failed', async () => {
    const { take, report, complete, reopen, campaignId } = await startCampaign(db(), 3)
    const { post, fold } = openReceipts(db())
    const lease = await take()
    await report(lease, {
      results: [...outcomes([1, 2], 'sent'), outcome(3, 'failed')],
      startedUpto: '3',
    })
    await post(echoed(1, 'delivered'))
    await fold()
    await report(lease, { startedUpto: '3', next: 'done' })
    expect(await complete(campaignId)).toBe(true)
    await post(echoed(2, 'read'))
    await fold()
    expect(await getCampaign(db(), campaignId)).toMatchObject({ delivered: 2, read: 1 })
    await reopen({ campaignId, from: 'failed', to: 'pending' })
    expect(await figures(campaignId)).toEqual({ sent: 2, delivered: 2, undelivered: 0, read: 1 })
    await report(await take(), { results: outcomes([3], 'sent'), startedUpto: '3', next: 'done' })
    await complete(campaignId)
    expect(await figures(campaignId)).toEqual({ sent: 3, delivered: 2, undelivered: 0, read: 1 })
  })

  test('race 40: a receipt that comes before the result is written waits for it', async () => {
    const { take, report, campaignId } = await startCampaign(db(), 2)
    const { post, fold, foldLater, left } = openReceipts(db())
    const lease = await take()
    await report(lease, { wanted: [1, 2] })
    await post(echoed(1, 'delivered'))
    expect(await fold()).toEqual({ taken: 1, changed: 0, sent: 0 })
    expect(await getMessage(db(), 1)).toMatchObject({ status: 'pending', delivery: null })
    // Not looked at again at once.
    expect(await fold()).toMatchObject({ taken: 0 })
    await report(lease, { results: outcomes([1], 'sent'), startedUpto: '2', inFlight: 1 })
    expect(await foldLater()).toEqual({ taken: 1, changed: 1, sent: 0 })
    expect(await getMessage(db(), 1)).toMatchObject({
      status: 'sent',
      delivery: 'delivered',
      provider_message_id: 'mock-1',
    })
    expect(await figures(campaignId)).toMatchObject({ delivered: 1 })
    expect(await left()).toEqual([])
  })

  test('race 40: a receipt with the provider’s id alone finds its message once the report has kept it', async () => {
    const { take, campaignId } = await startCampaign(db(), 2)
    const report = openReportOf(db(), (sender) => sender === 'sms')
    const { post, fold, foldLater } = openReceipts(db())
    const lease = await take()
    await post({ providerId: 'mock-2', delivery: 'delivered' }, { providerId: 'nobody', delivery: 'delivered' })
    expect(await fold()).toEqual({ taken: 2, changed: 0, sent: 0 })
    await report(lease, [1, 2])
    await report(lease, [1, 2])
    expect(await foldLater()).toEqual({ taken: 2, changed: 1, sent: 0 })
    expect(await getMessage(db(), 2)).toMatchObject({ delivery: 'delivered' })
    expect(await figures(campaignId)).toMatchObject({ delivered: 1 })
  })

  test('the ids of a provider belong to its sender alone', async () => {
    const { take } = await startCampaign(db(), 2)
    const { fold } = openReceipts(db())
    await openReportOf(db(), () => true)(await take(), [1])
    await openReceipts(db(), 'another').post({ providerId: 'mock-1', delivery: 'delivered' })
    expect(await fold()).toMatchObject({ taken: 1, changed: 0 })
  })

  test('a sender whose receipts name our message keeps no ids', async () => {
    await sentCampaign(2)
    expect(await db().selectFrom('provider_refs').selectAll().execute()).toEqual([])
  })

  test('a receipt that names nothing of ours is kept for a day', async () => {
    const { post, foldLater, left } = openReceipts(db())
    await post(
      echoed(999, 'delivered'),
      { messageId: 'test-1', delivery: 'delivered' },
      { messageId: '9223372036854775808', delivery: 'delivered', providerId: 'p' },
    )
    expect(await foldLater()).toEqual({ taken: 2, changed: 0, sent: 0 })
    expect((await left()).map(({ reference, echoed }) => [reference, echoed])).toEqual([
      ['999', true],
      ['p', false],
    ])
    expect(await deleteOldReceipts(db())).toBe(0)
    await sql`update receipts set received_at = now() - interval '25 hours' where reference = 'p'`.execute(db())
    expect(await deleteOldReceipts(db())).toBe(1)
    expect(await left()).toHaveLength(1)
  })

  for (const status of ['unknown', 'failed', 'skipped'] as const)
    test(`race 10: a receipt shows that a message was sent, although it was called ${status}`, async () => {
      const { take, report, complete, campaignId } = await startCampaign(db(), 2)
      const { post, fold, left } = openReceipts(db())
      const lease = await take()
      await report(lease, { results: outcomes([1, 2], status), startedUpto: '2', next: 'done' })
      await complete(campaignId)
      await post(echoed(1, 'delivered', { providerId: 'SM1' }), echoed(1, 'submitted', { providerId: 'SM1' }))
      expect(await fold()).toEqual({ taken: 2, changed: 0, sent: 1 })
      await expectInvariant(db())
      expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', sent: 1, [status]: 1, delivered: 0 })
      expect(await fold()).toMatchObject({ changed: 1, sent: 0 })
      expect(await getMessage(db(), 1)).toMatchObject({
        status: 'sent',
        attempts: 1,
        provider_message_id: 'SM1',
        last_error: null,
        delivery: 'delivered',
      })
      expect(await getChunk(db(), lease.id)).toMatchObject({ sent: 1, [status]: 1 })
      expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', sent: 1, delivered: 1 })
      expect(await left()).toEqual([])
    })

  test('a message that failed stays so when its receipt says no more', async () => {
    const { take, report } = await startCampaign(db(), 1)
    const { post, fold, left } = openReceipts(db())
    await report(await take(), { results: outcomes([1], 'failed'), startedUpto: '1', next: 'done' })
    await post(echoed(1, 'undelivered'), echoed(1, 'submitted'))
    expect(await fold()).toEqual({ taken: 2, changed: 0, sent: 0 })
    expect(await getMessage(db(), 1)).toMatchObject({ status: 'failed', delivery: null })
    expect(await left()).toEqual([])
  })

  test('race 10: a receipt settles a message that waits for another try, unless a worker has it', async () => {
    const { take, report, read } = await startCampaign(db(), 3)
    const { post, fold, foldLater } = openReceipts(db())
    await report(await take(), { results: outcomes([1, 2, 3], 'pending'), startedUpto: '3', next: 'done' })
    const retry = await take()
    await post(echoed(1, 'delivered'))
    expect(await fold()).toEqual({ taken: 1, changed: 0, sent: 0 })
    await report(retry, { next: 'release' })
    expect(await foldLater()).toMatchObject({ sent: 1 })
    expect(await getMessage(db(), 1)).toMatchObject({ status: 'sent', turn: 2 })
    const again = await take()
    expect((await read(again)).map(({ id }) => id)).toEqual(['2', '3'])
    await report(again, { results: outcomes([2, 3], 'sent'), startedUpto: '3', next: 'done' })
  })

  test('what a receipt says of a phone suppresses it, unless the customer was changed since', async () => {
    const { post, fold } = await sentCampaign(4)
    await db().updateTable('customers').set({ updated_at: sql<Date>`clock_timestamp()` }).where('id', '=', 3).execute()
    await post(
      echoed(1, 'undelivered', { about: 'number', providerCode: '30005' }),
      echoed(2, 'undelivered', { about: 'opt_out' }),
      echoed(3, 'undelivered', { about: 'number' }),
      echoed(4, 'undelivered', { about: 'content' }),
    )
    await fold()
    const suppressed = await db().selectFrom('suppressions').selectAll().orderBy('phone').execute()
    const shared = { channel: 'sms', source: 'receipt', sender: 'sms' }
    expect(suppressed).toMatchObject([
      { phone: '+254700000001', reason: 'invalid', code: '30005', ...shared },
      { phone: '+254700000002', reason: 'opt_out', code: null, ...shared },
    ])
  })

  test('what people write is stored once, whatever it holds', async () => {
    const store = openInbox(db())
    const inbound = [
      { id: 'in-1', from: '+254700000001', to: '22000', text: 'ST\0OP, "please" \\', at: 1_800_000_000_000 },
      { id: 'in-2', text: '', intent: 'stop' as const },
    ]
    await store({ sender: 'sms', receipts: [], inbound })
    await store({ sender: 'sms', receipts: [], inbound })
    expect(await db().selectFrom('inbound_messages').selectAll().orderBy('id').execute()).toMatchObject([
      { sender: 'sms', phone: '+254700000001', sent_to: '22000', body: 'STOP, "please" \\', intent: null },
      { provider_id: 'in-2', phone: null, body: '', intent: 'stop', sent_at: null },
    ])
  })
})
