/**
 * Receipts: what storing and folding them takes by itself, and how many a second come in over HTTP, alone and beside a
 * campaign that is sent meanwhile.
 */
import { type Kysely, sql as text } from 'kysely'
import type postgres from 'postgres'
import { openPostgres } from '../../core/db/open.ts'
import type { CampaignStats } from '../../core/messaging/campaign/stats.ts'
import { openFold } from '../../core/messaging/receipts/fold.ts'
import { openInbox } from '../../core/messaging/receipts/inbox.ts'
import type { Database, Delivery } from '../../core/messaging/schema.ts'
import type { Receipt } from '../../core/messaging/senders/hook.ts'
import { SIGNATURE_HEADER, signatureOf, TIMESTAMP_HEADER } from '../../plugins/http/signature.ts'
import { releaseServers, type ServerSettings } from '../../test/support/server-process.ts'
import { openApi } from '../support/api.ts'
import { runCampaign } from './campaign.ts'
import { openSteps } from './campaign-steps.ts'
import { readUsage, usedBetween } from './cost.ts'
import { onceIn } from './environment.ts'
import { write } from './format.ts'
import type { Bench } from './part.ts'
import { type Processes, startProcesses } from './processes.ts'
import { cpuTime } from './procfs.ts'

const SECRET = 'secret-of-the-bench'
/** Receipts of one post, as gateways group them, and posts at once. */
const RECEIPTS_A_POST = 100
const POSTS_AT_ONCE = 8
const LOOK_EVERY_MS = 20
/** Receipts a second that come while a campaign is sent: so many, and no more, as providers post what was sent. */
const BESIDE = 20_500

/** Sent by the mock; posted by a gateway, which has nothing else to do. */
const settings: ServerSettings = {
  SENDERS: 'main:mock,gateway:http',
  SMS_ROUTE: 'main',
  SENDER_MAIN_SUCCESS_RATE: '1',
  SENDER_MAIN_RECEIPTS: 'off',
  SENDER_GATEWAY_URL: 'http://127.0.0.1:9',
  SENDER_GATEWAY_HOOK_SECRET: SECRET,
  PUBLIC_URL: 'http://127.0.0.1:9',
}

export async function runReceipts(bench: Bench): Promise<void> {
  await measureStatements(bench)
  await measureHooks(bench)
}

/** Every receipt changes its message: three runs over one campaign, by rank. */
const ranks: readonly Delivery[] = ['submitted', 'delivered', 'read']

async function measureStatements({ environment, plan, note, say }: Bench): Promise<void> {
  const { recipients } = plan.receipts
  const database = await environment.fresh(recipients)
  const [work, storing, folding] = [1, 2, 3].map(() => openPostgres(database.url, 1)) as [Opened, Opened, Opened]
  const send = await openSteps({ enqueue: work.db, work: work.db, report: work.db })
  await send(recipients)
  const ids = await onceIn(database.url, messageIds)
  const [store, fold] = [openInbox(storing.db), openFold(folding.db)]
  for (const delivery of ranks) {
    const stored = await timed(storing.db, recipients, async () => {
      for (const receipts of postsOf(ids, () => delivery)) await store({ sender: 'bench', receipts, inbound: [] })
    })
    const folded = await timed(folding.db, recipients, async () => {
      while ((await fold()).taken > 0);
    })
    for (const [step, { rate, cpu }] of [
      ['store', stored],
      ['fold', folded],
    ] as const) {
      note(`receipts.${step}.rate`, rate)
      note(`receipts.${step}.cpu`, cpu)
      say(`receipts, ${step}, one session   ${write(rate, 'rate')}, ${write(cpu, 'ms')} of CPU for 1,000`)
    }
  }
  await Promise.all([work, storing, folding].map((one) => one.close()))
  await database.drop()
}

type Opened = ReturnType<typeof openPostgres>

/** Rate by the clock, and milliseconds that the server computed for a thousand. */
async function timed(db: Kysely<Database>, count: number, run: () => Promise<unknown>) {
  const { rows } = await text<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  const pid = rows[0]?.pid ?? Number.NaN
  const [begun, used] = [performance.now(), cpuTime(pid)]
  await run()
  return { rate: (count * 1000) / (performance.now() - begun), cpu: (cpuTime(pid) - used) / count }
}

async function messageIds(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id::text from outbound_messages order by id`
  return rows.map(({ id }) => id)
}

function* postsOf(ids: readonly string[], deliveryOf: (nth: number) => Delivery): Generator<readonly Receipt[]> {
  for (let from = 0; from < ids.length; from += RECEIPTS_A_POST)
    yield ids
      .slice(from, from + RECEIPTS_A_POST)
      .map((messageId, nth) => ({ messageId, providerId: `gw-${messageId}`, delivery: deliveryOf(from + nth) }))
}

async function measureHooks({ environment, plan, note, say }: Bench): Promise<void> {
  const { recipients } = plan.receipts
  const database = await environment.fresh(recipients)
  try {
    await onceIn(database.url, async (sql) => {
      const processes = await startProcesses(environment, database, { queue: 'postgres', workers: 2, settings })
      const { url } = await processes.start('receipts,health')
      await runCampaign(processes.api.url, sql, { recipients })
      const ids = await messageIds(sql)
      const before = await readUsage(environment, processes, sql)
      const alone = await postAll(
        url,
        sql,
        postsOf(ids, () => 'submitted'),
        ids.length,
      )
      const { product, postgres } = usedBetween(before, await readUsage(environment, processes, sql))
      note('receipts.http.rate', alone)
      note('receipts.http.product.cpu', (product * 1e6) / recipients)
      note('receipts.http.database.cpu', (postgres * 1e6) / recipients)
      say(
        `receipts, over HTTP            ${write(alone, 'rate')}; CPU for 1,000: ${write((product * 1e6) / recipients, 'ms')} ours, ${write((postgres * 1e6) / recipients, 'ms')} PostgreSQL`,
      )
      const watch = watchFigures(processes)
      const [beside, { seconds }] = await Promise.all([
        postAll(
          url,
          sql,
          postsOf(ids, (nth) => (nth % 10 === 0 ? 'undelivered' : 'delivered')),
          ids.length,
          BESIDE,
        ),
        runCampaign(processes.api.url, sql, { recipients }),
      ])
      const reads = await watch.stop()
      note('receipts.beside.rate', beside)
      note('receipts.beside.sent.rate', recipients / seconds)
      say(
        `receipts, while sending         ${write(beside, 'rate')} beside ${write(recipients / seconds, 'rate')} messages; ${reads} reads added up`,
      )
      await processes.stop()
    })
  } finally {
    await releaseServers()
    await database.drop()
  }
}

/**
 * @param most receipts a second that are posted
 * @returns receipts a second, from the first post until none is left to fold
 */
async function postAll(
  url: string,
  sql: postgres.Sql,
  posts: Iterable<readonly Receipt[]>,
  count: number,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const begun = performance.now()
  const left = posts[Symbol.iterator]()
  let posted = 0
  const poster = async () => {
    for (let next = left.next(); !next.done; next = left.next()) {
      const early = begun + (posted * 1000) / most - performance.now()
      posted += next.value.length
      if (early > 0) await Bun.sleep(early)
      await post(`${url}/hooks/gateway`, next.value)
    }
  }
  await Promise.all(Array.from({ length: POSTS_AT_ONCE }, poster))
  for (;;) {
    const [row] = await sql<{ left: boolean }[]>`select exists (select from receipts) as left`
    if (!row?.left) return (count * 1000) / (performance.now() - begun)
    await Bun.sleep(LOOK_EVERY_MS)
  }
}

async function post(url: string, receipts: readonly Receipt[]): Promise<void> {
  const posted = receipts.map(({ messageId, providerId, delivery }) => ({
    message_id: messageId,
    id: providerId,
    delivery,
  }))
  const body = Buffer.from(JSON.stringify({ receipts: posted }))
  const timestamp = String(Math.floor(Date.now() / 1000))
  const headers = { [TIMESTAMP_HEADER]: timestamp, [SIGNATURE_HEADER]: signatureOf(SECRET, timestamp, body) }
  const { status } = await fetch(url, { method: 'POST', headers, body })
  if (status !== 200) throw new Error(`A post of receipts was answered with ${status}`)
}

/** Reads all campaigns, again and again. */
function watchFigures({ api }: Processes) {
  let [stopped, reads] = [false, 0]
  const { get } = openApi(api.url)
  const watching = (async () => {
    while (!stopped) {
      const { data } = await get<{ data: { id: number; stats: CampaignStats }[] }>('/campaigns')
      for (const { id, stats } of data) {
        const awaiting = stats.sent - stats.delivered - stats.undelivered
        if (awaiting < 0) throw new Error(`Campaign ${id} does not add up: ${JSON.stringify(stats)}`)
      }
      reads++
      await Bun.sleep(LOOK_EVERY_MS)
    }
    return reads
  })()
  watching.catch(() => {}) // told by stop()
  return {
    stop: () => {
      stopped = true
      return watching
    },
  }
}
