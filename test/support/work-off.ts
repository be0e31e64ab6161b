/** A worker of the product that works campaigns off within a test. */
import type { Kysely } from 'kysely'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { Policy } from '../../core/messaging/policy/policy.ts'
import type { Database } from '../../core/messaging/schema.ts'
import type { Senders } from '../../core/messaging/senders/contract.ts'
import { mockSender } from '../../plugins/mock/sender.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { getCampaign } from './dispatch.ts'
import { inertResources } from './inert.ts'
import { sendersByChannel } from './senders.ts'

const config = {
  concurrency: 2,
  window: 64,
  leaseSeconds: 30,
  maxAttempts: 3,
  backoffMs: 1,
  probeSeconds: 5,
  retainContent: true,
  language: 'en',
}

interface WorkOffOptions {
  /** Policies that plugins contribute. */
  readonly policies?: readonly Policy[]
  /** Messages of a chunk in flight at once. */
  readonly window?: number
  /** Default: the mock for both channels. */
  readonly senders?: Senders
}

/** Runs a worker until the campaign is over. */
export async function workOff(db: Kysely<Database>, campaignId: number, options: WorkOffOptions = {}): Promise<void> {
  const { clock, log, process } = inertResources().resources
  const { policies = [], senders = sendersByChannel(() => mockSender({ successRate: 1, latencyMs: 0, log, clock })) } =
    options
  const stop = new AbortController()
  const take = async () => {
    if ((await getCampaign(db, campaignId)).completed_at !== null) stop.abort()
    return stop.signal.aborted ? undefined : { claimed: () => {}, done: () => {} }
  }
  const { window = config.window } = options
  const messaging = { senders, work: openWorkService(db, () => policies) }
  const grant = {
    clock,
    log,
    process,
    messaging,
    config: { ...config, window },
    consume: { take, takeNow: () => undefined },
  }
  await openWork(grant as unknown as WorkGrant).work?.(stop.signal, new AbortController().signal)
}
