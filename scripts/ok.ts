/**
 * Everything that must hold before a change goes in: format and lint, types, the project's own rules, tests.
 * All steps run, whatever the earlier ones found. `--static` leaves the tests out.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

interface Step {
  readonly name: string
  readonly args: readonly string[]
  /** Shows what it prints while it runs, not only when it fails. */
  readonly live?: boolean
}

/** Knip's findings that count; what peers of the bench and linters of the API need is installed beside the project. */
const unused = ['--include', 'files,dependencies,exports,types,duplicates']

const steps: readonly Step[] = [
  { name: 'Biome', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'] },
  { name: 'tsc', args: ['node_modules/typescript/bin/tsc'] },
  { name: 'rules', args: ['scripts/check.ts'] },
  { name: 'unused', args: ['node_modules/knip/bin/knip-bun.js', '--no-progress', ...unused] },
  { name: 'tests', args: ['scripts/test.ts'], live: true },
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** @returns whether it passed */
function run({ name, args, live }: Step): boolean {
  const started = performance.now()
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: live ? 'inherit' : 'pipe' })
  const passed = result.status === 0
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (!passed && !live) process.stdout.write(`${result.stdout}${result.stderr}`)
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(6)} ${seconds} s`)
  return passed
}

const chosen = process.argv.includes('--static') ? steps.filter((step) => step.name !== 'tests') : steps
const failed = chosen.filter((step) => !run(step)).length
console.log(`${chosen.length - failed} steps passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
