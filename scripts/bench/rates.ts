/**
 * The rate of a sender over three worker processes, by its provider's ledger: kept, changed while messages are sent, and
 * shared by campaigns. Texts have one to four parts.
 */
import type postgres from 'postgres'
import { countParts } from '../../core/messaging/text/segments.ts'
import { type Arrival, busiestSecond } from '../../test/support/busiest-second.ts'
import { type Ledger, releaseLedgers, startLedger } from '../../test/support/ledger-process.ts'
import { releaseServers } from '../../test/support/server-process.ts'
import { openApi } from '../support/api.ts'
import { createCampaign, idsFrom, sendAll } from './campaign.ts'
import { onceIn } from './environment.ts'
import { write } from './format.ts'
import { type QueueName, queues } from './keys.ts'
import type { Bench } from './part.ts'
import { startProcesses } from './processes.ts'

/** Parts a second. */
const RATE = 50
const WORKERS = 3
const LOOK_EVERY_MS = 50
/** For two campaigns that share the rate, and for a rate that was changed, in seconds. */
const SHARED_SECONDS = 10

interface Taken extends Arrival {
  readonly message: number
}

export async function runRates(bench: Bench): Promise<void> {
  for (const queue of queues) await measureRates(bench, queue)
}

async function measureRates({ environment, plan, note, say }: Bench, queue: QueueName): Promise<void> {
  const { seconds } = plan.rates
  const people = RATE * (seconds + 8 * SHARED_SECONDS)
  const database = await environment.fresh(people)
  const ledger = await startLedger()
  try {
    await onceIn(database.url, async (sql) => {
      await writeLengths(sql)
      const settings = {
        SMS_SENDER: 'http',
        HTTP_SENDER_URL: ledger.url,
        SENDER_SMS_RATE: String(RATE),
        SENDER_SMS_CONCURRENCY: '40',
      }
      const processes = await startProcesses(environment, database, { queue, workers: WORKERS, settings })
      const { url } = processes.api
      const send = async (count: number) => {
        const id = await createCampaign(url, { base_template: '{prefered_product}{location}{last_name}' })
        await sendAll(url, id, idsFrom(1, count))
        return messagesOf(sql, id)
      }
      await send(people)
      const [first] = await arrived(ledger)
      const kept = await over(ledger, first?.at ?? 0, seconds)

      const changed = Date.now()
      await openApi(url).patch('/senders/sms', { rate: 2 * RATE })
      const faster = await over(ledger, changed + 1000, SHARED_SECONDS)
      await openApi(url).patch('/senders/sms', { rate: RATE })

      const begun = Date.now()
      const ten = await send(10)
      const [one] = await arrived(ledger, ten)

      const second = await send(people)
      await arrived(ledger, second)
      const shared = await over(ledger, Date.now(), SHARED_SECONDS)
      const figures = {
        busiest: busiestSecond(kept),
        average: sumOf(kept) / seconds,
        changed: sumOf(faster) / SHARED_SECONDS,
        begins: (one?.at ?? Number.NaN) - begun,
        share: sumOf(shared.filter(second)) / sumOf(shared),
      }
      for (const [key, value] of Object.entries(figures)) note(`rates.${queue}.${key}`, value)
      say(
        `rates, ${queue.padEnd(9)} ${RATE} parts/s for ${seconds} s: busiest second ${figures.busiest}, average ${figures.average.toFixed(1)}; ${2 * RATE} a second later: ${figures.changed.toFixed(1)}; ten beside thousands begin after ${write(figures.begins, 'ms')}; a second campaign gets ${write(figures.share, 'percent')}`,
      )
      await processes.stop()
    })
  } finally {
    await releaseServers()
    await releaseLedgers()
    await database.drop()
  }
}

/** Texts of one to four parts, in turn: a field holds 200 characters. */
async function writeLengths(sql: postgres.Sql): Promise<void> {
  await sql`update customers set prefered_product = repeat('x', least(200, long)), location = repeat('x', least(200, long - 200)),
      last_name = repeat('x', long - 400)
    from (values (0, 100), (1, 300), (2, 450), (3, 600)) as length (nth, long) where id % 4 = nth`
}

async function arrivalsOf(ledger: Ledger): Promise<Taken[]> {
  const accepts = await ledger.accepts()
  return accepts
    .map(({ at, text, message_id }) => ({ at, parts: countParts(text), message: Number(message_id) }))
    .sort((a, b) => a.at - b.at)
}

type Which = (arrival: Taken) => boolean

/** Messages of a campaign, which are queued in one go. */
async function messagesOf(sql: postgres.Sql, campaign: number): Promise<Which> {
  const [range] = await sql<{ first: number; last: number }[]>`select min(id)::float8 as first, max(id)::float8 as last
    from outbound_messages where campaign_id = ${campaign}`
  return ({ message }) => range !== undefined && message >= range.first && message <= range.last
}

/** Resolves when one of them has arrived. */
async function arrived(ledger: Ledger, which: Which = () => true): Promise<Taken[]> {
  for (;;) {
    const all = (await arrivalsOf(ledger)).filter(which)
    if (all.length > 0) return all
    await Bun.sleep(LOOK_EVERY_MS)
  }
}

/** Arrivals in so many seconds from a moment on. */
async function over(ledger: Ledger, from: number, seconds: number): Promise<Taken[]> {
  await Bun.sleep(Math.max(0, from + seconds * 1000 - Date.now()) + 500)
  return (await arrivalsOf(ledger)).filter(({ at }) => at >= from && at < from + seconds * 1000)
}

const sumOf = (arrivals: readonly Arrival[]) => arrivals.reduce((sum, { parts }) => sum + parts, 0)
