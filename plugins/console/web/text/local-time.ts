/** Times between the form's field, which has no zone, and the API, which wants one. Pure. */

/** `2030-01-31T09:00` in the browser's zone, as the API takes it; undefined where it is no time. */
export function toIso(local: string): string | undefined {
  const time = new Date(local)
  return local === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

/** What a `datetime-local` field shows of it. */
export function toLocal(iso: string | null): string {
  if (iso === null) return ''
  const time = new Date(iso)
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${date}T${two(time.getHours())}:${two(time.getMinutes())}`
}
