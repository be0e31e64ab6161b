/** Messages on the broker: the chunks that may be claimed. All else is read from the database. */
import type { Wire } from '../../queue/queue.ts'

interface Body {
  /** At least one. */
  readonly chunkIds: readonly string[]
  /** Campaign of the first chunk. */
  readonly group: number
}

const VERSION = 1
/** Digits of the largest int8, so that no id can fail in the database. */
const CHUNK_ID = /^[1-9]\d{0,17}$/

/**
 * The first chunk stands where a version that knew one chunk a message reads it: such a worker claims that one, and the
 * others are found unclaimed and announced again.
 */
function encode({ chunkIds: [first, ...rest], group }: Body): Buffer {
  const also = rest.length > 0 ? { also: rest } : {}
  return Buffer.from(JSON.stringify({ v: VERSION, chunk_id: first, campaign_id: group, ...also }))
}

/** @returns undefined when it is no message of ours, or of another version */
function decode(content: Buffer): Body | undefined {
  try {
    const { v, chunk_id: first, campaign_id: group, also = [] } = JSON.parse(content.toString('utf8'))
    if (v !== VERSION || !Array.isArray(also)) return undefined
    const chunkIds = [first, ...also]
    if (!chunkIds.every((id) => typeof id === 'string' && CHUNK_ID.test(id))) return undefined
    return Number.isSafeInteger(group) && group > 0 ? { chunkIds, group } : undefined
  } catch {
    return undefined // not JSON, or not an object
  }
}

export const wire: Wire = { queue: 'campaign_sends', deadLetters: 'campaign_sends.dead', encode, decode }
