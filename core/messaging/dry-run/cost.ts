/** Cost of messages by country, from the price list. No digit is rounded. Pure. */
import { type Decimal, parseDecimal, plus, times, writeDecimal, zero } from '../prices/decimal.ts'
import { ANY_COUNTRY, type Price } from '../prices/price-list.ts'
import type { Channel } from '../schema.ts'
import type { CountryMessages } from './estimate.ts'

export interface CountryCost {
  /** Null: phones of no country. */
  readonly country: string | null
  readonly messages: number
  /** Null on a channel without parts. */
  readonly parts: number | null
  /** Null, as the rest, for a country without a price. */
  readonly price: string | null
  readonly per: 'part' | 'message' | null
  readonly currency: string | null
  readonly amount: string | null
}

export interface Cost {
  /** By currency. */
  readonly total: readonly { readonly currency: string; readonly amount: string }[]
  readonly by_country: readonly CountryCost[]
  /** Countries without a price: their messages are in no total. */
  readonly unpriced: readonly (string | null)[]
}

export function costOf(channel: Channel, countries: readonly CountryMessages[], prices: readonly Price[]): Cost {
  const byCountry = new Map(prices.filter((one) => one.channel === channel).map((one) => [one.country, one]))
  const totals = new Map<string, Decimal>()
  const unpriced: (string | null)[] = []
  const by_country = countries.map(({ country, messages, parts }): CountryCost => {
    const about = { country, messages, parts: channel === 'sms' ? parts : null }
    const found = (country === null ? undefined : byCountry.get(country)) ?? byCountry.get(ANY_COUNTRY)
    if (!found) {
      unpriced.push(country)
      return { ...about, price: null, per: null, currency: null, amount: null }
    }
    const { price, per, currency } = found
    const amount = times(parseDecimal(price), per === 'part' ? parts : messages)
    totals.set(currency, plus(totals.get(currency) ?? zero, amount))
    return { ...about, price, per, currency, amount: writeDecimal(amount) }
  })
  return {
    total: [...totals].map(([currency, amount]) => ({ currency, amount: writeDecimal(amount) })),
    by_country,
    unpriced,
  }
}
