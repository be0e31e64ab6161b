/** The body of an import, part by part as it arrives, never more of it than a bound. */
import { createHash, type Hash } from 'node:crypto'
import type { Clock } from '../../../clock.ts'
import { AppError, errors } from '../../../errors.ts'
import { readArriving } from '../../../http/arriving.ts'

export const MAX_IMPORT_BYTES = 64 * 1024 * 1024

const tooLarge = () =>
  new AppError(
    errors.PAYLOAD_TOO_LARGE,
    `The body is larger than ${MAX_IMPORT_BYTES / 1024 / 1024} MB: import it in several parts`,
  )

/** @throws AppError for a body that says that it is too large */
export function requireSize(headers: Headers): void {
  if (Number(headers.get('content-length')) > MAX_IMPORT_BYTES) throw tooLarge()
}

export interface Body extends AsyncIterable<Uint8Array> {
  /** Hash of the body, complete once the body has been read. */
  fingerprint(): string
}

export function openBody(request: Request, clock: Clock): Body {
  const hash = createHash('sha256')
  return {
    fingerprint: () => hash.digest('hex'),
    [Symbol.asyncIterator]: () => readParts(readArriving(request, clock), hash),
  }
}

async function* readParts(arriving: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array, void> {
  let size = 0
  for await (const part of arriving) {
    size += part.length
    if (size > MAX_IMPORT_BYTES) throw tooLarge()
    hash.update(part)
    yield part
  }
}
