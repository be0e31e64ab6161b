/** Values of a price as a form has them, and the list that its saving makes. Pure. */
import { ApiError } from '../../api/client.ts'
import type { Price } from '../../api/types.ts'
import { ANY_COUNTRY } from '../../text/places.ts'

export interface PriceValues extends Pick<Price, 'channel' | 'per'> {
  /** Empty: every country without a price of its own. */
  readonly country: string
  readonly price: string
  readonly currency: string
}

export const noPrice: PriceValues = { channel: 'sms', country: '', price: '', per: 'part', currency: '' }

export const valuesOf = (price: Price): PriceValues => ({
  ...price,
  country: price.country === ANY_COUNTRY ? '' : price.country,
})

/** `ke` is KE, `0,80` is 0.80; only an SMS has parts. */
export const readPrice = ({ channel, country, price, per, currency }: PriceValues): Price => ({
  channel,
  country: country.trim().toUpperCase() || ANY_COUNTRY,
  price: price.trim().replace(',', '.'),
  per: channel === 'sms' ? per : 'message',
  currency: currency.trim().toUpperCase(),
})

const isFor = (one: Price, other: Price) => one.channel === other.channel && one.country === other.country

/** @param replaced price that `price` takes the place of; undefined: a new one */
export const isTaken = (prices: readonly Price[], price: Price, replaced?: Price): boolean =>
  prices.some((one) => isFor(one, price) && !(replaced && isFor(one, replaced)))

/** The list without `replaced`, and with `price` at its end. */
export const changed = (prices: readonly Price[], price: Price | undefined, replaced?: Price): readonly Price[] => [
  ...prices.filter((one) => !(replaced && isFor(one, replaced))),
  ...(price ? [price] : []),
]

/** Refusal of a field of the last price of a list, without its place in the list. */
export function problemOf(error: unknown, field: keyof Price): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  const detail = error.details.find(({ path }) => path.endsWith(`.${field}`))
  return detail && `This ${detail.message.slice(detail.message.indexOf('must'))}`
}
