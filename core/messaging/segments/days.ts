/** Days in UTC, as `YYYY-MM-DD`. Pure. */

const DAY_MS = 86_400_000

/** @param time milliseconds since the epoch */
export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

export const dayAfter = (day: string, days: number): string => dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS)
