import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { readToken, TOKEN_LENGTH, writeToken } from '../../core/messaging/stop-links/token.ts'
import { countSegments } from '../../core/messaging/text/segments.ts'
import { compileTemplate, warnings } from '../../core/messaging/text/template.ts'

const key = randomBytes(32)
const ids = fc.integer({ min: 1, max: 2_147_483_647 })

describe('tokens', () => {
  test('are read back, have one length, and are in the GSM alphabet', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const token = writeToken(key, id)
        expect(token).toHaveLength(TOKEN_LENGTH)
        expect(countSegments(token).encoding).toBe('GSM-7')
        expect(readToken(key, token)).toBe(id)
      }),
    )
  })

  test('of another key, or changed in one character, are none', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    fc.assert(
      fc.property(ids, fc.nat(TOKEN_LENGTH - 1), fc.constantFrom(...letters), (id, at, letter) => {
        const token = writeToken(key, id)
        const changed = token.slice(0, at) + letter + token.slice(at + 1)
        if (changed !== token) expect(readToken(key, changed)).toBeUndefined()
        expect(readToken(randomBytes(32), token)).toBeUndefined()
      }),
    )
    for (const text of ['', 'x', '../../../../etc', 'a'.repeat(17), `${writeToken(key, 1)}=`])
      expect(readToken(key, text)).toBeUndefined()
  })

  test('show nothing of the id: neighbours have nothing in common', () => {
    const tokens = Array.from({ length: 200 }, (_, id) => writeToken(key, id + 1))
    const ends = new Set(tokens.map((token) => token.slice(-5)))
    expect(ends.size).toBeGreaterThan(190)
  })
})

describe('{stop_link}', () => {
  const stopLink = (id: number) => `https://s.example/u/${id}`

  test('is the link of the customer, and nothing without one', () => {
    const template = compileTemplate('Bye: { stop_link }', { stopLink })
    expect([template.linked, template.fields, warnings(template)]).toEqual([true, [], []])
    expect(template.render({ customer_id: 7 })).toBe('Bye: https://s.example/u/7')
    expect(template.render({})).toBe('Bye: ')
    expect(template.lacking({})).toEqual(['stop_link'])
    expect(compileTemplate('{stop_link|none}').render({ customer_id: 7 })).toBe('none')
    expect(compileTemplate('Hi {first_name}').linked).toBe(false)
  })

  test('is proposed where it is misspelt', () => {
    expect(warnings(compileTemplate('{stoplink}'))).toEqual([
      'Unknown placeholder "{stoplink}": did you mean "{stop_link}"?',
    ])
  })
})
