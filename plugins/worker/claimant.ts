/** The process as it claims chunks. */
import type { Claimant } from '../../core/messaging/chunk/work.ts'
import type { WorkGrant } from './grant.ts'

export function claimantOf({ process, config, messaging: { senders } }: WorkGrant): Claimant {
  return {
    owner: process.id,
    leaseSeconds: config.leaseSeconds,
    senders: senders.list().map(({ name }) => name),
  }
}
