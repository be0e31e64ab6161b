/** Body of a message on the broker: the chunk that may be claimed. All else is read from the database. */

export interface Body {
  readonly chunkId: string
  readonly campaignId: number
}

const VERSION = 1
/** Digits of the largest int8, so that no id can fail in the database. */
const CHUNK_ID = /^[1-9]\d{0,17}$/

export function encodeBody({ chunkId, campaignId }: Body): Buffer {
  return Buffer.from(JSON.stringify({ v: VERSION, chunk_id: chunkId, campaign_id: campaignId }))
}

/** @returns undefined when it is no message of ours, or of another version */
export function decodeBody(content: Buffer): Body | undefined {
  try {
    const { v, chunk_id: chunkId, campaign_id: campaignId } = JSON.parse(content.toString('utf8'))
    if (v !== VERSION || typeof chunkId !== 'string' || !CHUNK_ID.test(chunkId)) return undefined
    return Number.isSafeInteger(campaignId) && campaignId > 0 ? { chunkId, campaignId } : undefined
  } catch {
    return undefined // not JSON, or not an object
  }
}
