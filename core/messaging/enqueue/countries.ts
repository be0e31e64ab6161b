/** Countries that have senders of their own, and the rules by which their phones are told from others in the database. */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Database } from '../schema.ts'
import { isCountry } from '../text/phone.ts'
import { phoneRules } from '../text/phone-country.ts'

/** Rules of `phoneRules` as arrays side by side. */
export function countryRules(countries: readonly string[]) {
  const rules = phoneRules(countries.filter(isCountry))
  return {
    prefixes: rules.map(({ prefix }) => prefix),
    patterns: rules.map(({ pattern }) => pattern),
    countries: rules.map(({ country }) => country),
  }
}

/** Countries that the route of a channel names, for a row of `campaigns`. */
export const namedCountries = (db: Kysely<Pick<Database, 'country_routes'>>) =>
  db
    .selectFrom('country_routes as x')
    .select('x.country')
    .where(sql<boolean>`x.channel = campaigns.channel::text`)
    .orderBy('x.country')
