/** Calling codes of countries. Pure. */
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import { isCountry } from './phone.ts'

export interface CallingCode {
  /** `254` */
  readonly code: string
  /** Other countries have it too, so that it does not tell the country of a number. */
  readonly shared: boolean
}

const countriesByCode = Map.groupBy(getCountries(), (country) => getCountryCallingCode(country))

/** @param country ISO 3166-1, two capital letters; undefined for any other */
export function callingCodeOf(country: string): CallingCode | undefined {
  if (!isCountry(country)) return undefined
  const code = getCountryCallingCode(country)
  return { code, shared: (countriesByCode.get(code)?.length ?? 0) > 1 }
}

/** Countries that no other one shares a calling code with, by which rules may ask for them. */
export const countriesWithOwnCode = (): readonly string[] =>
  [...countriesByCode.values()].flatMap((countries) => (countries.length === 1 ? countries : []))
