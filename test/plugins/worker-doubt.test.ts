/** Messages in doubt whose sender's receipts repeat our id. */
import { expect, test } from 'bun:test'
import { awaitMsOf } from '../../plugins/worker/doubt.ts'
import { lost, resultOf } from '../../plugins/worker/result.ts'
import { openScript, until } from '../support/chunk.ts'

const hook = () => ({ kind: 'taken', receipts: [], inbound: [] }) as const
const on = { awaitMinutes: 15, publicUrl: 'https://example.org' }

test('awaitMsOf() waits where a receipt would name our message, unless it is to be held or sent again', () => {
  expect(awaitMsOf({ reference: 'echoed', hook }, on)).toBe(900_000)
  expect(awaitMsOf({ reference: 'echoed', hook }, { ...on, unknownPolicy: 'await', awaitMinutes: 1 })).toBe(60_000)
  for (const unknownPolicy of ['hold', 'resend'] as const)
    expect(awaitMsOf({ reference: 'echoed', hook }, { ...on, unknownPolicy })).toBeUndefined()
})

test('awaitMsOf() waits for nothing that cannot come', () => {
  for (const reference of ['answered', 'none'] as const)
    expect(awaitMsOf({ reference, hook }, { ...on, unknownPolicy: 'await' })).toBeUndefined()
  expect(awaitMsOf({ reference: 'echoed' }, on)).toBeUndefined()
  expect(awaitMsOf({ reference: 'echoed', hook }, { awaitMinutes: 15 })).toBeUndefined()
})

const tried = { id: '1', attempts: 1, turn: 1, text: 'Hi' }
const rule = { maxAttempts: 3, backoff: () => 0, awaitMs: 900_000 }

test('race 10: a call without an answer leaves its message open for a receipt', () => {
  const result = resultOf(tried, { kind: 'unknown', code: 'timeout' }, false, rule)
  expect(result).toMatchObject({ status: 'pending', code: 'timeout', attempts: 2, delayMs: 900_000, awaiting: true })
})

test('a message that may be sent again waits for no receipt', () => {
  const result = resultOf(tried, { kind: 'unknown', code: 'timeout' }, true, rule)
  expect(result).toMatchObject({ status: 'pending', delayMs: 0 })
  expect(result.awaiting).toBeUndefined()
})

test('race 10: what an earlier owner may have sent waits for a receipt', async () => {
  expect(lost(tried, undefined)).toMatchObject({ status: 'unknown', code: 'lease.lost', attempts: 1 })
  const job = { awaitMs: 900_000, mayRepeatDoubtful: false }
  const { ended, results, started } = openScript(3, { startedUpto: '2', job })
  await until(() => started.length === 1)
  started[0]?.answer()
  await ended
  expect(results()).toContainEqual(expect.objectContaining({ id: '2', status: 'pending', awaiting: true }))
  expect(started.map(({ id }) => id)).toEqual(['3'])
})

test('messages that waited in vain are unknown, and none is sent', async () => {
  const { ended, results, started, last } = openScript(3, { startedUpto: '3', lease: { awaiting: true } })
  await ended
  expect(results().map(({ id, status, code }) => [id, status, code])).toEqual(
    ['1', '2', '3'].map((id) => [id, 'unknown', 'receipt.missing']),
  )
  expect(started).toEqual([])
  expect(last()).toMatchObject({ next: 'done' })
})
