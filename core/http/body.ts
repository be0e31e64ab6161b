/** Reads a request's JSON, never more of it than a bound. */
import type { Clock } from '../clock.ts'
import { AppError, errors } from '../errors.ts'
import { readArriving } from './arriving.ts'
import { parseComposed } from './composed.ts'
import { isDeeperThan, MAX_DEPTH } from './depth.ts'

/** Enough for 100,000 ids with room to spare; Bun's own limit, far above, answers in a form that is not ours. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024

/** Stands for a missing body, which is not `null`. A parser must return something, or Elysia asks its own. */
export const NO_BODY = Symbol('no body')

const invalid = (message: string) => new AppError(errors.INVALID_REQUEST, message, [{ path: '', message }])
const tooLarge = () =>
  new AppError(
    errors.PAYLOAD_TOO_LARGE,
    `The body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB (${MAX_BODY_BYTES} bytes)`,
  )

/**
 * @returns NO_BODY where there is none: a route that needs one refuses it
 * @throws AppError when the body is not JSON, says that it is something else, is too large, nested too deep, or stalls.
 */
export async function readJson(request: Request, clock: Clock): Promise<unknown> {
  // A declared length is believed only to refuse: what really comes is counted.
  if (Number(request.headers.get('content-length')) > MAX_BODY_BYTES) throw tooLarge()
  const bytes = await readBytes(request, clock)
  if (bytes.length === 0) return NO_BODY
  requireJson(request.headers)
  return parse(bytes)
}

function requireJson(headers: Headers): void {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity') throw new AppError(errors.UNSUPPORTED_MEDIA_TYPE, 'The body must not be compressed')
  if (!/^application\/([\w.-]+\+)?json$/.test(type.trim()))
    throw new AppError(
      errors.UNSUPPORTED_MEDIA_TYPE,
      'The body must be JSON: send the header "Content-Type: application/json"',
    )
  if (charset && !/^charset="?utf-?8"?$/.test(charset))
    throw new AppError(errors.UNSUPPORTED_MEDIA_TYPE, 'The body must be JSON in UTF-8')
}

/**
 * The body as it came, for routes that read it themselves.
 * @throws AppError when it is too large, or stalls
 */
export async function readBytes(request: Request, clock: Clock): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of readArriving(request, clock)) {
    size += part.length
    if (size > MAX_BODY_BYTES) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function parse(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  if (isDeeperThan(text)) throw invalid(`The body is nested deeper than ${MAX_DEPTH} levels`)
  try {
    return parseComposed(text)
  } catch {
    throw invalid('The body is not valid JSON')
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid('The body is not valid UTF-8')
  }
}
