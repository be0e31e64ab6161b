/** Languages by their English names. Pure. */
const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' })

/** `Swahili`, `Brazilian Portuguese`; the tag of a language without a name. @param tag BCP 47 */
export function languageName(tag: string): string {
  // Extensions have no name.
  const [plain = tag] = tag.split(/-[a-z0-9]-/i)
  const name = names.of(plain) ?? plain
  return name === plain ? tag : name
}

/** `Swahili (sw)`. */
export function languageLabel(tag: string): string {
  const name = languageName(tag)
  return name === tag ? tag : `${name} (${tag})`
}

let listed: readonly string[] | undefined

/** English names of the languages that have two letters. */
export function listLanguageNames(): readonly string[] {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  listed ??= letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((tag) => languageName(tag) !== tag)
    .map(languageName)
    .sort((a, b) => a.localeCompare(b, 'en'))
  return listed
}

/** `3 texts: default, Swahili (sw), French (fr)`. @param tags of the texts beside the default, at least one */
export const describeTexts = (tags: readonly string[]): string =>
  `${tags.length + 1} texts: ${['default', ...tags.map(languageLabel)].join(', ')}`
