/** Length of a lease: a chunk must not change hands while a call of its owner may still be under way (race 11). */
import { BootError } from '../../core/errors.ts'

/** @throws BootError when a call could outlast its lease */
export function checkLease(leaseSeconds: number, senders: readonly { readonly timeoutMs: number }[]): void {
  const longest = Math.max(0, ...senders.map(({ timeoutMs }) => timeoutMs))
  if (leaseSeconds * 1000 >= 2 * longest) return
  throw new BootError(
    `WORKER_LEASE_SECONDS=${leaseSeconds} is too short: a call may take ${longest} ms, and the lease must be twice that. Set WORKER_LEASE_SECONDS to ${Math.ceil((2 * longest) / 1000)} or more.`,
  )
}
