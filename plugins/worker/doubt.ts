/** Time that a message in doubt waits for a receipt. Pure. */
import type { OpenedSender } from '../../core/messaging/senders/contract.ts'
import type { WorkGrant } from './grant.ts'

type Rule = Pick<WorkGrant['config'], 'unknownPolicy' | 'awaitMinutes' | 'publicUrl'>

/**
 * Only a receipt that repeats our id can settle doubt: the provider's own id was in the answer that did not come.
 * @returns milliseconds; undefined where no receipt would come, or nobody is to wait for it
 */
export function awaitMsOf(
  { reference, hook }: Pick<OpenedSender, 'reference' | 'hook'>,
  { unknownPolicy = 'await', awaitMinutes, publicUrl }: Rule,
): number | undefined {
  const settles = reference === 'echoed' && hook !== undefined && publicUrl !== undefined
  return settles && unknownPolicy === 'await' ? awaitMinutes * 60_000 : undefined
}
