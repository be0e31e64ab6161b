/** Numbers and dates as the readers of a language write them. Pure. */
import { type AttributeType, type AttributeValue, isDate } from '../contacts/attributes.ts'

/** Formats that a placeholder may ask for, each for the type of its name. */
export const formats = ['number', 'date'] as const satisfies readonly AttributeType[]
export type Format = (typeof formats)[number]

/** Language of customers whose own is not known. */
export const DEFAULT_LANGUAGE = 'en'

interface Writers {
  readonly number: (value: number) => string
  readonly date: (value: string) => string
}

const MOST_KNOWN = 200
const known = new Map<string, Writers>()

/** Making them takes longer than writing a thousand numbers. */
function writersOf(language: string): Writers {
  const found = known.get(language)
  if (found) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const made = openWriters(language)
  known.set(language, made)
  return made
}

function openWriters(language: string): Writers {
  const locales = [language, DEFAULT_LANGUAGE].filter(isLocale)
  const numbers = new Intl.NumberFormat(locales)
  const dates = new Intl.DateTimeFormat(locales, { dateStyle: 'long', timeZone: 'UTC', calendar: 'gregory' })
  return {
    number: (value) => withPlainSpaces(numbers.format(value)),
    date: (value) => withPlainSpaces(dates.format(new Date(`${value}T00:00:00Z`))),
  }
}

function isLocale(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0
  } catch {
    return false
  }
}

/** A narrow or no-break space, as French has it in numbers, would make an SMS of few letters one of 70 characters a part. */
const withPlainSpaces = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ')

/** The text of a value: as it is stored, `true`, `1234.5` or `2030-01-31`, or as the language writes it. */
export function formatValue(value: AttributeValue, format: Format | undefined, language: string): string {
  if (format === 'number' && typeof value === 'number') return writersOf(language).number(value)
  if (format === 'date' && typeof value === 'string' && isDate(value)) return writersOf(language).date(value)
  return String(value)
}
