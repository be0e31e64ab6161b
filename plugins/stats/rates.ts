/**
 * Rates: how counters differ between two looks at them. A look is taken when somebody asks, so nothing runs while nobody
 * does. All rates of one answer are of the same span, so that those of the campaigns add up to that of the whole.
 */

export interface Counter {
  readonly id: number
  /** Recipients with an outcome. */
  readonly done: number
  /** Milliseconds since the campaign began to be sent. */
  readonly runningMs: number
}

export interface Rates {
  /** Recipients with an outcome a second, over all campaigns. */
  readonly now: number
  /** The same for each campaign, by its id. */
  readonly byCampaign: ReadonlyMap<number, number>
}

/** Milliseconds that a rate is taken over, where looks lie so far back. */
const SPAN_MS = 5000
/** Looks closer together than this are one: their difference would say little. */
const APART_MS = 500

interface Look {
  readonly at: number
  readonly done: number
  readonly byCampaign: ReadonlyMap<number, number>
}

/**
 * @param elapsed a monotonic clock, in milliseconds
 * @returns takes the recipients with an outcome over all campaigns, and the campaigns that may have moved lately. Without
 * an earlier look a campaign's rate is that since its start, and the whole is their sum
 */
export function openRates(elapsed: () => number): (done: number, counters: readonly Counter[]) => Rates {
  let looks: readonly Look[] = []
  return (done, counters) => {
    const at = elapsed()
    looks = looks.filter((look) => at - look.at <= SPAN_MS)
    const [base] = looks
    const last = looks.at(-1)
    if (!last || at - last.at >= APART_MS)
      looks = [...looks, { at, done, byCampaign: new Map(counters.map((one) => [one.id, one.done])) }]
    return base && at - base.at >= APART_MS ? since(base, at, done, counters) : sinceStart(counters)
  }
}

function sinceStart(counters: readonly Counter[]): Rates {
  const rates = counters.map(({ id, done, runningMs }) => [id, perSecond(done, runningMs)] as const)
  return { now: tenths(rates.reduce((sum, [, rate]) => sum + rate, 0)), byCampaign: new Map(rates) }
}

function since(base: Look, at: number, done: number, counters: readonly Counter[]): Rates {
  // Nothing moved before the first campaign under way began: its first seconds are not averaged with the idle ones before.
  const ms = Math.min(at - base.at, Math.max(APART_MS, ...counters.map(({ runningMs }) => runningMs)))
  const rates = counters.map(({ id, done: now, runningMs }) => {
    const before = base.byCampaign.get(id) ?? (runningMs <= at - base.at ? 0 : undefined)
    return [id, before === undefined ? perSecond(now, runningMs) : perSecond(now - before, ms)] as const
  })
  return { now: perSecond(done - base.done, ms), byCampaign: new Map(rates) }
}

const tenths = (value: number) => Math.round(value * 10) / 10
const perSecond = (count: number, ms: number) => (ms > 0 ? Math.max(0, tenths((count * 1000) / ms)) : 0)
