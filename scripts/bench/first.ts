/** Time to the first message of a campaign: from the request to /send, and from its answer, to the provider. */
import { releaseServers } from '../../test/support/server-process.ts'
import { openApi } from '../support/api.ts'
import { createCampaign, idsFrom, sendAll } from './campaign.ts'
import { quantile } from './figures.ts'
import { write } from './format.ts'
import { type QueueName, queues } from './keys.ts'
import type { Bench } from './part.ts'
import { startProcesses } from './processes.ts'

const RECIPIENTS = 100
/** Between two campaigns, so that each one finds workers that sleep. */
const REST_MS = 100
const LOOK_EVERY_MS = 10

export async function runFirst(bench: Bench): Promise<void> {
  for (const queue of queues) {
    const { fromRequest, fromAnswer } = await measureFirst(bench, queue)
    for (const [from, times] of [
      ['request', fromRequest],
      ['answer', fromAnswer],
    ] as const)
      for (const [name, share] of [
        ['p50', 0.5],
        ['p99', 0.99],
      ] as const)
        bench.note(`first.${queue}.${from}.${name}`, quantile(times, share))
    const [p50, p99] = [quantile(fromRequest, 0.5), quantile(fromRequest, 0.99)]
    bench.say(`first message, ${queue}: p50 ${write(p50, 'ms')}, p99 ${write(p99, 'ms')} from the request`)
  }
}

async function measureFirst({ environment, plan }: Bench, queue: QueueName) {
  const provider = openProvider()
  const database = await environment.fresh()
  try {
    const settings = { SMS_SENDER: 'http', HTTP_SENDER_URL: provider.url }
    const { api } = await startProcesses(environment, database, { queue, workers: 2, settings })
    const fromRequest: number[] = []
    const fromAnswer: number[] = []
    // The first one wakes processes that have never worked, and is not counted.
    for (let nth = 0; nth <= plan.first.campaigns; nth++) {
      const { asked, answered, left } = await sendOne(api.url, provider)
      if (nth === 0) continue
      fromRequest.push(left - asked)
      fromAnswer.push(left - answered)
    }
    return { fromRequest, fromAnswer }
  } finally {
    await releaseServers()
    await database.drop()
    provider.close()
  }
}

/** Times of one campaign, in milliseconds. */
async function sendOne(url: string, provider: Provider): Promise<{ asked: number; answered: number; left: number }> {
  const id = await createCampaign(url)
  await Bun.sleep(REST_MS)
  const asked = performance.now()
  await sendAll(url, id, idsFrom(1, RECIPIENTS))
  const answered = performance.now()
  const api = openApi(url)
  for (;;) {
    const { status, stats } = await api.get<{ status: string; stats: { sent: number } }>(`/campaigns/${id}`)
    if (status === 'sent' && stats.sent === RECIPIENTS) break
    if (status !== 'sending') throw new Error(`Campaign ${id} is "${status}" with ${stats.sent} of ${RECIPIENTS} sent`)
    await Bun.sleep(LOOK_EVERY_MS)
  }
  return { asked, answered, left: provider.firstOf(id) }
}

interface Provider {
  readonly url: string
  /** Time at which the first message of a campaign arrived. */
  firstOf(campaign: number): number
  close(): void
}

function openProvider(): Provider {
  const first = new Map<number, number>()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const at = performance.now()
      const { campaign_id, message_id } = (await request.json()) as { campaign_id: number; message_id: string }
      first.set(campaign_id, Math.min(at, first.get(campaign_id) ?? at))
      return Response.json({ id: `bench-${message_id}` })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/messages`,
    firstOf: (campaign) => {
      const at = first.get(campaign)
      if (at === undefined) throw new Error(`No message of campaign ${campaign} has reached the provider`)
      return at
    },
    close: () => void server.stop(true),
  }
}
