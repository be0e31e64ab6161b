/**
 * `npm run bench`: how fast recipients are sent to, beside what PostgreSQL alone takes for the same writes, in rounds that
 * measure one after the other. Options: --quick, --recipients N, --rounds N, --json FILE.
 */
import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { type Figure, figureOf } from './bench/figures.ts'
import { measureFloor } from './bench/floor.ts'
import { openGround, postgresSettings } from './bench/ground.ts'
import { measureOurs, type Setup } from './bench/ours.ts'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    recipients: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'string' },
  },
})
const wholeNumber = (name: 'recipients' | 'rounds', fallback: number) => {
  const value = Number(options[name] ?? fallback)
  if (Number.isSafeInteger(value) && value > 0) return value
  console.error(`--${name} must be a whole number above 0, not "${options[name]}"`)
  return process.exit(1)
}
const recipients = wholeNumber('recipients', options.quick ? 50_000 : 200_000)
const rounds = wholeNumber('rounds', options.quick ? 2 : 5)

const setups: readonly Setup[] = (['postgres', 'rabbitmq'] as const).flatMap((queue) =>
  [1, 2].map((workers) => ({ queue, workers })),
)
const ground = await openGround(recipients)
const measures: Readonly<Record<string, () => Promise<number>>> = {
  'floor.1': () => measureFloor(ground, recipients, 1),
  'floor.2': () => measureFloor(ground, recipients, 2),
  ...Object.fromEntries(
    setups.map((setup) => [`ours.${setup.queue}.${setup.workers}`, () => measureOurs(ground, recipients, setup)]),
  ),
}
const rates = new Map(Object.keys(measures).map((name) => [name, [] as number[]]))
for (let round = 1; round <= rounds; round++)
  for (const [name, measure] of Object.entries(measures)) {
    const rate = await measure()
    rates.get(name)?.push(rate)
    console.log(`round ${round}  ${name.padEnd(16)} ${Math.round(rate).toLocaleString('en')} recipients/s`)
  }
await ground.dispose()

const figures: Record<string, Figure> = Object.fromEntries(
  [...rates].map(([name, all]) => [`${name}.rate`, figureOf(all)]),
)
const floor = figures['floor.2.rate']?.median ?? Number.NaN
const efficiency = (queue: Setup['queue']) => (figures[`ours.${queue}.2.rate`]?.median ?? Number.NaN) / floor
const summary = {
  recipients,
  rounds,
  machine: `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
  bun: Bun.version,
  postgres: postgresSettings,
  'floor.rate': floor,
  'ours.postgres.efficiency': efficiency('postgres'),
  'ours.rabbitmq.efficiency': efficiency('rabbitmq'),
  figures,
}
for (const [name, { median, min, max }] of Object.entries(figures))
  console.log(
    `${name.padEnd(22)} ${[median, min, max].map((one) => Math.round(one).toLocaleString('en')).join('  ')}  (median, least, most)`,
  )
console.log(
  `efficiency of two workers: ${efficiency('postgres').toFixed(2)} on postgres, ${efficiency('rabbitmq').toFixed(2)} on rabbitmq`,
)
if (options.json) await writeFile(options.json, `${JSON.stringify(summary, null, 2)}\n`)
