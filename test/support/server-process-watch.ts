/** Reads the figures of a campaign over and over while it is sent, and checks each answer against the recipient invariant. */
import type { CampaignStats } from '../../core/messaging/campaign/stats.ts'

export interface Watched {
  readonly id: number
  readonly status: string
  readonly stats: CampaignStats
}

export interface Watch {
  /** Answers so far. */
  reads(): number
  /** The last answer. */
  last(): CampaignStats | undefined
  /** @throws what was wrong with an answer */
  stop(): Promise<void>
}

/** Outcomes that a late report may turn into `sent`, and nothing else may take back. */
const outcomes = ['failed', 'skipped', 'unknown'] as const

/** Throws when the figures do not add up, one is negative, or an outcome that was told in `before` is taken back. */
export function expectConsistent(stats: CampaignStats, before: CampaignStats | undefined): void {
  const { total, delivered, undelivered, read, ...parts } = stats
  const figures = Object.values(parts)
  const faults = [
    ...(figures.reduce((sum, one) => sum + one, 0) === total ? [] : ['they do not add up']),
    ...(Object.values(stats).every((one) => Number.isInteger(one) && one >= 0) ? [] : ['one is no count']),
    ...(delivered + undelivered <= stats.sent && read <= delivered ? [] : ['more receipts than messages']),
    ...(before ? takenBack(stats, before) : []),
    ...(before && total < before.total ? ['total went down'] : []),
  ]
  if (faults.length > 0) throw new Error(`Inconsistent figures: ${JSON.stringify({ faults, stats, before })}`)
}

/** Some forty times a second: more would take the processor from the campaign. */
const READ_EVERY_MS = 20

export interface WatchOptions {
  /** The campaign is the only one that has recipients: the sums over all are its figures. */
  readonly alone?: boolean
  /** The database may be away: an answer that says so is passed over. */
  readonly outages?: boolean
}

function takenBack(stats: CampaignStats, before: CampaignStats): string[] {
  const gained = stats.sent - before.sent
  if (gained < 0) return ['sent went down']
  if (stats.delivered < before.delivered) return ['delivered went down']
  return outcomes.filter((name) => before[name] - stats[name] > gained).map((name) => `${name} went down`)
}

/** @param urls of the servers to ask in turn; one that does not answer is passed over, for it may have been killed */
export function watchCampaign(
  urls: () => readonly string[],
  id: number,
  { alone = true, outages = false }: WatchOptions = {},
): Watch {
  const stop = new AbortController()
  let reads = 0
  let last: CampaignStats | undefined
  const look = async (nth: number) => {
    const all = urls()
    const stats = await readStats(all[nth % all.length] ?? '', id, nth % (alone ? 3 : 2), outages)
    if (!stats) return
    reads++
    expectConsistent(stats, last)
    last = stats
  }
  const run = async () => {
    for (let nth = 0; !stop.signal.aborted; nth++) {
      await look(nth)
      await Bun.sleep(READ_EVERY_MS)
    }
  }
  const ended = run()
  ended.catch(() => {}) // told by stop()
  return {
    reads: () => reads,
    last: () => last,
    stop: async () => {
      stop.abort()
      await ended
    },
  }
}

/** By one of the three ways in which the API tells them; undefined when there was no answer. */
async function readStats(url: string, id: number, way: number, outages: boolean): Promise<CampaignStats | undefined> {
  const path = [`/campaigns/${id}`, '/campaigns', '/stats'][way] ?? ''
  let text: string
  try {
    const response = await fetch(url + path)
    text = await response.text()
    if (outages && response.status === 503) return undefined
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
  const answer = JSON.parse(text)
  if (way === 0) return (answer as Watched).stats
  if (way === 1) return (answer as { data: Watched[] }).data.find((one) => one.id === id)?.stats
  return (answer as { messages: CampaignStats }).messages
}
