import { expect, test } from 'bun:test'
import type { MessageStatus } from '../../core/messaging/schema.ts'
import { getCampaign, getChunk, getMessage, loseLeases, outcome, outcomes, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { expectInvariant } from '../support/invariant.ts'

eachDispatch((db) => {
  /** A chunk of three whose first owner was too slow, in the hands of the second. */
  async function zombie() {
    const campaign = await startCampaign(db(), 3)
    const slow = await campaign.take()
    await campaign.report(slow, { startedUpto: '3', inFlight: 3 })
    await loseLeases(db())
    return { ...campaign, slow, owner: await campaign.take() }
  }

  for (const status of ['failed', 'skipped', 'unknown'] satisfies MessageStatus[])
    test(`race 10: what was accepted is sent, although it was called ${status} meanwhile`, async () => {
      const { slow, owner, report } = await zombie()
      await report(owner, { results: [outcome(2, status)], startedUpto: '3', inFlight: 2 })
      const accepted = { results: [outcome(2, 'sent', { text: 'Hello' })] }
      await report(slow, accepted)
      await report(slow, accepted)
      expect(await getMessage(db(), 2)).toMatchObject({
        status: 'sent',
        attempts: 1,
        provider_message_id: 'mock-2',
        rendered_content: 'Hello',
        last_error: null,
      })
      expect(await getChunk(db(), owner.id)).toMatchObject({ sent: 1, [status]: 0, in_flight: 2, epoch: 2 })
    })

  for (const claimed of [false, true])
    test(`race 10: what was accepted is sent, although it waits in a retry chunk${claimed ? ' that is worked on' : ''}`, async () => {
      const { slow, owner, report, take, read } = await zombie()
      await report(owner, { results: outcomes([1, 2], 'pending'), startedUpto: '3', inFlight: 1 })
      const retry = claimed ? await take() : undefined
      if (retry) await report(retry, { startedUpto: '2', inFlight: 2 })
      await report(slow, { results: [outcome(2, 'sent')] })
      expect(await getMessage(db(), 2)).toMatchObject({ status: 'sent', attempts: 1, turn: 2 })
      await expectInvariant(db())
      const last = retry ?? (await take())
      if (!claimed) expect((await read(last)).map(({ id }) => id)).toEqual(['1'])
      await report(last, { results: outcomes([1, 2], 'sent', { attempts: 2 }), startedUpto: '2', next: 'done' })
      expect(await getChunk(db(), last.id)).toMatchObject({ sent: 2, size: 2, state: 'done' })
    })

  test('race 10: what was accepted is sent, although its retry chunk was given back and claimed again', async () => {
    const { slow, owner, report, take, claim } = await zombie()
    await report(owner, { results: outcomes([1], 'pending'), startedUpto: '3', inFlight: 2 })
    const retry = await take()
    await report(owner, { results: outcomes([2], 'pending'), startedUpto: '3', inFlight: 1 })
    await report(retry, { next: 'release' })
    await claim()
    await report(slow, { results: outcomes([1, 2], 'sent') })
    expect([(await getMessage(db(), 1)).status, (await getMessage(db(), 2)).status]).toEqual(['sent', 'sent'])
  })

  test('race 10: a campaign that is over takes in what proves to have been accepted', async () => {
    const { slow, owner, report, complete, campaignId } = await zombie()
    await report(owner, { results: outcomes([1, 2, 3], 'failed'), startedUpto: '3', next: 'done' })
    expect(await complete(campaignId)).toBe(true)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'failed', total: 3, sent: 0, failed: 3 })
    await report(slow, { results: outcomes([1, 3], 'sent') })
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', total: 3, sent: 2, failed: 1 })
    expect(await complete(campaignId)).toBe(false)
  })

  test('race 14: nothing but an acceptance changes what is final', async () => {
    const { slow, owner, report } = await zombie()
    await report(owner, {
      results: [outcome(1, 'sent'), outcome(2, 'failed'), outcome(3, 'unknown')],
      startedUpto: '3',
      next: 'done',
    })
    for (const status of ['pending', 'failed', 'skipped', 'unknown'] as const)
      await report(slow, { results: outcomes([1, 2, 3], status, { attempts: 3 }) })
    await report(slow, { results: [outcome(1, 'sent', { providerId: 'another' })] })
    expect(await getMessage(db(), 1)).toMatchObject({ status: 'sent', provider_message_id: 'mock-1', attempts: 1 })
    expect((await getMessage(db(), 2)).status).toBe('failed')
    expect((await getMessage(db(), 3)).status).toBe('unknown')
  })

  test('one report with two results of a message, given up and then accepted, counts it once as sent', async () => {
    const { take, report } = await startCampaign(db(), 2)
    const lease = await take()
    await report(lease, { results: [outcome(1, 'unknown'), outcome(1, 'sent'), outcome(2, 'sent')], startedUpto: '2' })
    expect(await getChunk(db(), lease.id)).toMatchObject({ sent: 2, unknown: 0 })
  })
})
