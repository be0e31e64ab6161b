/**
 * Failure window of a channel: decides from a sender's latest answers that its circuit should open. Pure.
 *
 * An answer belongs to the period in which its call was started. Calls in flight when the circuit opened, or when it closed
 * again, tell how the provider was then: counted later, they would open it in front of a provider that works.
 */

import type { SenderCode } from '../../core/messaging/senders/codes.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'

/** The last so many answers count, and are too bad when so many of them are failures. */
const SPAN = 100
const MOST_FAILURES = 95

export interface FailureWindow {
  /** @param startedAt when the call was started, in monotonic milliseconds */
  note(outcome: Outcome, startedAt: number): void
  /** The code for which the circuit should open; undefined while it should not. */
  reason(): SenderCode | undefined
  /** Begins anew: answers to calls started at this moment or before no longer count, those to come neither. */
  beginAfter(moment: number): void
}

interface Answer {
  /** Null for one that shows a provider at work. */
  readonly code: SenderCode | null
  readonly unusable: boolean
  readonly startedAt: number
}

export function openFailureWindow(): FailureWindow {
  let since = Number.NEGATIVE_INFINITY
  let last: Answer[] = []
  let at = 0
  let failures = 0
  let unusable = 0
  const count = ({ code, unusable: isUnusable }: Answer, by: 1 | -1) => {
    if (code !== null) failures += by
    if (isUnusable) unusable += by
  }
  const add = (answer: Answer) => {
    const old = last[at % SPAN]
    if (old) count(old, -1)
    count(answer, 1)
    last[at++ % SPAN] = answer
  }
  return {
    note: (outcome, startedAt) => {
      if (outcome.kind === 'throttled' || startedAt <= since) return
      add({ code: failureOf(outcome), unusable: outcome.kind === 'unusable', startedAt })
    },
    reason: () => {
      if (unusable > 0) return last.findLast((answer) => answer.unusable)?.code ?? undefined
      return failures < MOST_FAILURES ? undefined : mostOften(last)
    },
    beginAfter: (moment) => {
      since = Math.max(since, moment)
      const oldest = at > SPAN ? at % SPAN : 0
      const kept = [...last.slice(oldest), ...last.slice(0, oldest)].filter(({ startedAt }) => startedAt > since)
      last = []
      at = failures = unusable = 0
      for (const answer of kept) add(answer)
    },
  }
}

/** Null for an answer that shows a provider at work: it took the message, or refused this one and no other. */
function failureOf(outcome: Exclude<Outcome, { kind: 'throttled' }>): SenderCode | null {
  if (outcome.kind === 'accepted') return null
  const aboutMessage = outcome.kind === 'rejected' && outcome.permanent && outcome.code !== 'provider.refused'
  return aboutMessage ? null : outcome.code
}

function mostOften(answers: readonly Answer[]): SenderCode | undefined {
  const counts = new Map<SenderCode, number>()
  for (const { code } of answers) if (code !== null) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}
