/**
 * `npm run chaos`: faults of every kind in the middle of campaigns, each audited against the ledger of a provider that
 * runs in a process of its own. Exit code 1 when an invariant broke.
 */
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { postgresBinaries } from '../test/support/postgres.ts'
import { type CellResult, runCell } from './chaos/cell.ts'
import { API } from './chaos/fleet.ts'
import { runModel } from './chaos/model.ts'
import { listParts, type Part } from './chaos/parts.ts'
import { lineOf, reportOf } from './chaos/results.ts'
import { type Machines, openStage, startMachines } from './chaos/stage.ts'
import { runOnNewest } from './support/newest.ts'

const usage = `npm run chaos [-- OPTIONS]
  --quick       each fault once, in about 8 minutes
  --newest      on Debian 13's PostgreSQL and RabbitMQ (as root, with debootstrap)
  --only TEXT   only cells whose line contains it
  --seed N      repeats a run's random moments
  --json FILE   writes every figure
  --write       writes scripts/chaos/RESULTS.md`

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    newest: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  console.log(usage)
  process.exit(0)
}
if (options.newest)
  process.exit(
    await runOnNewest([
      '--no-env-file',
      'scripts/chaos.ts',
      ...process.argv.slice(2).filter((arg) => arg !== '--newest'),
    ]),
  )
const seed = Number(options.seed)
if (!Number.isSafeInteger(seed)) {
  console.error(`--seed must be a whole number, not "${options.seed}"\n${usage}`)
  process.exit(1)
}

async function runPart(machines: Machines, { stage: setup, cells }: Part, results: CellResult[]): Promise<void> {
  const stage = await openStage(machines, setup)
  try {
    let api: Promise<{ url: string }> | undefined
    const apiUrl = async () => {
      api ??= stage.start({ PLUGINS: API })
      return (await api).url
    }
    for (const cell of cells) {
      const result = await runCell(cell, seed, () => cell.run({ stage, seed, apiUrl }))
      results.push(result)
      console.log(lineOf(result))
    }
  } finally {
    await stage.close()
  }
}

const begun = performance.now()
const parts = listParts(options.quick)
  .map((part) => ({
    ...part,
    cells: part.cells.filter(({ part: name, fault, transport }) =>
      `${name}: ${fault} (${transport})`.includes(options.only),
    ),
  }))
  .filter(({ cells }) => cells.length > 0)
console.log(`${parts.reduce((sum, { cells }) => sum + cells.length, 0)} cells with seed ${seed}`)
const machines = await startMachines()
const results: CellResult[] = []
const versions = {
  Bun: Bun.version,
  PostgreSQL:
    execFileSync(join(postgresBinaries, 'postgres'), ['--version'], { encoding: 'utf8' }).trim().split(' ')[2] ?? '',
  RabbitMQ: (await machines.broker.ctl('version')).trim(),
}
for (const part of parts) await runPart(machines, part, results)
await machines.dispose()
// In a quick run they are left to `npm test`.
const model = options.quick || options.only ? undefined : runModel()
if (model && !model.passed) console.error(model.output)

const command = `npm run chaos${options.quick ? ' -- --quick' : ''}`
const run = { command, seed, seconds: (performance.now() - begun) / 1000, versions, results, model }
if (options.json) await writeFile(options.json, `${JSON.stringify(run, null, 2)}\n`)
if (options.write) await writeFile(new URL('./chaos/RESULTS.md', import.meta.url), reportOf(run))
const broken = results.filter(({ breaches }) => breaches.length > 0)
console.log(`${results.length - broken.length} cells held, ${broken.length} broken, in ${Math.round(run.seconds)} s`)
process.exit(broken.length > 0 || model?.passed === false ? 1 : 0)
