/** Figures as people read them. Pure. */
import { formatOffset, localOffset } from '../core/messaging/text/wall-time.ts'

const grouped = new Intl.NumberFormat('en-US')
const two = (value: number) => String(value).padStart(2, '0')

/** `12,345`, or `12.3k` and `1.2M` where at most `width` cells are free. */
export function count(value: number, width = Number.POSITIVE_INFINITY): string {
  const full = grouped.format(Math.round(value))
  if (full.length <= width) return full
  const [scaled, unit] = value >= 1e9 ? [value / 1e9, 'G'] : value >= 1e6 ? [value / 1e6, 'M'] : [value / 1e3, 'k']
  return `${scaled < 100 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`
}

/** Messages per second, with one decimal place for small figures. */
export function rate(value: number): string {
  return value > 0 && value < 10 ? `${value.toFixed(1)}/s` : `${count(value)}/s`
}

/** A share of a whole; never 0% or 100% unless it is exact. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–'
  const share = (part / whole) * 100
  const rounded = Math.round(share * 10) / 10
  if (part > 0 && rounded === 0) return '<0.1%'
  return `${(part < whole && rounded === 100 ? 99.9 : rounded).toFixed(rounded === 100 && part === whole ? 0 : 1)}%`
}

/** `0:07`, `12:34`, `3:04:05`, `2d 4h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ]
  if (days > 0) return `${days}d ${hours}h`
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** The time of day on this machine, from milliseconds or RFC 3339: `14:02:05`. */
export function clock(time: number | string): string {
  const date = new Date(time)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Day and time on this machine: `2030-01-31 09:00`. */
export function moment(time: string): string {
  const date = new Date(time)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The same with its offset from UTC, which tells the two hours apart that clocks show when they go back. */
export const exactMoment = (time: string): string => {
  const date = new Date(time)
  const seconds = date.getSeconds() ? `:${two(date.getSeconds())}` : ''
  return `${moment(time)}${seconds} (UTC${formatOffset(localOffset(date.getTime()))})`
}

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`
