/** The body of an import, part by part as it arrives, never more of it than a bound. */
import { createHash, type Hash } from 'node:crypto'
import { AppError } from '../../../core/errors.ts'

export const MAX_IMPORT_BYTES = 64 * 1024 * 1024

const tooLarge = () =>
  new AppError(
    'PAYLOAD_TOO_LARGE',
    `The body is larger than ${MAX_IMPORT_BYTES / 1024 / 1024} MB: import it in several parts`,
  )

/** @throws AppError for a body that says that it is too large */
export function requireSize(headers: Headers): void {
  if (Number(headers.get('content-length')) > MAX_IMPORT_BYTES) throw tooLarge()
}

export interface Body extends AsyncIterable<Uint8Array> {
  /** Tells one body from another, once it was read to its end. */
  fingerprint(): string
}

export function openBody(request: Request): Body {
  const hash = createHash('sha256')
  return { fingerprint: () => hash.digest('hex'), [Symbol.asyncIterator]: () => readParts(request, hash) }
}

async function* readParts(request: Request, hash: Hash): AsyncGenerator<Uint8Array, void> {
  let size = 0
  for await (const part of readBody(request)) {
    size += part.length
    if (size > MAX_IMPORT_BYTES) throw tooLarge()
    hash.update(part)
    yield part
  }
}

async function* readBody(request: Request): AsyncGenerator<Uint8Array, void> {
  try {
    if (request.body) yield* request.body as unknown as AsyncIterable<Uint8Array>
  } catch {
    const message = 'The body could not be read to its end'
    throw new AppError('INVALID_REQUEST', message, [{ path: '', message }])
  }
}
