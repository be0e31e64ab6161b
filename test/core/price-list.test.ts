/** Price lists: exact money, and what is wrong with a list or the file that holds it. */
import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { costOf } from '../../core/messaging/dry-run/cost.ts'
import { parseDecimal, plus, times, writeDecimal, zero } from '../../core/messaging/prices/decimal.ts'
import { readPriceFile } from '../../core/messaging/prices/price-file.ts'
import { type Price, pricesExample } from '../../core/messaging/prices/price-list.ts'
import { readSettings } from '../../core/messaging/settings.ts'
import { plugins } from '../../plugins/index.ts'

describe('decimals', () => {
  test.each([
    ['0.80', 3, '2.40'],
    ['0.1', 3, '0.3'],
    ['0', 5, '0'],
    ['0.000001', 3_000_000, '3.000000'],
    ['999999999.999999', 9_007_199_254_740_991, '9007199254740990990992.800745259009'],
  ])('%s times %d is %s', (price, count, product) => {
    // The last one has more digits than a number of JavaScript holds.
    const exact = times(parseDecimal(price), count)
    if (count < 10_000_000) expect(writeDecimal(exact)).toBe(product)
    else expect(exact.units).toBe(999_999_999_999_999n * BigInt(count))
  })

  test('a sum is that of the millionths', () => {
    const cents = fc.bigInt({ min: 0n, max: 10n ** 12n })
    fc.assert(
      fc.property(fc.array(cents), (all) => {
        const texts = all.map((units) => writeDecimal({ units, scale: 6 }))
        const sum = texts.map(parseDecimal).reduce(plus, zero)
        expect(plus(sum, { units: 0n, scale: 6 }).units).toBe(all.reduce((a, b) => a + b, 0n))
      }),
    )
  })

  test('what is read is written as it was', () => {
    const text = fc.stringMatching(/^(0|[1-9]\d{0,8})(\.\d{1,6})?$/)
    fc.assert(fc.property(text, (value) => expect(writeDecimal(parseDecimal(value))).toBe(value)))
  })
})

describe('costOf()', () => {
  const ke: Price = { channel: 'sms', country: 'KE', price: '0.80', per: 'part', currency: 'KES' }
  const us: Price = { channel: 'sms', country: 'US', price: '0.0079', per: 'message', currency: 'USD' }
  const rest: Price = { channel: 'sms', country: '*', price: '0.1', per: 'part', currency: 'USD' }
  const countries = [
    { country: 'KE', messages: 3, parts: 5 },
    { country: 'US', messages: 2, parts: 4 },
    { country: 'UG', messages: 3, parts: 3 },
    { country: null, messages: 1, parts: 1 },
  ]

  test('sums by currency, by part or by message', () => {
    expect(costOf('sms', countries, [ke, us, rest])).toMatchObject({
      total: [
        { currency: 'KES', amount: '4.00' },
        { currency: 'USD', amount: '0.4158' },
      ],
      by_country: [
        { country: 'KE', amount: '4.00', price: '0.80', per: 'part', currency: 'KES' },
        { country: 'US', amount: '0.0158', per: 'message' },
        { country: 'UG', amount: '0.3', price: '0.1' },
        { country: null, amount: '0.1' },
      ],
      unpriced: [],
    })
  })

  test('names countries without a price, and sums the others', () => {
    const { total, unpriced, by_country } = costOf('sms', countries, [ke])
    expect([total, unpriced]).toEqual([[{ currency: 'KES', amount: '4.00' }], ['US', 'UG', null]])
    expect(by_country[1]).toEqual({
      ...{ country: 'US', messages: 2, parts: 4 },
      ...{ price: null, per: null, currency: null, amount: null },
    })
  })

  test('takes no price of another channel', () => {
    expect(costOf('whatsapp', countries, [ke, rest])).toMatchObject({ total: [], unpriced: ['KE', 'US', 'UG', null] })
    expect(costOf('whatsapp', countries, []).by_country[0]?.parts).toBeNull()
  })
})

describe('the file that PRICES names', () => {
  function withFile<T>(text: string, look: (path: string) => T): T {
    const folder = mkdtempSync(join(tmpdir(), 'campaign-dispatch-prices-'))
    try {
      const path = join(folder, 'prices.json')
      writeFileSync(path, text)
      return look(path)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  const [first] = pricesExample
  const list = (...prices: unknown[]) => JSON.stringify({ prices })

  test('is read at the start', () => {
    withFile(JSON.stringify({ prices: pricesExample }), (PRICES) => {
      expect(readSettings({ PRICES }, plugins).prices).toEqual(pricesExample as unknown as Price[])
    })
    expect(readSettings({}, plugins).prices).toBeUndefined()
    expect(readSettings({ PRICES: ' ' }, plugins).prices).toBeUndefined()
  })

  test.each([
    ['no JSON', 'KE 0.80', 'is not JSON'],
    ['another value', '[]', 'must be a JSON object'],
    ['no prices', '{}', 'prices is required'],
    ['a number as the price', list({ ...first, price: 0.8 }), 'prices[0].price must be text, not a number'],
    ['an unknown country', list(first, { ...first, country: 'XX' }), 'prices[1].country must be the code of a country'],
    ['a currency that there is not', list({ ...first, currency: 'KSH' }), 'prices[0].currency must be the code'],
    ['two prices of a country', list(first, first), 'prices[1] is for sms and country KE, as prices[0] is'],
    ['parts on WhatsApp', list({ ...first, channel: 'whatsapp' }), 'prices[0].per must be "message" for whatsapp'],
  ])('with %s keeps the process from starting, and the place is named', (_, text, words) => {
    withFile(text, (PRICES) => {
      expect(() => readSettings({ PRICES }, plugins)).toThrow(words)
      expect(() => readSettings({ PRICES }, plugins)).toThrow(PRICES)
    })
  })

  test('that is not there keeps the process from starting', () => {
    const file = readPriceFile('/nowhere/prices.json')
    expect(file).toEqual({ problem: expect.stringContaining('PRICES="/nowhere/prices.json" cannot be read (ENOENT)') })
  })
})
