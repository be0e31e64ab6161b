/** Price list: its schema, for the API and for the file that PRICES names, and the faults that a schema does not see. Pure. */
import { type Static, t } from 'elysia'
import type { ErrorDetail } from '../../errors.ts'
import { formatted, oneOf } from '../../http/fields.ts'
import { channels } from '../channel.ts'
import { isCountry } from '../text/phone.ts'

/** In place of a country: every country that has no price of its own. */
export const ANY_COUNTRY = '*'
/** More than all countries on all channels. */
const MAX_PRICES = 1000

const strict = { additionalProperties: false } as const

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

export const priceSchema = t.Object(
  {
    channel: oneOf(channels, { description: 'Channel of the messages', example: 'sms' }),
    country: formatted({
      format: 'country',
      max: 2,
      description:
        'Country of the phone: ISO 3166-1, two capital letters; `*`: every country without a price of its own',
      example: 'KE',
      problem: (text) =>
        text === ANY_COUNTRY || isCountry(text)
          ? undefined
          : 'must be the code of a country in two capital letters, such as KE, or * for all others',
    }),
    price: formatted({
      format: 'decimal',
      max: 16,
      description: 'Price as a decimal number in text, so that no digit is lost: up to 9 digits, and 6 after the point',
      example: '0.80',
      problem: (text) =>
        /^\d{1,9}(?:\.\d{1,6})?$/.test(text)
          ? undefined
          : 'must be a decimal number such as "0.80", with up to 9 digits before the point and 6 after it',
    }),
    per: oneOf(['part', 'message'], {
      description: 'The unit that is paid for: each part of an SMS, or each message. WhatsApp has no parts',
      example: 'part',
    }),
    currency: formatted({
      format: 'currency',
      max: 3,
      description: 'Currency of the price: ISO 4217, three capital letters',
      example: 'KES',
      problem: (text) =>
        currencies.has(text) ? undefined : 'must be the code of a currency in three capital letters, such as KES',
    }),
  },
  { ...strict, title: 'Price' },
)
export type Price = Readonly<Static<typeof priceSchema>>

export const pricesExample = [
  { channel: 'sms', country: 'KE', price: '0.80', per: 'part', currency: 'KES' },
  { channel: 'sms', country: '*', price: '0.06', per: 'part', currency: 'USD' },
  { channel: 'whatsapp', country: '*', price: '0.005', per: 'message', currency: 'USD' },
]

/** Body of PUT /prices, and the file that PRICES names. */
export const priceListSchema = t.Object(
  {
    prices: t.Array(priceSchema, {
      maxItems: MAX_PRICES,
      description: `Prices, one for each channel and country, at most ${MAX_PRICES}; none: the list is emptied`,
      example: pricesExample,
    }),
  },
  { ...strict, title: 'PriceList', example: { prices: pricesExample } },
)

/** Prices that contradict another one, or their channel, each with its place. */
export function findProblems(prices: readonly Price[]): ErrorDetail[] {
  const first = new Map<string, number>()
  return prices.flatMap(({ channel, country, per }, nth) => {
    const at = `prices[${nth}]`
    const key = `${channel} ${country}`
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, nth)
    const problems: ErrorDetail[] = []
    if (channel !== 'sms' && per === 'part')
      problems.push({ path: `${at}.per`, message: `${at}.per must be "message" for ${channel}: only an SMS has parts` })
    if (earlier !== undefined)
      problems.push({
        path: at,
        message: `${at} is for ${channel} and country ${country}, as prices[${earlier}] is: keep one of them`,
      })
    return problems
  })
}
