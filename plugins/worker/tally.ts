/** Tells from what a sender answers whether its channel should rest. Pure. */
import { senderCodes } from '../../core/channels/codes.ts'
import type { Outcome } from '../../core/channels/sender.ts'

/** The last so many answers count, and are too bad when so many of them are failures. */
const SPAN = 100
const MOST_FAILURES = 95

export interface Tally {
  /** @returns why the channel should rest, when this answer shows that it should; the tally begins anew then */
  note(outcome: Outcome): string | undefined
}

export function openTally(): Tally {
  let last: (string | null)[] = []
  let at = 0
  let failures = 0
  const add = (code: string | null) => {
    if (last[at % SPAN]) failures--
    if (code) failures++
    last[at++ % SPAN] = code
  }
  return {
    note: (outcome) => {
      if (outcome.kind === 'throttled') return undefined
      add(failureOf(outcome))
      if (outcome.kind !== 'unusable' && failures < MOST_FAILURES) return undefined
      const reason = outcome.kind === 'unusable' ? outcome.code : mostOften(last)
      last = []
      at = failures = 0
      return reason
    },
  }
}

/** Null for an answer that shows a provider at work: it took the message, or refused this one and no other. */
function failureOf(outcome: Exclude<Outcome, { kind: 'throttled' }>): string | null {
  if (outcome.kind === 'accepted') return null
  const aboutMessage = outcome.kind === 'rejected' && outcome.permanent && outcome.code !== senderCodes.refused
  return aboutMessage ? null : outcome.code
}

function mostOften(codes: readonly (string | null)[]): string | undefined {
  const counts = new Map<string, number>()
  for (const code of codes) if (code) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
