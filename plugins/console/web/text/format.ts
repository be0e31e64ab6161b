/** Numbers, times and names as the page shows them. */
import type { Customer } from '../api/types.ts'

const whole = new Intl.NumberFormat('en')
const rough = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export const count = (value: number): string => whole.format(value)
/** `1,234` below 100,000, and `1.2M` above. */
export const brief = (value: number): string =>
  value < 100_000 ? whole.format(Math.round(value)) : rough.format(value)
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** A share in per cent; 0% and 100% only if they are exact. */
export function percent(part: number, total: number): string {
  if (total === 0) return '0%'
  const exact = (part / total) * 100
  if (exact > 0 && exact < 1) return '< 1%'
  if (exact < 100 && exact > 99) return '> 99%'
  return `${Math.round(exact)}%`
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const exactMoment = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'shortOffset',
})
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
export const dateTime = (iso: string): string => moment.format(new Date(iso))
/** Date and time with weekday, zone and offset, for decisions that depend on them. */
export const dateTimeWithOffset = (iso: string): string => `${exactMoment.format(new Date(iso))} (${zone()})`
export const timeOfDay = (iso: string): string => clock.format(new Date(iso))
/** `2030-01-31 06:00 UTC`, with seconds where they are not 0. */
export const utc = (iso: string): string =>
  `${new Date(iso)
    .toISOString()
    .replace('T', ' ')
    .replace(/(:00)?\.\d+Z$/, '')} UTC`
export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds))
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60)]
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${total % 60} s` : `${total} s`
}

type Named = Pick<Customer, 'first_name' | 'last_name'>
export const fullName = ({ first_name, last_name }: Named): string =>
  [first_name, last_name].filter((part) => part?.trim()).join(' ')
