/** Languages and time zones of customers, in the spelling of their registries. Pure. */

/** The spelling to store, or the fault as a sentence that goes on from the field's name. */
type Read = { readonly value: string } | { readonly problem: string }

/** Lengths that the database checks (migration 0026). */
export const MAX_LANGUAGE = 35
export const MAX_TIME_ZONE = 64

const MOST_KNOWN = 1000

/** Files have the same few values a million times. */
function remembered(read: (text: string) => Read): (text: string) => Read {
  const known = new Map<string, Read>()
  return (text) => {
    const found = known.get(text)
    if (found) return found
    if (known.size >= MOST_KNOWN) known.clear()
    const made = read(text)
    known.set(text, made)
    return made
  }
}

const noLanguage: Read = { problem: 'must be a language tag (BCP 47) such as sw, en-KE or pt-BR' }

/** A BCP 47 tag: `en-ke` and `en_KE` are `en-KE`. */
export const readLanguage = remembered((text) => {
  const tag = text.trim().replaceAll('_', '-')
  // A language that is registered has two or three letters: "english" would be well-formed.
  if (tag.length > MAX_LANGUAGE || !/^[a-z]{2,3}(?:-|$)/i.test(tag)) return noLanguage
  try {
    const [value] = Intl.getCanonicalLocales(tag)
    return value === undefined ? noLanguage : { value }
  } catch {
    return noLanguage
  }
})

let namesInEnglish: ReadonlyMap<string, string> | undefined

/** As a file may have it: a tag, or the English name of a language, such as Swahili. */
export const parseLanguage = remembered((text) => {
  const read = readLanguage(text)
  if ('value' in read) return read
  namesInEnglish ??= listNames()
  const value = namesInEnglish.get(text.trim().toLowerCase())
  return value === undefined ? read : { value }
})

function listNames(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const tags = letters.flatMap((first) => letters.map((second) => first + second))
  return new Map(tags.flatMap((tag) => [names.of(tag)?.toLowerCase()].flatMap((name) => (name ? [[name, tag]] : []))))
}

const noTimeZone: Read = { problem: 'must be a time zone of the IANA database such as Africa/Nairobi' }

/** A name of the IANA time zone database: `africa/nairobi` is `Africa/Nairobi`. */
export const readTimeZone = remembered((text) => {
  const name = text.trim()
  if (name.length > MAX_TIME_ZONE || !/^[a-z][\w+-]*(?:\/[\w+-]+)*$/i.test(name)) return noTimeZone
  const plain = name.toLowerCase()
  const listed = Intl.supportedValuesOf('timeZone').find((one) => one.toLowerCase() === plain)
  if (listed !== undefined) return { value: listed }
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    // Another name of a zone stays as it is: what it is called now is a matter of the database.
    return { value: timeZone.toLowerCase() === plain ? timeZone : name }
  } catch {
    return noTimeZone
  }
})
