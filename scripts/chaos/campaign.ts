/** A campaign that faults befall: it is sent as a user sends it, watched while it runs, and audited when it is over. */
import { until } from '../../test/support/server-process-wait.ts'
import { type Watch, type Watched, watchCampaign } from '../../test/support/server-process-watch.ts'
import { openApi } from '../support/api.ts'
import type { Outcome } from './cell.ts'
import { auditDeliveries } from './deliveries.ts'
import { type Breach, findBreaches } from './invariant.ts'
import { findUnquiet } from './quiet.ts'
import { RETRY_AFTER_SECONDS, type Stage } from './stage.ts'

const TEMPLATE = 'Habari {first_name|rafiki}, {prefered_product|something new} waits in {location|town}'
/** A campaign that is not over by then never will be. */
const OVER_WITHIN_MS = 120_000

export interface Trial {
  readonly id: number
  /** Asks for all recipients once more, as a client does that got no answer. */
  send(url: string): Promise<void>
  /** Asks for all recipients by a rule. */
  select(url: string): Promise<void>
  /** Measures how long it takes until messages flow again; called after each fault. */
  struck(): void
  delivered(count: number): Promise<void>
  status(): Promise<Watched>
  /**
   * Waits until it is over, and audits it.
   * @param mayDoubt rows that may be `unknown`
   * @param end lets all processes end that could still change something
   * @param awake resolves when nobody stands still any more
   */
  finish(mayDoubt: number, end: () => Promise<readonly Breach[]>, awake?: () => Promise<unknown>): Promise<Outcome>
}

/**
 * @param url of a process that no fault befalls
 * @param urls of those that are read from all the time
 */
export async function openTrial(
  stage: Stage,
  url: string,
  more: object = {},
  urls: () => readonly string[] = () => [url],
): Promise<Trial> {
  const api = openApi(url)
  const campaign = { name: 'Chaos', channel: 'sms', base_template: TEMPLATE, ...more }
  const { id } = await api.post<Watched>('/campaigns', campaign)
  const before = await stage.ledger.count()
  const watch = watchCampaign(urls, id, { alone: false, outages: true })
  const status = () => api.get<Watched>(`/campaigns/${id}`)
  const deliveries = async () => (await stage.ledger.count()).deliveries - before.deliveries
  const recoveries = openRecoveries(deliveries, () => isOver(status))
  return {
    id,
    status,
    send: async (to) => void (await openApi(to).post(`/campaigns/${id}/send`, { customer_ids: stage.ids })),
    select: async (to) => void (await openApi(to).post(`/campaigns/${id}/send`, { audience: { everyone: true } })),
    struck: recoveries.begin,
    delivered: async (count) =>
      void (await until(`${count} are delivered`, async () => (await deliveries()) >= count, OVER_WITHIN_MS)),
    finish: async (mayDoubt, end, awake) => {
      await until('the campaign is over', () => isOver(status), OVER_WITHIN_MS)
      await awake?.()
      // While there are workers: what was announced once too often is theirs to drop.
      const unsettled = [...(await findUnquiet(stage)), ...(await end())]
      const ended = await status()
      const times = await recoveries.times()
      const seen = [...unsettled, ...(await stopWatch(watch))]
      return audit(stage, ended, { mayDoubt, seen, times })
    },
  }
}

/** False while the campaign is under way, and while the database is away. */
async function isOver(status: Trial['status']): Promise<boolean> {
  const now = await status().catch(() => undefined)
  return now !== undefined && ['sent', 'failed', 'cancelled'].includes(now.status)
}

/** Times from each fault to the next delivery, in milliseconds. */
function openRecoveries(deliveries: () => Promise<number>, over: () => Promise<boolean>) {
  const recoveries: Promise<number>[] = []
  const recovery = async () => {
    const begun = performance.now()
    const was = await deliveries()
    await until('messages flow again', async () => (await deliveries()) > was || (await over()), OVER_WITHIN_MS)
    return performance.now() - begun
  }
  return {
    begin: () => {
      const measured = recovery()
      measured.catch(() => {}) // told by times()
      recoveries.push(measured)
    },
    times: () => Promise.all(recoveries),
  }
}

interface Observed {
  readonly mayDoubt: number
  /** Breaches that were seen from outside. */
  readonly seen: readonly Breach[]
  /** Milliseconds of each recovery. */
  readonly times: readonly number[]
}

/** Compares the campaign's end with its rows and with the provider's ledger. */
async function audit(stage: Stage, ended: Watched, { mayDoubt, seen, times }: Observed): Promise<Outcome> {
  const { ledger, database, phones, maxAttempts, idempotent } = stage
  const book = { requests: await ledger.requests(), accepts: await ledger.accepts() }
  const found = await auditDeliveries(database.db, book, {
    campaignId: ended.id,
    phones,
    maxAttempts,
    retryAfterMs: RETRY_AFTER_SECONDS * 1000,
    mayDoubt: idempotent ? 0 : mayDoubt,
  })
  const { sent, unknown } = ended.stats
  const lost = { rule: 'A8', what: `the campaign ended as ${JSON.stringify(ended)}` } as const
  return {
    ...found,
    faults: times.length,
    recoveryMs: Math.round(Math.max(0, ...times)),
    breaches: [
      ...found.breaches,
      ...seen,
      ...(await findBreaches(database.db)),
      ...(sent + unknown === found.recipients ? [] : [lost]),
    ],
  }
}

/** Checks the recipient invariant at every read, and that no figure went backwards (A8 and A9). */
async function stopWatch(watch: Watch): Promise<Breach[]> {
  try {
    await watch.stop()
    return []
  } catch (error) {
    return [{ rule: 'A9', what: error instanceof Error ? error.message : String(error) }]
  }
}
