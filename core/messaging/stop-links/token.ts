/**
 * Tokens of stop links: the id of a customer under a key that only this service has, so that nothing has to be stored for the
 * millions of messages that hold one. A token is an authentication code of 64 bits, and the id under a mask that follows of
 * that code: it shows no id and no phone, cannot be made without the key, and has one length, so that parts can be counted
 * without it. Whoever tries a billion a second finds one that is valid within 300 years for each customer that there is, and
 * then one stranger is not written to. Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

const CODE_BYTES = 8
const ID_BYTES = 4
/** Characters of a token. */
export const TOKEN_LENGTH = 16
const pattern = /^[A-Za-z0-9_-]{16}$/

export function writeToken(key: Buffer, customerId: number): string {
  const id = Buffer.alloc(ID_BYTES)
  id.writeUInt32BE(customerId)
  const code = codeOf(key, id)
  return Buffer.concat([code, masked(key, code, id)]).toString('base64url')
}

/** @returns the customer's id; undefined for a token that was not made with this key */
export function readToken(key: Buffer, token: string): number | undefined {
  if (!pattern.test(token)) return undefined
  const bytes = Buffer.from(token, 'base64url')
  const code = bytes.subarray(0, CODE_BYTES)
  const id = masked(key, code, bytes.subarray(CODE_BYTES))
  return timingSafeEqual(codeOf(key, id), code) ? id.readUInt32BE() : undefined
}

const codeOf = (key: Buffer, id: Buffer): Buffer =>
  createHmac('sha256', key).update('code').update(id).digest().subarray(0, CODE_BYTES)

function masked(key: Buffer, code: Buffer, id: Buffer): Buffer {
  const mask = createHmac('sha256', key).update('mask').update(code).digest()
  return Buffer.from(id.map((byte, at) => byte ^ (mask[at] ?? 0)))
}
