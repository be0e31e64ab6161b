/**
 * How fast each campaign goes, from how its counters differ between two looks at them. A look is taken when somebody
 * asks, so nothing runs while nobody does; the first one has only the time since the campaign began to go by.
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

interface Look {
  readonly at: number
  readonly settled: ReadonlyMap<number, number>
}

/** @returns recipients settled a second, by campaign */
export type Rates = (counters: readonly Counter[]) => Map<number, number>

/** @param elapsed a monotonic clock, in milliseconds */
export function openRates(elapsed: () => number): Rates {
  let looks: readonly Look[] = []
  return (counters) => {
    const at = elapsed()
    looks = looks.filter((look) => at - look.at <= SPAN_MS)
    const base = looks.find((look) => at - look.at >= APART_MS)
    const last = looks.at(-1)
    if (!last || at - last.at >= APART_MS)
      looks = [...looks, { at, settled: new Map(counters.map(({ id, settled }) => [id, settled])) }]
    return new Map(counters.map((counter) => [counter.id, rateOf(counter, base, at)]))
  }
}

function rateOf({ id, settled, runningMs }: Counter, base: Look | undefined, at: number): number {
  const before = base?.settled.get(id)
  const [count, ms] =
    base === undefined || before === undefined ? [settled, runningMs] : [settled - before, at - base.at]
  return ms > 0 ? Math.max(0, Math.round((count * 10_000) / ms) / 10) : 0
}
