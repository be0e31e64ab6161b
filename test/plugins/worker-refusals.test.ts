/** Refusals that say more than that one message failed: everybody's content, and phones that are not to be written to. */
import { expect, test } from 'bun:test'
import { openControlService } from '../../core/messaging/campaign/control-service.ts'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { endBackoff, getCampaign, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { inertResources } from '../support/inert.ts'
import { expectInvariant } from '../support/invariant.ts'
import { sendersByChannel } from '../support/senders.ts'

const config = {
  concurrency: 2,
  window: 4,
  leaseSeconds: 30,
  maxAttempts: 3,
  backoffMs: 1,
  probeSeconds: 5,
  unknownPolicy: 'hold',
  retainContent: true,
}
const PEOPLE = 60
const accept = ({ messageId }: OutboundMessage): Outcome => ({ kind: 'accepted', id: `p-${messageId}` })
const refusal = (about: 'content' | 'number' | 'opt_out'): Outcome => ({
  ...{ kind: 'rejected', code: 'content.refused', permanent: true, about, providerCode: '132001' },
})

eachDispatch((db) => {
  /** Runs a worker until the campaign is over or paused. */
  async function workOff(campaign: number, answer: (message: OutboundMessage) => Outcome) {
    const { resources, lines } = inertResources()
    const { clock, log, process } = resources
    const stop = new AbortController()
    const take = async () => {
      await endBackoff(db())
      const { status, completed_at } = await getCampaign(db(), campaign)
      if (completed_at !== null || status === 'paused') stop.abort()
      return stop.signal.aborted ? undefined : { claimed: () => {}, done: () => {} }
    }
    const asked: string[] = []
    const senders = sendersByChannel(() => ({
      idempotent: false,
      sendOne: async (message) => {
        asked.push(message.messageId)
        return answer(message)
      },
    }))
    const messaging = { senders, work: openWorkService(db()) }
    const grant = { clock, log, process, messaging, config, consume: { take, takeNow: () => undefined } }
    await openWork(grant as unknown as WorkGrant).work?.(stop.signal, new AbortController().signal)
    return { asked, errors: lines.filter(({ level }) => level === 'error') }
  }
  const resume = (campaign: number) => openControlService(db()).control(campaign, 'resume')

  test('content that everybody shares pauses the campaign, nobody fails, and a resume sends it to all', async () => {
    const { campaignId } = await startCampaign(db(), PEOPLE)
    const { asked, errors } = await workOff(campaignId, () => refusal('content'))
    expect(await getCampaign(db(), campaignId)).toMatchObject({
      status: 'paused',
      paused_reason: 'content_refused',
      paused_detail: 'sender "sms", code 132001',
    })
    // Five in a row, and the windows that were under way then.
    expect(asked.length).toBeLessThanOrEqual(5 + config.concurrency * config.window)
    expect(errors.map(({ args }) => args[1])).toEqual(['The provider refuses the content: the campaign is paused'])
    await expectInvariant(db())
    await resume(campaignId)
    await workOff(campaignId, accept)
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', sent: PEOPLE, failed: 0 })
    expect(await getCampaign(db(), campaignId)).toMatchObject({ paused_reason: null, paused_detail: null })
  }, 60_000)

  test('the content of single messages fails these, after their attempts, and pauses nothing', async () => {
    const { campaignId } = await startCampaign(db(), PEOPLE)
    const isOdd = ({ messageId }: OutboundMessage) => Number(messageId) % 20 === 0
    const { asked } = await workOff(campaignId, (message) => (isOdd(message) ? refusal('content') : accept(message)))
    expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'sent', sent: PEOPLE - 3, failed: 3 })
    expect(asked.filter((id) => id === '20')).toHaveLength(config.maxAttempts)
  }, 60_000)

  test('phones that the provider refuses as such are suppressed on the channel, once', async () => {
    const { campaignId } = await startCampaign(db(), PEOPLE)
    const answer = (message: OutboundMessage) =>
      message.messageId === '7' ? refusal('number') : message.messageId === '8' ? refusal('opt_out') : accept(message)
    await workOff(campaignId, answer)
    const messages = await db()
      .selectFrom('outbound_messages as m')
      .innerJoin('customers as c', 'c.id', 'm.customer_id')
      .select(['m.status', 'c.phone'])
      .where('m.id', 'in', ['7', '8'])
      .orderBy('m.id')
      .execute()
    expect(messages.map(({ status }) => status)).toEqual(['failed', 'failed'])
    const [invalid, optOut] = messages.map(({ phone }) => phone)
    const suppressed = await db().selectFrom('suppressions').selectAll().orderBy('reason').execute()
    expect(suppressed).toMatchObject([
      { phone: invalid, channel: 'sms', reason: 'invalid', source: 'answer', sender: 'sms', code: '132001' },
      { phone: optOut, channel: 'sms', reason: 'opt_out', source: 'answer', sender: 'sms', code: '132001' },
    ])
  }, 60_000)
})
