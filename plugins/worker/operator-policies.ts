/** Policies of operators for the chunks that this worker works on, as they are in force. */
import type { Caps, Lease } from '../../core/messaging/chunk/work.ts'
import type { Policy } from '../../core/messaging/policy/policy.ts'
import { quietHoursPolicy } from '../../core/messaging/policy/quiet-hours-policy.ts'
import type { WorkGrant } from './grant.ts'

export interface ChunkPolicies {
  /** Undefined where none are set for the chunk. */
  readonly quietHours: Policy | undefined
  readonly caps: Caps | undefined
  /** Looks for other policies, once a second at most; never rejects. */
  look(): Promise<void>
  /** True once others are in force. */
  isOutdated(): boolean
}

const never = { quietHours: undefined, caps: undefined, look: async () => {}, isOutdated: () => false }

export function openOperatorPolicies({ messaging, clock, log }: Pick<WorkGrant, 'messaging' | 'clock' | 'log'>) {
  const policies = messaging.work.openPolicies()
  return {
    of: async (lease: Lease): Promise<ChunkPolicies> => {
      if (lease.purpose === 'service') return never
      const inForce = await policies.at(lease.policies)
      let outdated = false
      return {
        quietHours: inForce.hoursOf && quietHoursPolicy(inForce.hoursOf, nowOf(lease, clock), expiryOf(lease)),
        caps: inForce.caps,
        look: async () => {
          try {
            outdated = await policies.isOutdated(inForce)
          } catch (error) {
            // The report that follows asks the same database, and waits for it.
            log.debug({ err: error }, 'Cannot look for other policies')
          }
        },
        isOutdated: () => outdated,
      }
    },
  }
}

/**
 * The database's clock, carried on by this process's monotonic one: a wall clock that is wrong here, or jumps, starts nothing at
 * the wrong time. The claim's moment lies between asking and its answer.
 */
const nowOf = ({ claimed_at, asked, answered }: Lease, clock: WorkGrant['clock']) => ({
  earliest: () => claimed_at + (clock.elapsed() - answered),
  latest: () => claimed_at + (clock.elapsed() - asked),
})

const expiryOf = ({ claimed_at, expires_in_ms }: Lease): number | null =>
  expires_in_ms === null ? null : claimed_at + expires_in_ms
