/** Quiet hours as a policy: a marketing message out of its hours waits until they end, or its campaign expires. */
import type { Decision, Policy } from './policy.ts'
import type { HoursOf } from './quiet-hours.ts'

const SEND: Decision = { kind: 'send' }

/**
 * The time now, by the database's clock, which is the same for all workers: milliseconds since the epoch. What a claim answers
 * was true somewhere between question and answer, so that the moment is known between two bounds. A message must be within
 * its hours by both.
 */
export interface Now {
  earliest(): number
  latest(): number
}

/** @param expiresAt milliseconds since the epoch; null: never */
export function quietHoursPolicy(hoursOf: HoursOf, now: Now, expiresAt: number | null): Policy {
  return {
    name: 'quiet hours',
    decide: ({ phone, timeZone = null }) => {
      if (phone === null) return SEND
      const [earliest, latest] = [now.earliest(), now.latest()]
      const first = hoursOf({ phone, timeZone }, earliest)
      if (!first) return SEND
      const hours = first.open && first.until <= latest ? hoursOf({ phone, timeZone }, latest) : first
      if (!hours || hours.open) return hours ? { kind: 'send', withinMs: hours.until - latest } : SEND
      const until = expiresAt === null ? hours.until : Math.min(hours.until, expiresAt)
      return { kind: 'defer', ms: Math.max(0, until - earliest), until }
    },
  }
}
