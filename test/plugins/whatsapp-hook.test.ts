/** Posts of Meta: signatures, the check of the address, receipts, and bodies of any shape. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { WhatsAppAPI } from 'whatsapp-api-js'
import { Bun as bunSetup } from 'whatsapp-api-js/setup/bun'
import { hmacSha256 } from '../../core/messaging/senders/secret.ts'
import { isSigned } from '../../plugins/whatsapp/hook.ts'
import { whatsappAccount } from '../support/providers/whatsapp-account.ts'
import { entryOf, hookOf, metaPost as post, signed, taken, whatsappSettings } from '../support/whatsapp-posts.ts'

const { verifyToken, businessAccountId } = whatsappAccount
const bytes = (text: string) => new TextEncoder().encode(text)
const { hook } = hookOf()
const receiptsOf = (...statuses: object[]) => taken([entryOf([{ statuses }])]).receipts

describe('a signature', () => {
  test('agrees with the published vector', () => {
    expect(hmacSha256('secret', bytes('test'))).toBe('0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914')
  })

  test('is judged as whatsapp-api-js judges it, on 1,000 requests that are whole or tampered with', async () => {
    const verdicts = { valid: 0, invalid: 0 }
    const tampers = ['none', 'body', 'signature', 'secret', 'case', 'prefix'] as const
    const property = fc.asyncProperty(
      fc.string({ unit: 'binary', minLength: 1 }).map(asMetaWrites),
      fc.string({ minLength: 16, maxLength: 40 }),
      fc.constantFrom(...tampers),
      fc.nat(),
      async (text, secret, tamper, at) => {
        const right = `sha256=${hmacSha256(tamper === 'secret' ? `${secret}.` : secret, bytes(text))}`
        const signature = tampered(right, tamper, at)
        const body = tamper === 'body' ? `${text}x` : text
        const api = new WhatsAppAPI(bunSetup({ token: 'token', appSecret: secret, v: 'v25.0' }))
        const theirs = await api.verifyRequestSignature(body, signature)
        const ours = isSigned({ headers: new Headers({ 'x-hub-signature-256': signature }), body: bytes(body) }, secret)
        expect(ours).toBe(theirs)
        verdicts[ours ? 'valid' : 'invalid']++
      },
    )
    await fc.assert(property, { numRuns: 1000 })
    expect(verdicts.valid).toBeGreaterThan(100)
    expect(verdicts.invalid).toBeGreaterThan(100)
  })

  /** Meta writes no character beyond ASCII, and the library counts on it. */
  const asMetaWrites = (text: string) =>
    text.replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

  const tampered = (signature: string, tamper: string, at: number) => {
    if (tamper === 'case') return signature.toUpperCase().replace('SHA256=', 'sha256=')
    if (tamper === 'prefix') return signature.replace('sha256=', 'sha1=')
    if (tamper !== 'signature') return signature
    const index = 'sha256='.length + (at % 64)
    return `${signature.slice(0, index)}${signature[index] === '0' ? '1' : '0'}${signature.slice(index + 1)}`
  }

  test.each([
    ['is missing', new Headers()],
    ['is empty', new Headers({ 'X-Hub-Signature-256': '' })],
    ['is of another secret', signed(bytes('{"entry":[]}'), 'another')],
    ['is of SHA-1', new Headers({ 'X-Hub-Signature': 'sha1=0' })],
  ])('that %s is refused before the body is read', (_what, headers) => {
    expect(hook(post('{"entry":[]}', { headers }))).toEqual({ kind: 'refused', why: 'signature' })
  })

  test('covers the raw bytes, not JSON that was read and written again', () => {
    const raw = '{"entry" : [ ], "x": "\\u00fc\\/"}'
    expect(hook(post(raw))).toEqual({ kind: 'taken', receipts: [], inbound: [] })
    expect(hook(post(JSON.stringify(JSON.parse(raw)), { headers: signed(bytes(raw)) }))).toMatchObject({
      why: 'signature',
    })
  })
})

describe('the check of the address', () => {
  const ask = (query: Record<string, string>) =>
    hook(post('', { method: 'GET', url: `https://example.org/hooks/wa?${new URLSearchParams(query)}` }))
  const right = { 'hub.mode': 'subscribe', 'hub.verify_token': verifyToken, 'hub.challenge': '1158201444' }

  test('is answered with its challenge', () => {
    expect(ask(right)).toEqual({ kind: 'challenge', text: '1158201444' })
  })

  test.each([
    ['another token', { 'hub.verify_token': `${verifyToken}x` }],
    ['no token', { 'hub.verify_token': '' }],
    ['another mode', { 'hub.mode': 'unsubscribe' }],
  ])('with %s is refused', (_what, changes) => {
    expect(ask({ ...right, ...changes })).toEqual({ kind: 'refused', why: 'signature' })
  })

  test('without a challenge is refused as a bad request', () => {
    expect(ask({ ...right, 'hub.challenge': '' })).toEqual({ kind: 'refused', why: 'body' })
  })
})

describe('a receipt', () => {
  const status = {
    id: 'wamid.a',
    recipient_id: '254712345678',
    timestamp: '1749416383',
    biz_opaque_callback_data: '42',
  }
  const receipt = { messageId: '42', providerId: 'wamid.a', at: 1_749_416_383_000 }

  test.each([
    ['sent', 'submitted'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
  ])('of %s is %s', (word, delivery) => {
    expect(receiptsOf({ ...status, status: word })).toEqual([{ ...receipt, delivery } as never])
  })

  test.each(['deleted', 'warning', 'held_for_quality_assessment', '', 7, null, undefined])(
    'of the status %p is left out',
    (word) => {
      expect(receiptsOf({ ...status, status: word }, { ...status, status: 'sent' })).toHaveLength(1)
    },
  )

  test.each([
    [131026, 'number'],
    [131050, 'opt_out'],
    [132001, 'content'],
    [131049, undefined],
    [131042, undefined],
    [987_654, undefined],
  ])('of a failure with the code %p is about %p', (code, about) => {
    const failed = { ...status, status: 'failed', errors: [{ code, title: 'x' }] }
    expect(receiptsOf(failed)).toEqual([
      { ...receipt, delivery: 'undelivered', providerCode: String(code), about: about as never },
    ])
  })

  test('of a failure without a code has none', () => {
    expect(receiptsOf({ ...status, status: 'failed' })).toEqual([{ ...receipt, delivery: 'undelivered' }])
  })

  test.each([
    ['1749416383', 1_749_416_383_000],
    ['1749416383123', 1_749_416_383_123],
    [1_749_416_383, 1_749_416_383_000],
    [1_749_416_383_123, 1_749_416_383_123],
    ['soon', undefined],
    [undefined, undefined],
    ['-5', undefined],
  ])('at %p is at %p', (timestamp, at) => {
    expect(receiptsOf({ ...status, status: 'sent', timestamp })[0]?.at).toBe(at)
  })

  test('of another system of the same app names its message by the id of WhatsApp alone', () => {
    const { biz_opaque_callback_data: _, ...foreign } = status
    expect(receiptsOf({ ...foreign, status: 'sent' })).toEqual([
      { ...receipt, messageId: undefined, delivery: 'submitted' },
    ])
  })

  test('of another business account is left out where the setting names ours', () => {
    const statuses = [{ ...status, status: 'sent' }]
    const entries = [entryOf([{ statuses }], '999'), entryOf([{ statuses }])]
    expect(taken(entries).receipts).toHaveLength(1)
    const { businessAccountId: _, ...others } = whatsappSettings
    const all = hookOf(others).hook(post({ entry: entries }))
    expect(all).toMatchObject({ kind: 'taken', receipts: [{}, {}] })
  })

  test('stands beside thousands of others, in many entries and changes', () => {
    const statuses = Array.from({ length: 100 }, (_, nth) => ({ ...status, id: `wamid.${nth}`, status: 'sent' }))
    const entries = Array.from({ length: 10 }, () => entryOf([{ statuses }, { statuses }, { statuses }]))
    expect(taken(entries).receipts).toHaveLength(3000)
  })
})
test('errors of the account are logged by their codes alone', () => {
  const { hook, log } = hookOf()
  const errors = [{ code: 131042, title: 'Payment of +254712345678' }]
  expect(hook(post({ entry: [entryOf([{ errors }])] }))).toMatchObject({ kind: 'taken', receipts: [] })
  expect(log.map(({ level, args }) => [level, ...args])).toEqual([
    ['warn', { sender: 'main', code: '131042' }, 'whatsapp: Meta reports a problem of the account'],
  ])
})

describe('a body', () => {
  test.each(['', 'null', '[]', '{}', '{"entry":{}}', '{"entry":', '\u0000'])('%j is refused', (body) => {
    expect(hook(post(body))).toEqual({ kind: 'refused', why: 'body' })
  })

  test('that is no UTF-8 is refused', () => {
    const body = new Uint8Array([0x7b, 0xff, 0x7d])
    expect(hook(post('', { body, headers: signed(body) }))).toEqual({ kind: 'refused', why: 'body' })
  })

  test('of any shape is taken or refused, and nothing throws', () => {
    const shape = fc.record({
      entry: fc.array(fc.record({ id: fc.constant(businessAccountId), changes: fc.anything() })),
    })
    const changes = fc.array(
      fc.record({
        value: fc.record({ statuses: fc.anything(), messages: fc.anything(), user_preferences: fc.anything() }),
      }),
    )
    const deeper = fc.record({ entry: fc.array(fc.record({ id: fc.constant(businessAccountId), changes })) })
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.anything(), shape, deeper), (body) => {
        const text = typeof body === 'string' ? body : (jsonOf(body) ?? 'null')
        expect(['taken', 'refused']).toContain(hook(post(text)).kind)
      }),
    )
  })

  const jsonOf = (thing: unknown) => {
    try {
      return JSON.stringify(thing)
    } catch {
      return undefined
    }
  }
})
