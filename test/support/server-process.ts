/** The program in a process of its own, started as a user starts it: for what must be seen from outside, or killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { until } from './server-process-wait.ts'

const program = fileURLToPath(new URL('../../core/main.ts', import.meta.url))

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process that may not have come up yet, and may never do. */
export interface Launched {
  readonly pid: number
  stdout(): string
  stderr(): string
  /** All that it printed so far, on both streams. */
  output(): string
  kill(signal: NodeJS.Signals): void
  readonly exited: Promise<Exit>
  /**
   * Sends the signal and waits for the end. May be called again.
   * @returns the exit code; null when the signal ended it
   */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

export interface ServerProcess extends Launched {
  /** Without a slash at the end. */
  readonly url: string
  /** Milliseconds from its start to its first healthy answer. */
  readonly readyMs: number
}

export type ServerSettings = Readonly<Record<string, string>>

/** Variables that pass on: the way to programs and folders, and the mark by which a run finds its leftovers. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'CAMPAIGN_DISPATCH_TEST_RUN']

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Kills whatever the tests have left running; call it after each test. */
export async function releaseServers(): Promise<void> {
  for (const child of running) child.kill('SIGKILL')
  await until('killed servers are gone', () => running.size === 0)
}

/**
 * Starts the program and does not wait for anything.
 * @param bun options of the runtime
 * @param settings the whole environment of settings, so `DATA_DIR` or `DATABASE_URL` at least; PORT and CONSOLE_PORT are any free ones
 */
export function launchServer(
  settings: ServerSettings,
  args: readonly string[] = [],
  bun: readonly string[] = [],
): Launched {
  const passed = Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  const child = spawn(process.execPath, ['--no-env-file', ...bun, program, ...args], {
    // A relative DATA_DIR must never end up in the project.
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...passed, PORT: '0', CONSOLE_PORT: '0', DRAIN_NOTICE_SECONDS: '0', ...settings },
  })
  running.add(child)
  const printed = { out: '', err: '', all: '' }
  const collect = (name: 'out' | 'err') => (text: string) => {
    printed[name] += text
    printed.all += text
  }
  child.stdout.setEncoding('utf8').on('data', collect('out'))
  child.stderr.setEncoding('utf8').on('data', collect('err'))
  const exited = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve({ code, signal })
    })
  })
  return {
    pid: child.pid ?? 0,
    stdout: () => printed.out,
    stderr: () => printed.err,
    output: () => printed.all,
    kill: (signal) => void child.kill(signal),
    exited,
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return (await exited).code
    },
  }
}

/**
 * Resolves when /health has answered 200.
 * @throws Error with all that it printed, when it ends before
 */
export async function startServer(settings: ServerSettings, bun: readonly string[] = []): Promise<ServerProcess> {
  const begun = performance.now()
  const server = launchServer(settings, [], bun)
  let end: Exit | undefined
  void server.exited.then((exit) => {
    end = exit
  })
  const url = await until(`the server is healthy`, async () => {
    if (end) throw new Error(`The server ended with ${end.code ?? end.signal} before it was ready:\n${server.output()}`)
    const address = /^ +API +(http:\S+)\n/m.exec(server.stdout())?.[1]
    return address && (await isHealthy(address)) ? address : undefined
  })
  return { ...server, url, readyMs: performance.now() - begun }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok
  } catch {
    return false
  }
}

/** Runs the program to its end. */
export async function runServer(settings: ServerSettings, args: readonly string[] = []) {
  const server = launchServer(settings, args)
  const { code } = await server.exited
  return { code, stdout: server.stdout(), stderr: server.stderr() }
}
