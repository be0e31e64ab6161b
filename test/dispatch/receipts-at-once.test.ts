/** Folds that meet each other, the end of a campaign, and locks. */
import { describe, expect, test } from 'bun:test'
import { openFold } from '../../core/messaging/receipts/fold.ts'
import { getCampaign, outcomes, startCampaign } from '../support/dispatch.ts'
import { openOverlap } from '../support/overlap.ts'
import { postgresAvailable } from '../support/postgres.ts'
import { echoed, openReceipts } from '../support/receipts.ts'

describe.skipIf(!postgresAvailable)('postgres', () => {
  const { db, within, overlap } = openOverlap()

  async function sentCampaign() {
    const campaign = await startCampaign(db(), 4)
    await campaign.report(await campaign.take(), {
      results: outcomes([1, 2, 3, 4], 'sent'),
      startedUpto: '4',
      next: 'done',
    })
    const receipts = openReceipts(db())
    await receipts.post(...[1, 2, 3, 4].map((id) => echoed(id, 'delivered')))
    return { ...campaign, ...receipts }
  }

  test('of two that fold at once each finds other receipts, and neither waits', async () => {
    const { fold, foldLater, campaignId } = await sentCampaign()
    await within(async (trx) => {
      expect(await openFold(trx)()).toMatchObject({ taken: 4, changed: 4 })
      expect(await fold()).toMatchObject({ taken: 0 })
    })
    expect(await foldLater()).toMatchObject({ taken: 0 })
    expect(await getCampaign(db(), campaignId)).toMatchObject({ delivered: 4 })
  })

  test('a fold that is rolled back is done by the next', async () => {
    const { fold, campaignId } = await sentCampaign()
    const lost = within(async (trx) => {
      expect(await openFold(trx)()).toMatchObject({ changed: 4 })
      throw new Error('the connection is lost')
    })
    await expect(lost).rejects.toThrow('the connection is lost')
    expect(await fold()).toMatchObject({ taken: 4, changed: 4 })
    expect(await getCampaign(db(), campaignId)).toMatchObject({ delivered: 4 })
  })

  test('a message or a campaign that is locked is left for later', async () => {
    const { fold, foldLater, campaignId } = await sentCampaign()
    await within(async (trx) => {
      await trx.selectFrom('outbound_messages').select('id').where('id', '=', '2').forUpdate().execute()
      expect(await fold()).toMatchObject({ taken: 4, changed: 3 })
    })
    await within(async (trx) => {
      await trx.selectFrom('campaigns').select('id').forUpdate().execute()
      expect(await foldLater()).toMatchObject({ taken: 1, changed: 0 })
    })
    expect(await foldLater()).toMatchObject({ taken: 1, changed: 1 })
    expect(await getCampaign(db(), campaignId)).toMatchObject({ delivered: 4 })
  })

  test('a campaign that completes while its receipts are folded counts them once', async () => {
    const { complete, campaignId, foldLater } = await sentCampaign()
    const ended = await overlap(
      (trx) => openFold(trx)(),
      () => complete(campaignId),
    )
    expect(ended).toEqual([{ status: 'fulfilled', value: true }])
    await foldLater()
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', sent: 4, delivered: 4 })
  })
})
