import { describe, expect, test } from 'bun:test'
import type { SenderCode } from '../../core/messaging/senders/codes.ts'
import { providerId, refusal } from '../../plugins/http/answer.ts'

/** Ten seconds before the date that RFC 9110 5.6.7 writes in its three forms. */
const now = Date.UTC(1994, 10, 6, 8, 49, 27)

describe('refusal()', () => {
  const rejected = (code: SenderCode, permanent: boolean) => ({ kind: 'rejected', code, permanent }) as const
  test.each([
    [400, null, rejected('provider.rejected', true)],
    [401, '5', { kind: 'unusable', code: 'provider.account' } as const],
    [402, null, { kind: 'unusable', code: 'provider.account' } as const],
    [403, null, rejected('provider.refused', true)],
    [404, null, rejected('provider.refused', true)],
    [405, null, rejected('provider.refused', true)],
    [422, null, rejected('provider.rejected', true)],
    [308, null, rejected('provider.refused', true)],
    [408, null, rejected('provider.rejected', false)],
    [409, null, rejected('provider.rejected', false)],
    [425, null, rejected('provider.rejected', false)],
    [429, null, { kind: 'throttled', retryAfterMs: 1_000 } as const],
    [429, '7', { kind: 'throttled', retryAfterMs: 7_000 } as const],
    [500, '7', rejected('provider.unavailable', false)],
    [502, null, rejected('provider.unavailable', false)],
    [503, null, rejected('provider.unavailable', false)],
    [503, 'soon', rejected('provider.unavailable', false)],
    [503, '120', { kind: 'throttled', retryAfterMs: 120_000 } as const],
  ])('%p with Retry-After %p', (status, header, outcome) => expect(refusal(status, header, now)).toEqual(outcome))
})

describe('providerId()', () => {
  test.each([
    ['{"id":"SM123"}', 'SM123'],
    ['{"id":42,"more":{}}', '42'],
    ['{"id":"é😀"}', 'é😀'],
    [JSON.stringify({ id: 'x'.repeat(255) }), 'x'.repeat(255)],
  ])('finds the id of %j', (body, id) => expect(providerId(body)).toBe(id))

  test.each([
    [undefined],
    [''],
    ['ok'],
    ['null'],
    ['"id"'],
    ['[1]'],
    ['{}'],
    ['{"id":null}'],
    ['{"id":""}'],
    ['{"id":1.5}'],
    ['{"id":9007199254740993}'],
    ['{"id":{}}'],
    ['{"id":"a\\u0000b"}'],
    ['{"id":"\\ud800"}'],
    ['{"id":"a'],
    [JSON.stringify({ id: 'x'.repeat(256) })],
  ])('finds no id that can be stored in %j', (body) => expect(providerId(body)).toBeUndefined())
})
