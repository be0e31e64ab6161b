/** HTTP load from a process of its own, with the packages that the benchmark alone has: autocannon on Node. */
import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { quantile } from './figures.ts'
import { installPeers, peersNode } from './peers/install.ts'

const program = fileURLToPath(new URL('./peers/load.mjs', import.meta.url))

export interface Load {
  /** Address of the server, without a slash at the end. */
  readonly url: string
  readonly connections: number
  readonly method: 'GET' | 'POST'
  /** Requested one after the other, and the last one again and again. */
  readonly paths: readonly string[]
  readonly body?: unknown
  /** For how long, or how many requests. */
  readonly until: { readonly seconds: number } | { readonly requests: number }
}

export interface Loaded {
  /** Requests a second. */
  readonly rate: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

interface Printed {
  readonly requests: number
  readonly failures: number
  readonly seconds: number
  readonly times: readonly number[]
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** @throws Error when an answer was no success */
export async function load({ until, body, ...job }: Load): Promise<Loaded> {
  const missing = installPeers()
  if (missing) throw new Error(`Cannot load the API: ${missing}`)
  const child = spawn(peersNode, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  running.add(child)
  child.stdin.end(
    JSON.stringify({
      ...job,
      ...('seconds' in until ? { seconds: until.seconds } : { amount: until.requests }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
  const printed = await text(child.stdout)
  running.delete(child)
  const { requests, failures, seconds, times } = JSON.parse(printed) as Printed
  const what = `${job.method} ${job.paths[0]} over ${job.connections} connections`
  if (failures > 0 || requests === 0) throw new Error(`${what}: ${failures} of ${requests} requests failed`)
  return { rate: requests / seconds, p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
}
