/** Names of countries, for sentences. Pure. */

let names: Intl.DisplayNames | undefined
let lists: Intl.ListFormat | undefined

/** `Kenya` for `KE`; the code itself where it is no country's. */
export function countryName(code: string): string {
  names ??= new Intl.DisplayNames('en', { type: 'region' })
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code
}

/** `Kenya and Uganda` for `KE`, `UG`. */
export function countryNames(codes: readonly string[]): string {
  lists ??= new Intl.ListFormat('en')
  return lists.format(codes.map(countryName))
}
