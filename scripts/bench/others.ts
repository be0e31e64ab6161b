/**
 * Latency of other requests on the embedded database while one reads or writes many customers:
 * `node scripts/bun.mjs scripts/bench/others.ts`. Ends with 1 when one of them takes longer than 100 ms. Options: --customers N,
 * --only TEXT (cases whose name holds it).
 */
import { parseArgs } from 'node:util'
import { releaseServers, startServer } from '../../test/support/server-process.ts'
import { freshFolder, releaseFolders } from '../../test/support/server-process-folder.ts'
import { makePeople, type Person } from '../people.ts'
import { createCampaign } from './campaign.ts'
import { quantile } from './figures.ts'

const MOST_MS = 100
const PAUSE_MS = 10
/** People under other names, whose phones come after all others. */
const MORE = 20_000

const { values: options } = parseArgs({
  options: { customers: { type: 'string', default: '200000' }, only: { type: 'string', default: '' } },
})
const customers = Number(options.customers)

/** The first needs no database: its latency is how long nobody has a turn. */
const probes = ['/health/live', '/campaigns/1', '/campaigns', '/customers', '/customers?q=zoe', '/stats'] as const
type Times = Readonly<Record<(typeof probes)[number], number[]>>

/** Asks for each of `probes` again and again until the work is over. */
async function watch(url: string, work: () => Promise<unknown>): Promise<Times> {
  const times = Object.fromEntries(probes.map((path) => [path, []])) as unknown as Times
  let over = false
  const probe = async (path: (typeof probes)[number]) => {
    while (!over) {
      const begun = performance.now()
      const response = await fetch(url + path)
      await response.text()
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
      times[path].push(performance.now() - begun)
      await Bun.sleep(PAUSE_MS)
    }
  }
  const probing = Promise.all(probes.map(probe))
  try {
    await work()
  } finally {
    over = true
    await probing
  }
  return times
}

const csvOf = (people: readonly Person[]) =>
  [
    'phone,first_name,last_name,location,product',
    ...people.map(({ phone, first_name, last_name, location, prefered_product }) =>
      [phone, first_name, last_name, location, prefered_product].map((cell) => `"${cell ?? ''}"`).join(),
    ),
  ].join('\n')

interface Case {
  readonly name: string
  run(url: string): Promise<unknown>
}

const importOf = (name: string, body: () => string): Case => ({
  name,
  run: async (url) => {
    const response = await fetch(`${url}/customers/import`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: body(),
    })
    const report = (await response.json()) as { rows: number; refused: number }
    if (response.status !== 200 || report.refused > 0) throw new Error(`The import: ${JSON.stringify(report)}`)
  },
})

const ask = (path: string): Case => ({
  name: path,
  run: async (url) => {
    const response = await fetch(url + path)
    await response.text()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
  },
})

const paths = ['/customers', '/customers/count', '/customers/ids']
const filters = ['q=al', 'q=xq', 'q=%E6%96%B0', 'q=anna', 'q=mar', 'q=zoe%20nobody', 'location=port', 'q=%2B25471']

function listCases(people: readonly Person[]): Case[] {
  return [
    importOf('an import of new customers', () => csvOf(people)),
    importOf('an import of known customers', () => csvOf(people)),
    importOf('an import of known customers with other names', () =>
      csvOf(people.slice(0, MORE).map((one, nth) => ({ ...one, first_name: people.at(-nth)?.first_name ?? null }))),
    ),
    ...paths.flatMap((path) => filters.map((filter) => ask(`${path}?${filter}`))),
    ask('/campaigns/2/messages?q=al'),
    ask('/campaigns/2/messages?q=xq'),
  ]
}

/** Sends a campaign to all customers, for searches among recipients. */
async function sendToAll(url: string): Promise<void> {
  const id = await createCampaign(url)
  const scheduled_at = new Date(Date.now() + 86_400_000).toISOString()
  await fetch(`${url}/campaigns/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scheduled_at }),
  })
  for (let from = 1; from <= customers; from += 100_000) {
    const customer_ids = Array.from({ length: Math.min(100_000, customers - from + 1) }, (_, nth) => from + nth)
    const response = await fetch(`${url}/campaigns/${id}/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer_ids, more: from + 100_000 <= customers }),
    })
    if (!response.ok) throw new Error(`/send answered ${response.status} ${await response.text()}`)
  }
}

try {
  const people = makePeople(customers, 3)
  const { url } = await startServer({ DATA_DIR: await freshFolder(), LOG_LEVEL: 'warn', SAMPLE_DATA: 'off' })
  await createCampaign(url)
  console.log(`${customers.toLocaleString('en')} customers; p50, p99 and most of each request, ms`)
  let sent = false
  for (const { name, run } of listCases(people)) {
    if (!name.includes(options.only) && !name.startsWith('an import of new')) continue
    if (name.startsWith('/campaigns/2') && !sent) await sendToAll(url)
    sent ||= name.startsWith('/campaigns/2')
    const begun = performance.now()
    const times = await watch(url, () => run(url))
    console.log(`${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`)
    for (const path of probes) {
      const some = times[path]
      const most = Math.max(...some)
      if (most > MOST_MS) process.exitCode = 1
      const figures = [quantile(some, 0.5), quantile(some, 0.99), most].map((ms) => ms.toFixed(0).padStart(6)).join(' ')
      console.log(`${figures}  ${path.padEnd(18)} ${some.length} times${most > MOST_MS ? '   TOO LONG' : ''}`)
    }
  }
} finally {
  await releaseServers()
  await releaseFolders()
}
