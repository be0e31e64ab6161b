/** Countries that the calling code of a phone tells, by name. Pure. */
import { countriesWithOwnCode } from '../../../../../../core/messaging/text/country.ts'
import { countryName } from '../../../../../../core/messaging/text/country-name.ts'

let options: readonly (readonly [code: string, name: string])[] | undefined

export function countryOptions(): readonly (readonly [code: string, name: string])[] {
  options ??= countriesWithOwnCode()
    .map((code) => [code, countryName(code)] as const)
    .sort(([, one], [, other]) => one.localeCompare(other, 'en'))
  return options
}
