/**
 * Quiet hours: times of day in which marketing messages wait, by the country of the phone and the clocks of the person. The
 * person's own time zone decides; else that of the country; and in a country of several zones a message starts only while all
 * of them have open hours. Pure and quick: it is asked for every message.
 */
import { getCountries } from 'libphonenumber-js/max'
import { countryOf, countryPrefixes, countryPrefixOf, phoneRules } from '../text/phone-country.ts'
import { isZone, zonesOf } from './time-zones.ts'
import { HORIZON_MS, type Hours, hoursAt, type QuietWindow, type Week, weekOf } from './week.ts'

/** In place of a country: every country without quiet hours of its own. */
export const ANY_COUNTRY = '*'

export interface QuietHours extends QuietWindow {
  /** ISO 3166-1, two capital letters, or `*`. */
  readonly country: string
}

export interface Person {
  /** E.164. */
  readonly phone: string
  /** IANA name; null: not known. */
  readonly timeZone: string | null
}

/**
 * The hours for a person at a moment, in milliseconds since the epoch.
 * @returns undefined where no quiet hours are set for them
 */
export type HoursOf = (person: Person, at: number) => Hours | undefined

/** Answers that are kept: one for each zone, and for each country. */
const MOST_KNOWN = 2000

export function openQuietHours(entries: readonly QuietHours[]): HoursOf {
  const weeks = new Map(
    [...Map.groupBy(entries, ({ country }) => country)].map(([country, windows]) => [country, weekOf(windows)]),
  )
  const others = weeks.get(ANY_COUNTRY)
  const countryFor = openCountries()
  const known = new Map<string, Hours & { readonly from: number }>()
  return ({ phone, timeZone }, at) => {
    const country = countryFor(phone)
    const own = country === null ? undefined : weeks.get(country)
    const week = own ?? others
    if (!week) return undefined
    const zone = timeZone !== null && isZone(timeZone) ? timeZone : null
    const key = zone === null ? `${country}` : `${own ? country : ANY_COUNTRY} ${zone}`
    const found = known.get(key)
    // The answer to another moment of the same span. A clock that was set back asks anew.
    if (found && at >= found.from && at < found.until) return found
    if (known.size >= MOST_KNOWN) known.clear()
    const hours = { ...hoursAt(zone === null ? zonesOf(country) : [zone], week, at), from: at }
    known.set(key, hours)
    return hours
  }
}

/** Phones of two shared calling codes by their beginning: the largest, whose countries the next five digits tell. */
const byPrefix = /^\+[17]/
/** Beginnings that are remembered: more than there are area codes. */
const MOST_PREFIXES = 100_000
/** Characters of a calling code that one country has for itself, with its plus. */
const LONGEST_CODE = 4

const codesByPrefix = ['+1', '+7']
const isShared = (code: string) => countryPrefixes.shared.some(({ codes }) => codes.includes(code))
const sharedRules = phoneRules(getCountries())
  .filter(({ prefix }) => isShared(prefix) && !codesByPrefix.includes(prefix))
  .map(({ pattern, ...rule }) => ({ ...rule, pattern: pattern === null ? null : new RegExp(pattern) }))

/**
 * Finds the countries of phones, and remembers them by the digits that decide. Where these are too many, patterns tell: to
 * parse the number takes twenty times as long.
 */
function openCountries(): (phone: string) => string | null {
  const known = new Map<string, string>()
  return (phone) => {
    const prefix = countryPrefixOf(phone)
    if (!byPrefix.test(phone) && prefix.length > LONGEST_CODE) {
      const fits = ({ prefix: code, pattern }: (typeof sharedRules)[number]) =>
        phone.startsWith(code) && (pattern === null || pattern.test(phone))
      return sharedRules.find(fits)?.country ?? null
    }
    const found = known.get(prefix)
    if (found !== undefined) return found
    if (known.size >= MOST_PREFIXES) known.clear()
    const country = countryOf(phone)
    if (country !== undefined) known.set(prefix, country)
    return country ?? null
  }
}

/**
 * Countries whose quiet hours leave them no hour in all of their time zones within two weeks from `at`.
 * @param countries those to which `*` applies, if they have none of their own
 */
export function findClosed(entries: readonly QuietHours[], countries: readonly string[], at: number): string[] {
  const byCountry = Map.groupBy(entries, ({ country }) => country)
  const others = byCountry.get(ANY_COUNTRY)
  const weeks = new Map<readonly QuietHours[], Week>()
  return countries.filter((country) => {
    const windows = byCountry.get(country) ?? others
    if (!windows) return false
    const week = weeks.get(windows) ?? weekOf(windows)
    weeks.set(windows, week)
    return hoursAt(zonesOf(country), week, at).until >= at + HORIZON_MS
  })
}
