/**
 * Time limit for answers while the database answers nothing. A commit that waits for a standby, or for a server that was
 * stopped in mid-air, ends with no error: whoever called would wait for as long as that lasts.
 */
import { type Clock, within } from '../clock.ts'
import { AppError, errors, Outage } from '../errors.ts'
import type { Fetch } from './edge.ts'

/** Milliseconds without an answer after which the database is asked, again and again. */
const ASK_AFTER_MS = 5000
/** Milliseconds that the database has to answer a question that costs nothing. */
const SILENCE_MS = 10_000

const MAY_BE_STORED = 'If this was a write, it may be stored: check before you repeat it'

/**
 * A request that takes long for another reason is waited for as ever.
 * @param confirm rejects with an Outage while the database confirms no commits
 */
export function withPatience(fetch: Fetch, confirm: () => Promise<void>, clock: Clock): Fetch {
  return async (request, ...rest) => {
    const answer = Promise.try(fetch, request, ...rest)
    for (;;) {
      const response = await within(ASK_AFTER_MS, answer, clock)
      if (response) return response
      const refusal = await within(SILENCE_MS, Promise.race([answer.then(() => null), ask(confirm)]), clock)
      if (refusal === undefined)
        throw new AppError(errors.DATABASE_UNAVAILABLE, `The database does not answer. ${MAY_BE_STORED}`)
      if (refusal) throw refusal
    }
  }
}

/** @returns null where nothing is known to be wrong */
async function ask(confirm: () => Promise<void>): Promise<AppError | null> {
  try {
    await confirm()
    return null
  } catch (error) {
    // The connection that asks may be lost by itself: that says nothing about this request's.
    if (!(error instanceof Outage)) return null
    return new AppError(errors.DATABASE_STANDBY_MISSING, `${error.message}. ${MAY_BE_STORED}`)
  }
}
