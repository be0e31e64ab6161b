/** Failed messages that are retried by hand, through the worker and the mock: about as many succeed as of any others. */
import { beforeEach, expect, test } from 'bun:test'
import { systemClock } from '../../core/clock.ts'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { Sender } from '../../core/messaging/senders/contract.ts'
import { bindSender, sendersOf } from '../../core/messaging/senders/registry.ts'
import { listBreakers } from '../../core/messaging/senders/standstill.ts'
import { mockSender } from '../../plugins/mock/sender.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { getCampaign, startCampaign } from '../support/dispatch.ts'
import { inertResources } from '../support/inert.ts'
import { expectInvariant } from '../support/invariant.ts'

const PEOPLE = 400
const SUCCESS_RATE = 0.5
const ATTEMPTS = 3
const config = {
  concurrency: 4,
  window: 64,
  leaseSeconds: 30,
  maxAttempts: ATTEMPTS,
  backoffMs: 1,
  probeSeconds: 1,
  unknownPolicy: 'hold' as const,
  retainContent: true,
}

eachDatabase((database) => {
  const db = () => database().db
  beforeEach(() => emptyTables(db()))

  /** Runs a worker until the campaign is over. */
  async function workOff(campaign: number, sender: Sender): Promise<void> {
    const { clock, log, process } = inertResources().resources
    const stop = new AbortController()
    const take = async () => {
      if ((await getCampaign(db(), campaign)).completed_at !== null) stop.abort()
      return stop.signal.aborted ? undefined : { claimed: () => {}, done: () => {} }
    }
    const messaging = { senders: sendersOf([sender], { sms: ['sms'], whatsapp: [] }), work: openWorkService(db()) }
    const grant = { clock, log, process, messaging, config, consume: { take, takeNow: () => undefined } }
    await openWork(grant as unknown as WorkGrant).work?.(stop.signal, new AbortController().signal)
  }

  test('retry-failed of a campaign at success rate 0.5 reaches about as many as the first three tries did', async () => {
    const { campaignId, reopen } = await startCampaign(db(), PEOPLE)
    const { log } = inertResources().resources
    const sender = bindSender(
      { name: 'sms', kind: 'mock' },
      { channels: ['sms'], idempotent: true },
      mockSender({ successRate: SUCCESS_RATE, latencyMs: 0, seed: 7, log, clock: systemClock }),
    )
    await workOff(campaignId, sender)
    const { failed } = await getCampaign(db(), campaignId)
    const lost = (1 - SUCCESS_RATE) ** ATTEMPTS
    expect(Math.abs(failed - PEOPLE * lost)).toBeLessThan(30)
    await reopen({ campaignId, from: 'failed', to: 'pending' })
    await workOff(campaignId, sender)
    const after = await getCampaign(db(), campaignId)
    expect(after.sent + after.failed).toBe(PEOPLE)
    // Five standard deviations of so few coins.
    expect(Math.abs(after.failed - failed * lost)).toBeLessThan(5 * Math.sqrt(failed * lost * (1 - lost)))
    expect(await listBreakers(db())).toEqual([])
    await expectInvariant(db())
  }, 60_000)
})
