import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { wire } from '../../core/messaging/chunk/broker-message.ts'

const text = (value: unknown) => Buffer.from(JSON.stringify(value))

test('what is encoded is decoded', () => {
  const body = { chunkIds: ['123456789012345678'], group: 7 }
  expect(wire.encode(body).toString()).toBe('{"v":1,"chunk_id":"123456789012345678","campaign_id":7}')
  expect(wire.decode(wire.encode(body))).toEqual(body)
  const several = { chunkIds: ['5', '6', '9'], group: 7 }
  expect(wire.encode(several).toString()).toBe('{"v":1,"chunk_id":"5","campaign_id":7,"also":["6","9"]}')
  expect(wire.decode(wire.encode(several))).toEqual(several)
})

test('anything else is refused', () => {
  const good = { v: 1, chunk_id: '1', campaign_id: 1 }
  expect(wire.decode(text(good))).toBeDefined()
  const bad = [
    ...[{ v: 2 }, { v: '1' }, { chunk_id: 1 }, { chunk_id: '' }, { chunk_id: '0' }, { chunk_id: '1.5' }].map(
      (change) => ({
        ...good,
        ...change,
      }),
    ),
    ...[{ chunk_id: '9'.repeat(19) }, { campaign_id: '1' }, { campaign_id: 0 }, { campaign_id: 1.5 }].map((change) => ({
      ...good,
      ...change,
    })),
    ...[{ also: '2' }, { also: [2] }, { also: ['2', '0'] }, { also: {} }, { also: null }].map((change) => ({
      ...good,
      ...change,
    })),
    null,
    7,
    [],
    {},
    'text',
  ]
  for (const value of bad) expect({ value, decoded: wire.decode(text(value)) }).toEqual({ value, decoded: undefined })
  for (const content of ['', '{', 'hello', '\0']) expect(wire.decode(Buffer.from(content))).toBeUndefined()
})

test('no bytes make it throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => wire.decode(Buffer.from(bytes)) === undefined))
  fc.assert(fc.property(fc.json(), (json) => wire.decode(Buffer.from(json)) === undefined))
})
