/**
 * How fast things go, from how counters differ between two looks at them. A look is taken when somebody asks, so nothing
 * runs while nobody does; the first one of a campaign has only the time since its start to go by.
 */

export interface Counter {
  readonly id: number
  /** Recipients with an outcome. */
  readonly settled: number
  /** Milliseconds since the campaign began to be sent. */
  readonly runningMs: number
}

/** A rate is taken over so long, where looks lie so far back. */
const SPAN_MS = 10_000
/** Looks closer together than this are one: their difference would say little. */
const APART_MS = 500
/** How long "now" is. */
const NOW_MS = 2500

interface Look<T> {
  readonly at: number
  readonly seen: T
}

/**
 * Keeps looks for a while.
 * @returns the oldest one kept, if it lies far enough back to tell something
 */
function openLooks<T>(elapsed: () => number, spanMs: number) {
  let looks: readonly Look<T>[] = []
  return (seen: T): { readonly base: T; readonly ms: number } | undefined => {
    const at = elapsed()
    looks = looks.filter((look) => at - look.at <= spanMs)
    const [oldest] = looks
    const base = oldest && at - oldest.at >= APART_MS ? { base: oldest.seen, ms: at - oldest.at } : undefined
    const last = looks.at(-1)
    if (!last || at - last.at >= APART_MS) looks = [...looks, { at, seen }]
    return base
  }
}

/** @returns recipients settled a second, by campaign */
export type Rates = (counters: readonly Counter[]) => Map<number, number>

/** @param elapsed a monotonic clock, in milliseconds */
export function openRates(elapsed: () => number): Rates {
  const look = openLooks<ReadonlyMap<number, number>>(elapsed, SPAN_MS)
  return (counters) => {
    const found = look(new Map(counters.map(({ id, settled }) => [id, settled])))
    return new Map(
      counters.map(({ id, settled, runningMs }) => {
        const before = found?.base.get(id)
        const rate =
          found && before !== undefined ? perSecond(settled - before, found.ms) : perSecond(settled, runningMs)
        return [id, rate]
      }),
    )
  }
}

/** @returns recipients settled a second at this moment; undefined when the last look lies too far back to tell */
export function openPace(elapsed: () => number): (settled: number) => number | undefined {
  const look = openLooks<number>(elapsed, NOW_MS)
  return (settled) => {
    const found = look(settled)
    return found && perSecond(settled - found.base, found.ms)
  }
}

function perSecond(count: number, ms: number): number {
  return ms > 0 ? Math.max(0, Math.round((count * 10_000) / ms) / 10) : 0
}
