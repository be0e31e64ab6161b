/** Reads a request's body as it arrives. */
import { type Clock, within } from '../clock.ts'
import { AppError, errors } from '../errors.ts'

/** Silence within a body after which the request is refused. */
export const STALL_SECONDS = 120

/**
 * Parts of the body, in order. Only silence ends it: a client that keeps sending may be as slow as it likes, and time that
 * the caller takes between two parts does not count.
 * @throws AppError REQUEST_TIMEOUT for a body that stalls, INVALID_REQUEST for one that breaks off
 */
export async function* readArriving(request: Request, clock: Clock): AsyncGenerator<Uint8Array, void> {
  const reader = request.body?.getReader()
  if (!reader) return
  try {
    for (;;) {
      const part = await within(STALL_SECONDS * 1000, reader.read().catch(brokeOff), clock)
      if (!part) throw stalled()
      if (part.done) return
      yield part.value
    }
  } finally {
    void reader.cancel().catch(() => {})
  }
}

const stalled = () =>
  new AppError(
    errors.REQUEST_TIMEOUT,
    `No part of the body arrived for ${STALL_SECONDS} seconds: send the request again`,
  )

function brokeOff(): never {
  const message = 'The body could not be read completely'
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: '', message }])
}
