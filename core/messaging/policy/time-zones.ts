/** Time zones of countries and their offsets from UTC, by the platform's own copy of the IANA database. Pure. */

/**
 * Zones of countries that the platform lists none for: Kosovo has no code in ISO 3166, and the IANA database has its time
 * under Belgrade.
 */
const unlisted: Readonly<Record<string, readonly string[]>> = { XK: ['Europe/Belgrade'] }
/** Zone of phones of no country, such as those of satellites, and of the two islands without a zone, whose clocks show it. */
const nowhere: readonly string[] = ['UTC']

const known = new Map<string, readonly string[]>()

/**
 * Names of the zones that a country's clocks follow, at least one.
 * @param country ISO 3166-1, two capital letters; null: none
 */
export function zonesOf(country: string | null): readonly string[] {
  if (country === null) return nowhere
  const found = known.get(country)
  if (found) return found
  const listed = new Intl.Locale(`und-${country}`).getTimeZones?.() ?? []
  const zones = listed.length > 0 ? listed : (unlisted[country] ?? nowhere)
  known.set(country, zones)
  return zones
}

/** A span of time in which a zone's offset does not change, in milliseconds since the epoch; `until` is not in it. */
export interface OffsetSpan {
  readonly from: number
  readonly until: number
  /** Milliseconds east of UTC. */
  readonly offset: number
}

const spans = new Map<string, OffsetSpan>()

/** The span of a zone that holds the moment. @throws RangeError for a name that the platform does not know */
export function offsetSpan(zone: string, at: number): OffsetSpan {
  const found = spans.get(zone)
  if (found && at >= found.from && at < found.until) return found
  const time = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone)
  const span = {
    from: Math.floor(at),
    until: time.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offset: time.offsetNanoseconds / 1e6,
  }
  spans.set(zone, span)
  return span
}

const usable = new Map<string, boolean>()
const MOST_USABLE = 1000

/** True where the platform knows the zone: one that was stored by a newer version may be new. */
export function isZone(name: string): boolean {
  const found = usable.get(name)
  if (found !== undefined) return found
  if (usable.size >= MOST_USABLE) usable.clear()
  let knows = true
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    knows = false
  }
  usable.set(name, knows)
  return knows
}
