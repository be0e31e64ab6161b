import { expect, test } from 'bun:test'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { Delivery } from '../../core/queue/queue.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { startCampaign } from '../support/dispatch.ts'
import { inertResources } from '../support/inert.ts'
import { sendersByChannel } from '../support/senders.ts'

const config = {
  concurrency: 1,
  window: 8,
  leaseSeconds: 10,
  maxAttempts: 3,
  backoffMs: 100,
  probeSeconds: 1,
  unknownPolicy: 'hold' as const,
  retainContent: false,
}

eachDatabase((database) => {
  type Step = boolean | 'message' | 'done'

  /**
   * The work loop with a queue that gives this one delivery.
   * @param chunkId without one, the delivery is of any chunk that is due
   * @returns what the delivery was told, and each message in between
   */
  function claimOf(chunkId?: string): { steps: readonly Step[]; ended: Promise<void> } {
    const { resources } = inertResources()
    const steps: Step[] = []
    const senders = sendersByChannel(() => ({
      sendOne: async ({ messageId }) => {
        steps.push('message')
        return { kind: 'accepted', id: messageId }
      },
    }))
    const delivery: Delivery = {
      ...(chunkId === undefined ? {} : { chunkIds: [chunkId] }),
      claimed: (work) => steps.push(work),
      done: () => steps.push('done'),
    }
    const stop = new AbortController()
    let taken = false
    const take = async () => {
      if (taken) stop.abort()
      const first = taken ? undefined : delivery
      taken = true
      return first
    }
    const { clock, log, process } = resources
    const grant = {
      clock,
      log,
      process,
      messaging: { senders, work: openWorkService(database().db) },
      config,
      consume: { take, takeNow: () => undefined },
    }
    const { work } = openWork(grant as unknown as WorkGrant)
    if (!work) throw new Error('There is no such loop')
    return { steps, ended: work(stop.signal, new AbortController().signal) as Promise<void> }
  }

  for (const named of [true, false])
    test(`a delivery ${named ? 'with' : 'without'} chunk ids ends once the chunks are worked off`, async () => {
      await emptyTables(database().db)
      await startCampaign(database().db, 3)
      const { steps, ended } = claimOf(named ? '1' : undefined)
      await ended
      expect(steps).toEqual([true, 'message', 'message', 'message', 'done'])
    })

  test('a chunk that is not there to be claimed: the delivery is told at once', async () => {
    const { steps, ended } = claimOf('1')
    await ended
    expect(steps).toEqual([false])
  })

  test('a claim that fails: the delivery is told, or the broker would count it as in hand for ever', async () => {
    const { steps, ended } = claimOf('not a number')
    await expect(ended).rejects.toThrow('invalid input syntax')
    expect(steps).toEqual([false])
  })
})
