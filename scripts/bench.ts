/**
 * `npm run bench`: how fast we are beside what PostgreSQL alone takes for the same writes, and beside what people would
 * use instead; how the API answers; what it all costs. Everything on this machine, in one run.
 */
import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { runApi } from './bench/api.ts'
import { runAudience } from './bench/audience.ts'
import { runDue } from './bench/due.ts'
import { openEnvironment, postgresSettings } from './bench/environment.ts'
import { openNotebook } from './bench/figures.ts'
import { runFirst } from './bench/first.ts'
import { runGrowth } from './bench/growth.ts'
import { runIdle } from './bench/idle.ts'
import { runLatency } from './bench/latency.ts'
import { describeMachine } from './bench/machine.ts'
import { commandOf, type PartName, readOptions, UsageError, usage } from './bench/options.ts'
import type { Bench } from './bench/part.ts'
import { runPartitions } from './bench/partitions.ts'
import { type Peer, peers } from './bench/peers.ts'
import { runPglite } from './bench/pglite.ts'
import { planOf } from './bench/plan.ts'
import { runRates } from './bench/rates.ts'
import { runReceipts } from './bench/receipts.ts'
import { runRender } from './bench/render.ts'
import type { Run } from './bench/report/run.ts'
import { jsonOf, pictureOf, reportOf } from './bench/results.ts'
import { runSegments } from './bench/segments.ts'
import { runSend } from './bench/send.ts'
import { runSpeed } from './bench/speed.ts'
import { runStartup } from './bench/startup.ts'
import { valuesOf } from './bench/summary.ts'
import { targetLines } from './bench/targets.ts'

const runs: readonly { readonly names: readonly PartName[]; run(bench: Bench): Promise<void> }[] = [
  { names: ['floor', 'ours', 'peers'], run: runSpeed },
  { names: ['pglite'], run: runPglite },
  { names: ['latency'], run: runLatency },
  { names: ['growth'], run: runGrowth },
  { names: ['send'], run: runSend },
  { names: ['receipts'], run: runReceipts },
  { names: ['rates'], run: runRates },
  { names: ['api'], run: runApi },
  { names: ['first'], run: runFirst },
  { names: ['due'], run: runDue },
  { names: ['startup'], run: runStartup },
  { names: ['idle'], run: runIdle },
  { names: ['render'], run: runRender },
  { names: ['partitions'], run: runPartitions },
  { names: ['segments'], run: runSegments },
  { names: ['audience'], run: runAudience },
]

// Handlers on `exit` end whatever is running; by default a signal would not call them.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  process.on(signal, () => process.exit(code))

function readOptionsOrExit() {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(`${error.message}\n\n${usage}`)
    process.exit(1)
  }
}

const options = readOptionsOrExit()
if (options.help) {
  console.log(usage)
  process.exit(0)
}

const begun = performance.now()
const elapsed = () => (performance.now() - begun) / 1000
const say = (line: string) => console.log(`${elapsed().toFixed(0).padStart(5)} s  ${line}`)

const notePeer = (peer: Peer) => {
  const { name, label, offers, settings, workers } = peer
  return { name, label, offers, settings, workers, versions: peer.versions(), missing: peer.missing() }
}

async function measure(): Promise<Run> {
  const plan = planOf(options)
  const notebook = openNotebook()
  const [load = Number.NaN] = loadavg()
  const environment = await openEnvironment(plan.recipients)
  try {
    const machine = await describeMachine(environment, load)
    for (const { names, run } of runs)
      if (names.some((name) => options.parts.has(name)))
        await run({ environment, plan, parts: options.parts, say, note: notebook.note })
    const figures = notebook.figures()
    return {
      command: commandOf(options),
      at: new Date(),
      seconds: elapsed(),
      machine,
      postgres: postgresSettings,
      plan,
      figures,
      values: valuesOf(figures),
      peers: options.parts.has('peers') ? peers.map(notePeer) : [],
    }
  } finally {
    await environment.dispose()
  }
}

const run = await measure()
console.log(`\n${targetLines(run.values)}`)
if (options.json) await writeFile(options.json, jsonOf(run))
if (options.write) {
  await writeFile(new URL('./bench/RESULTS.md', import.meta.url), reportOf(run))
  await writeFile(new URL('./bench/chart.svg', import.meta.url), pictureOf(run))
}
console.log(`Measured in ${Math.round(run.seconds)} s`)
