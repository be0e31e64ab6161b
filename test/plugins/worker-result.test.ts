import { expect, test } from 'bun:test'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { resultOf, unsent } from '../../plugins/worker/result.ts'

const rule = { maxAttempts: 3, backoff: (attempt: number) => attempt * 100 }
const accepted: Outcome = { kind: 'accepted', id: 'p-1' }
const refused: Outcome = { kind: 'rejected', code: 'provider.unavailable', permanent: false }
const barred: Outcome = { kind: 'rejected', code: 'provider.refused', permanent: true }
const lost: Outcome = { kind: 'unknown', code: 'timeout' }
const later: Outcome = { kind: 'throttled', retryAfterMs: 5000 }

const unusable: Outcome = { kind: 'unusable', code: 'provider.account' }

const table: readonly [string, Outcome, spent: number, idempotent: boolean, object][] = [
  ['accepted', accepted, 0, true, { status: 'sent', attempts: 1, providerId: 'p-1', code: null }],
  ['accepted at the last try', accepted, 2, false, { status: 'sent', attempts: 3 }],
  ['refused for now', refused, 0, true, { status: 'pending', attempts: 1, code: 'provider.unavailable', delayMs: 100 }],
  [
    'refused for now again',
    refused,
    1,
    false,
    { status: 'pending', attempts: 2, code: 'provider.unavailable', delayMs: 200 },
  ],
  [
    'refused at the last try',
    refused,
    2,
    true,
    { status: 'failed', attempts: 3, code: 'provider.unavailable', delayMs: 0 },
  ],
  ['refused for good', barred, 0, true, { status: 'failed', attempts: 1, code: 'provider.refused' }],
  ['unknown, safe to repeat', lost, 0, true, { status: 'pending', attempts: 1, code: 'timeout', delayMs: 100 }],
  ['unknown at the last try', lost, 2, true, { status: 'unknown', attempts: 3, code: 'timeout' }],
  ['unknown, not safe to repeat', lost, 0, false, { status: 'unknown', attempts: 1, code: 'timeout', delayMs: 0 }],
  [
    'throttled',
    later,
    0,
    true,
    { status: 'pending', attempts: 0, code: 'provider.throttled', delayMs: 5000, by: 'other' },
  ],
  ['unusable', unusable, 2, false, { status: 'pending', attempts: 2, code: 'provider.account', delayMs: 1000 }],
  ['throttled at the last try', later, 2, false, { status: 'pending', attempts: 2, delayMs: 5000 }],
]

for (const [name, outcome, attempts, idempotent, expected] of table)
  test(`resultOf(): ${name}`, () => {
    const result = resultOf({ id: '7', attempts, turn: 0, text: 'Hi' }, outcome, idempotent, rule)
    expect(result).toMatchObject({ id: '7', text: 'Hi', ...expected })
    if (outcome.kind !== 'accepted') expect(result.providerId).toBeNull()
  })

test('resultOf() gives up a message that was throttled 10,000 times, well before its turn overflows', () => {
  const tried = { id: '7', attempts: 1, text: null }
  expect(resultOf({ ...tried, turn: 9999 }, later, true, rule).status).toBe('pending')
  expect(resultOf({ ...tried, turn: 10_000 }, later, true, rule)).toMatchObject({ status: 'failed', attempts: 1 })
})

test('unsent() spends no attempt', () => {
  expect(unsent({ id: '7', attempts: 1 }, 'skipped', 'customer.deleted')).toEqual({
    id: '7',
    attempts: 1,
    status: 'skipped',
    code: 'customer.deleted',
    providerId: null,
    text: null,
    delayMs: 0,
  })
})
