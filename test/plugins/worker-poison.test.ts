/** Race 20, through the worker: what throws or hangs is left out, and everybody else is written to. */
import { expect, test } from 'bun:test'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { endBackoff, getCampaign, getMessage, loseLeases, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { inertResources } from '../support/inert.ts'
import { sendersByChannel } from '../support/senders.ts'

const config = {
  concurrency: 1,
  window: 8,
  leaseSeconds: 30,
  maxAttempts: 3,
  backoffMs: 1,
  probeSeconds: 1,
  unknownPolicy: 'hold' as const,
  retainContent: true,
}
const PEOPLE = 30

eachDispatch((db) => {
  /** Runs a worker until the campaign is over; a chunk that it gives up is claimed again at once. */
  async function workOff(campaign: number, idOf: (message: OutboundMessage) => string, changes = {}) {
    const { resources, lines } = inertResources()
    const { clock, log, process } = resources
    const stop = new AbortController()
    const take = async () => {
      await loseLeases(db())
      await endBackoff(db())
      if ((await getCampaign(db(), campaign)).completed_at !== null) stop.abort()
      return stop.signal.aborted ? undefined : { claimed: () => {}, done: () => {} }
    }
    const senders = sendersByChannel(() => ({
      sendOne: async (message) => ({ kind: 'accepted', id: idOf(message) }),
      ...changes,
    }))
    const messaging = { senders, work: openWorkService(db()) }
    const grant = { clock, log, process, messaging, config, consume: { take, takeNow: () => undefined } }
    await openWork(grant as unknown as WorkGrant).work?.(stop.signal, new AbortController().signal)
    return lines.map(({ level, args }) => ({ level, about: args[0] as Record<string, unknown>, text: String(args[1]) }))
  }
  const plain = ({ messageId }: OutboundMessage) => `p-${messageId}`

  test('an outcome that cannot be written: its message ends, in doubt, and all others are sent', async () => {
    const { campaignId } = await startCampaign(db(), PEOPLE)
    // No text of PostgreSQL holds U+0000.
    const lines = await workOff(campaignId, (message) => (message.messageId === '7' ? 'p\u0000' : plain(message)))
    expect(await getCampaign(db(), campaignId)).toMatchObject({
      total: PEOPLE,
      sent: PEOPLE - 1,
      unknown: 1,
      failed: 0,
    })
    expect(await getMessage(db(), 7)).toMatchObject({ status: 'unknown', last_error: 'poisoned' })
    expect(lines.filter(({ text }) => text.includes('split')).length).toBeGreaterThan(1)
    expect(lines.filter(({ text }) => text.includes('poisoned'))).toMatchObject([
      { level: 'error', about: { campaign: campaignId, message: '7', status: 'unknown' } },
    ])
  }, 60_000)

  test('where the sender must not be asked twice, nobody is asked twice over it', async () => {
    const { campaignId } = await startCampaign(db(), PEOPLE)
    const asked: string[] = []
    const note = (message: OutboundMessage) => {
      asked.push(message.messageId)
      return message.messageId === '7' ? 'p\u0000' : plain(message)
    }
    await workOff(campaignId, note, { idempotent: false })
    expect(asked.length).toBe(new Set(asked).size)
    const { sent, unknown, failed } = await getCampaign(db(), campaignId)
    expect({ failed, all: sent + unknown }).toEqual({ failed: 0, all: PEOPLE })
    expect((await getMessage(db(), 7)).status).toBe('unknown')
  }, 60_000)
})
