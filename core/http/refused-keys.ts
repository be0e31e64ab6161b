/** Log lines about callers without a valid key: one for each address in ten seconds, however often it tries. */
import type { Log } from '../log/log.ts'

const QUIET_MS = 10_000
/** Addresses that are remembered at once; a scan comes from many. */
const MOST_ADDRESSES = 1000

export interface RefusedCall {
  /** The caller's IP address; undefined where the call did not come over a socket of this process. */
  readonly address: string | undefined
  readonly method: string
  readonly path: string
  readonly request_id: string
}

/**
 * @param elapsed milliseconds of a clock that only grows
 * @returns logs a refused call, or counts it for the next line; the key itself is never given to it
 */
export function openRefusedKeys(log: Log, elapsed: () => number): (call: RefusedCall, reason: string) => void {
  const seen = new Map<string, { at: number; more: number }>()
  return (call, reason) => {
    const address = call.address ?? 'unknown'
    const before = seen.get(address)
    const now = elapsed()
    if (before && now - before.at < QUIET_MS) {
      before.more++
      return
    }
    if (!before && seen.size >= MOST_ADDRESSES) for (const oldest of [...seen.keys()].slice(0, 1)) seen.delete(oldest)
    seen.delete(address)
    seen.set(address, { at: now, more: 0 })
    log.warn({ ...call, address, more: before?.more ?? 0 }, `Caller refused: ${reason}`)
  }
}
