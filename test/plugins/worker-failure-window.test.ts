import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { openFailureWindow } from '../../plugins/worker/failure-window.ts'

const accepted: Outcome = { kind: 'accepted', id: 'p-1' }
const unavailable: Outcome = { kind: 'rejected', code: 'provider.unavailable', permanent: false }
const timeout: Outcome = { kind: 'unknown', code: 'timeout' }
const badNumber: Outcome = { kind: 'rejected', code: 'provider.rejected', permanent: true }
const refused: Outcome = { kind: 'rejected', code: 'provider.refused', permanent: true }
const throttled: Outcome = { kind: 'throttled', retryAfterMs: 1000 }

/** First decision of the window, and the number of answers that it took. */
function first(answers: readonly Outcome[]) {
  const failures = openFailureWindow()
  for (const [at, answer] of answers.entries()) {
    failures.note(answer, at)
    const reason = failures.reason()
    if (reason !== undefined) return { reason, after: at + 1 }
  }
  return undefined
}
const times = (count: number, outcome: Outcome) => Array<Outcome>(count).fill(outcome)

test('an unusable account is told at once', () => {
  expect(first([accepted, { kind: 'unusable', code: 'provider.account' }])).toEqual({
    reason: 'provider.account',
    after: 2,
  })
})

test('95 failures among the last 100 answers are too many, and the most frequent one is the reason', () => {
  expect(first([...times(60, unavailable), ...times(100, timeout)])).toEqual({
    reason: 'provider.unavailable',
    after: 95,
  })
  const mixed = [...times(50, accepted), ...times(40, refused), ...times(100, timeout)]
  expect(first(mixed)).toEqual({ reason: 'timeout', after: 50 + 95 })
})

test('94 failures among any 100 answers are not', () => {
  const round = [...times(6, accepted), ...times(94, unavailable)]
  expect(first([...round, ...round, ...round])).toBeUndefined()
})

test('numbers that a provider refuses for good, and requests to slow down, say nothing against it', () => {
  expect(first([...times(500, badNumber), ...times(500, throttled)])).toBeUndefined()
})

test('once it begins anew, what was answered before no longer counts', () => {
  const failures = openFailureWindow()
  for (const each of times(95, timeout)) failures.note(each, 1)
  expect(failures.reason()).toBe('timeout')
  failures.beginAfter(1)
  expect(failures.reason()).toBeUndefined()
  for (const each of times(94, timeout)) failures.note(each, 2)
  expect(failures.reason()).toBeUndefined()
  failures.note(timeout, 2)
  expect(failures.reason()).toBe('timeout')
})

test('an answer belongs to the period in which its call was started, whatever the order of the answers', () => {
  const unusable: Outcome = { kind: 'unusable', code: 'provider.account' }
  const outcome = fc.constantFrom(accepted, unavailable, timeout, timeout, timeout, badNumber, unusable)
  // Calls started before and after the closing at 10, of which many of before are answered late; the closing is heard of
  // while all answers are still in the window, which holds 100.
  const call = fc.record({ outcome, startedAt: fc.integer({ min: 0, max: 20 }) })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 400, size: 'max' }), fc.nat({ max: 100 }), (calls, closedAfter) => {
      const [failures, fresh] = [openFailureWindow(), openFailureWindow()]
      for (const [at, { outcome, startedAt }] of calls.entries()) {
        if (at === closedAfter) failures.beginAfter(10)
        failures.note(outcome, startedAt)
        if (startedAt > 10) fresh.note(outcome, startedAt)
        if (at >= closedAfter) expect(failures.reason()).toBe(fresh.reason())
      }
    }),
    { numRuns: 300 },
  )
})
