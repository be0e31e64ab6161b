/** Countries as forms and tables name them. Pure. */
import { countryName } from '../../../../core/messaging/text/country-name.ts'

/** Stands for every country that a list does not name. */
export const ANY_COUNTRY = '*'

/** `Kenya (KE)`. */
export const placeName = (country: string): string =>
  country === ANY_COUNTRY ? 'All other countries' : `${countryName(country)} (${country})`

/** All other countries go last. */
export const comparePlaces = (one: string, other: string): number =>
  Number(one === ANY_COUNTRY) - Number(other === ANY_COUNTRY) ||
  countryName(one).localeCompare(countryName(other), 'en')

/** Regions that have a name and a code, and are no countries. */
const noCountries = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ'])

let known: readonly string[] | undefined

/** Codes of all countries that the browser can name, by name. */
export function countryCodes(): readonly string[] {
  known ??= [...codes()].sort((one, other) => countryName(one).localeCompare(countryName(other), 'en'))
  return known
}

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

function* codes(): Generator<string> {
  for (const first of letters)
    for (const second of letters) {
      const code = first + second
      // Codes of former countries stand for others.
      const isCurrent = new Intl.Locale(`und-${code}`).region === code
      if (isCurrent && !noCountries.has(code) && countryName(code) !== code) yield code
    }
}

/** `kenya`, `ke` and `Kenya (KE)` are KE. @returns undefined where the text names no country */
export function readCountry(text: string): string | undefined {
  const typed = text.trim().toLowerCase()
  return countryCodes().find((code) =>
    [code, countryName(code), placeName(code)].some((name) => name.toLowerCase() === typed),
  )
}
