/** The tests that hold the dispatch core against a model in memory, and its statements in every order, with more histories. */
import { spawnSync } from 'node:child_process'

const HISTORIES = 300
const files = ['test/dispatch/model.test.ts', 'test/dispatch/orders.test.ts', 'test/dispatch/interleave.test.ts']

export interface ModelResult {
  readonly histories: number
  readonly passed: boolean
  readonly output: string
}

export function runModel(): ModelResult {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-env-file', 'test', '--timeout=600000', ...files],
    {
      env: { ...process.env, MODEL_RUNS: String(HISTORIES) },
      encoding: 'utf8',
    },
  )
  return { histories: HISTORIES, passed: status === 0, output: stdout + stderr }
}
