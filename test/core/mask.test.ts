import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { maskPhones } from '../../core/log/mask.ts'

test.each([
  ['+254712345678', '+2547•••••678'],
  ['to +254712345678, then +15551234567', 'to +2547•••••678, then +1555••••567'],
  ['0712345678', '0712••••78'],
  ['254712345678', '25471••••678'],
  ['/customers/%2B254712345678', '/customers/%2B25•••••••678'],
  ['/customers/+254%20712%20345%20678', '/customers/+254%••••••••••••••678'],
  ['(0712) 345-678', '(0712)•••••678'],
  ['+2901234', '+290••34'],
  ['phone 123', 'phone 123'],
  ['/campaigns/123456789/send', '/campaigns/123456789/send'],
  ['2026-11-24T02:30:09.334Z', '2026-11-24T02:30:09.334Z'],
  ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 127.0.0.1:5432'],
  ['', ''],
])('maskPhones(%j) is %j', (text, masked) => expect(maskPhones(text)).toBe(masked))

test('maskPhones() leaves no E.164 number as it was, whatever stands around it', () => {
  const phone = fc.stringMatching(/^\+[1-9][0-9]{6,14}$/)
  fc.assert(
    fc.property(fc.string(), phone, fc.string({ unit: 'grapheme' }), (before, phone, after) => {
      expect(maskPhones(before + phone + after)).not.toContain(phone)
    }),
  )
})
