import { expect, test } from 'bun:test'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { Delivery } from '../../core/queue/queue.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { eachDatabase } from '../support/databases.ts'
import { inertResources } from '../support/inert.ts'

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
  /** The work loop with a queue that gives this one delivery. @returns what the delivery was told */
  function claimOf(chunkId: string): { told: readonly (boolean | 'done')[]; ended: Promise<void> } {
    const { resources, senders } = inertResources()
    const told: (boolean | 'done')[] = []
    const delivery: Delivery = {
      chunkIds: [chunkId],
      claimed: (work) => told.push(work),
      done: () => told.push('done'),
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
    return { told, ended: work(stop.signal, new AbortController().signal) as Promise<void> }
  }

  test('a chunk that is not there to be claimed: the delivery is told at once', async () => {
    const { told, ended } = claimOf('1')
    await ended
    expect(told).toEqual([false])
  })

  test('a claim that fails: the delivery is told, or the broker would count it as in hand for ever', async () => {
    const { told, ended } = claimOf('not a number')
    await expect(ended).rejects.toThrow('invalid input syntax')
    expect(told).toEqual([false])
  })
})
