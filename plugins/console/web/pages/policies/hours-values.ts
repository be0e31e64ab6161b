/** Quiet hours as a form has them, in words, and the list that their saving makes. Pure. */
import { countryName } from '../../../../../core/messaging/text/country-name.ts'
import { ApiError } from '../../api/client.ts'
import type { PolicyPreset, QuietHours } from '../../api/types.ts'
import { ANY_COUNTRY, comparePlaces, placeName, readCountry } from '../../text/places.ts'

export type Weekday = NonNullable<QuietHours['days']>[number]

/** In the order of the week. */
export const dayNames: Readonly<Record<Weekday, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
}
export const weekdays = Object.keys(dayNames) as Weekday[]

export interface HoursValues {
  /** Name or code; empty: every country without quiet hours of its own. */
  readonly country: string
  readonly from: string
  readonly to: string
  readonly days: readonly Weekday[]
}

export const newHours: HoursValues = { country: '', from: '20:00', to: '08:00', days: weekdays }

export const valuesOf = ({ country, from, to, days }: QuietHours): HoursValues => ({
  country: country === ANY_COUNTRY ? '' : placeName(country),
  from,
  to,
  days: days ?? weekdays,
})

/** @returns undefined where no country has the name that was typed */
export function readHours({ country, from, to, days }: HoursValues): QuietHours | undefined {
  const code = country.trim() === '' ? ANY_COUNTRY : readCountry(country)
  if (code === undefined) return undefined
  const some = days.length < weekdays.length
  return { country: code, from, to, ...(some && { days: weekdays.filter((day) => days.includes(day)) }) }
}

const keyOf = ({ country, from, to, days = weekdays }: QuietHours): string =>
  [country, from, to, ...weekdays.filter((day) => days.includes(day))].join(' ')

export const isSame = (one: QuietHours, other: QuietHours): boolean => keyOf(one) === keyOf(other)

/** By country, those of all other countries last, and by the order in which they were set. */
export const sorted = (hours: readonly QuietHours[]): readonly QuietHours[] =>
  [...hours].sort((one, other) => comparePlaces(one.country, other.country))

/**
 * The list with `next` in the place of `replaced`, or at its end.
 * @throws Error where somebody else changed `replaced`, or has set the same hours
 */
export function changed(hours: readonly QuietHours[], next: QuietHours, replaced?: QuietHours): QuietHours[] {
  const place = replaced ? hours.findIndex((one) => isSame(one, replaced)) : hours.length
  if (place < 0) throw new Error('Somebody else changed these quiet hours meanwhile. Close this form and look again')
  if (hours.some((one, nth) => nth !== place && isSame(one, next)))
    throw new Error(`${placeName(next.country)} has these quiet hours already`)
  return [...hours.slice(0, place), next, ...hours.slice(place + 1)]
}

export const without = (hours: readonly QuietHours[], removed: QuietHours): QuietHours[] =>
  hours.filter((one) => !isSame(one, removed))

/** The list with the hours of a preset in place of all that its countries had. */
export const withPreset = (hours: readonly QuietHours[], { quiet_hours }: PolicyPreset): QuietHours[] => [
  ...hours.filter(({ country }) => !quiet_hours.some((one) => one.country === country)),
  ...quiet_hours,
]

/** Countries of a preset that have hours, and others than the preset has. */
export function conflicts(hours: readonly QuietHours[], { quiet_hours }: PolicyPreset): readonly string[] {
  const isOther = (own: QuietHours) => !quiet_hours.some((one) => isSame(one, own))
  const others = hours.filter((own) => quiet_hours.some(({ country }) => country === own.country) && isOther(own))
  return [...new Set(others.map(({ country }) => country))]
}

export const isAdded = (hours: readonly QuietHours[], { quiet_hours }: PolicyPreset): boolean =>
  quiet_hours.every((one) => hours.some((own) => isSame(one, own)))

const list = new Intl.ListFormat('en')

/** `Every day`, `Saturday and Sunday`. */
export function daysText(days: readonly Weekday[] = weekdays): string {
  const chosen = weekdays.filter((day) => days.includes(day))
  return chosen.length === weekdays.length ? 'Every day' : list.format(chosen.map((day) => dayNames[day]))
}

/** `20:00 to 08:00 on the next day`. */
export function timesText({ from, to }: Pick<QuietHours, 'from' | 'to'>): string {
  if (from === to) return `${from} to ${to} on the next day: 24 hours`
  return `${from} to ${to}${to < from ? ' on the next day' : ''}`
}

/** Meaning of the hours in a sentence; undefined while a part of them is missing. */
export function meaningOf(values: HoursValues): string | undefined {
  const hours = readHours(values)
  if (!hours || hours.from === '' || hours.to === '' || values.days.length === 0) return undefined
  const place = hours.country === ANY_COUNTRY ? 'a country without quiet hours of its own' : countryName(hours.country)
  const days = hours.days ? `beginning on ${daysText(hours.days)}` : 'every day'
  return `No marketing message to ${place} starts from ${timesText(hours)}, ${days}, by the recipient’s clock. Messages that are due then wait until these hours end.`
}

/** Refusal of a field, without its place in the list. */
export function problemOf(error: unknown, field: keyof HoursValues): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  const at = new RegExp(`^quiet_hours\\[\\d+\\]\\.${field}\\b`)
  const detail = error.details.find(({ path }) => at.test(path))
  return detail?.message.replace(detail.path, 'This')
}

/** Refusal of hours that leave some country no time; undefined for any other error. */
export function closedProblem(error: unknown): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  const [first, ...more] = error.details.filter(({ path }) => /^quiet_hours\[\d+\]$/.test(path))
  if (!first) return undefined
  const others = more.length > 0 ? `. So it is for ${more.length} more of the countries` : ''
  return `${first.message.replace(/^quiet_hours\[\d+\]/, 'This entry')}${others}`
}
