/** Starts a peer's program, and hears what it says. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Order } from './child.ts'

export interface Program {
  /** Resolves when it has said so. @throws Error with what it printed, when it ends before */
  readonly ready: Promise<void>
  go(): void
  /** Messages that it has settled, as it last said. */
  done(): number
  /** Rejects when it ends with an error; resolves when it ends well or is killed. */
  readonly ended: Promise<void>
  kill(): void
}

const MOST_KEPT = 4000

/** @param runtime Node or Bun */
export function startProgram(runtime: string, file: string, order: Order): Program {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(runtime, [path, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'pipe'] })
  const stop = () => void child.kill('SIGKILL')
  process.once('exit', stop)
  let printed = ''
  const hear = (text: string) => {
    printed = (printed + text).slice(-MOST_KEPT)
  }
  child.stderr.setEncoding('utf8').on('data', hear)
  let done = 0
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') resolve()
    else if (line.startsWith('done ')) done = Number(line.slice(5))
    else hear(`${line}\n`)
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.off('exit', stop)
      if (code === 0 || signal === 'SIGKILL') resolve()
      else reject(new Error(`"${file}" ended with ${code ?? signal}:\n${printed}`))
    })
  })
  ended.then(() => reject(new Error(`"${file}" ended before it was ready:\n${printed}`)), reject)
  ready.catch(() => {}) // whoever waits for it hears of it
  return { ready, ended, go: () => void child.stdin.write('go\n'), done: () => done, kill: stop }
}
