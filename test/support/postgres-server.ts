/**
 * A throwaway PostgreSQL server in a temporary folder, on a free port of 127.0.0.1: it may be stopped, killed and
 * started again at will, and leaves nothing behind, also when the process that started it is killed.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { engageUndertaker, type Undertaker } from './undertaker.ts'

export interface PostgresOptions {
  /** The folder of the server's programs. */
  readonly binaries: string
  /** Writes reach the disk before they are acknowledged. Off by default: only a crash of the machine could tell. */
  readonly durable?: boolean
  /** More settings of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
  /** Holds the server's folder; the user of the server must be able to enter it. Default: the temporary folder. */
  readonly parent?: string
  /** A server whose hot standby this is: it begins with a copy, and follows until it is promoted. */
  readonly standbyOf?: Pick<PostgresServer, 'url'>
}

/** `smart` waits for clients to leave, `fast` sends them away, `immediate` leaves recovery to the next start. */
export type StopMode = 'smart' | 'fast' | 'immediate'

const stopSignal = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const

export interface PostgresServer {
  readonly port: number
  readonly folder: string
  /** The address of a database as the superuser. */
  url(database?: string): string
  /** Does nothing where it runs. The port stays the same. */
  start(): Promise<void>
  stop(mode?: StopMode): Promise<void>
  /** As `kill -9` of every process of the server. */
  kill(): Promise<void>
  restart(mode?: StopMode): Promise<void>
  /** Ends it for good and removes its folder. */
  dispose(): Promise<void>
}

/** PostgreSQL refuses to run as root. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** Port of 127.0.0.1 that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port')
  return address.port
}

const settingsOf = (port: number, folder: string, options: PostgresOptions): Record<string, string> => ({
  port: String(port),
  listen_addresses: '127.0.0.1',
  unix_socket_directories: folder,
  max_connections: '200',
  // Inside the folder, where it goes when the folder goes; the default is /dev/shm.
  dynamic_shared_memory_type: 'mmap',
  ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  ...options.settings,
})

/** Not every Linux has `ps`, and nothing but Linux has `/proc`. */
function childrenOf(pid: number): number[] {
  const listed =
    process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      : execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
  return listed.split(/\s+/).filter(Boolean).map(Number)
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // already gone
  }
}

/** False for a process that is gone, or waits for nothing but its parent to hear of that. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

class Server implements PostgresServer {
  readonly port: number
  readonly folder: string
  readonly #options: PostgresOptions
  readonly #user = serverUser()
  readonly #undertaker: Undertaker
  #child: ChildProcess | undefined
  #killed = false
  #exited: Promise<unknown> = Promise.resolve()

  constructor(folder: string, port: number, options: PostgresOptions) {
    this.folder = folder
    this.port = port
    this.#options = options
    if (this.#user) chownSync(folder, this.#user.uid, this.#user.gid)
    this.#undertaker = engageUndertaker(folder)
  }

  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`
  }

  #run(program: string, args: string[]): ChildProcess {
    const log = openSync(join(this.folder, 'log'), 'a')
    const child = spawn(join(this.#options.binaries, program), args, {
      stdio: ['ignore', log, log],
      cwd: this.folder,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      ...this.#user,
    })
    closeSync(log)
    this.#undertaker.watch(child.pid)
    this.#exited = once(child, 'exit')
    return child
  }

  #failure(action: string): Error {
    const log = readFileSync(join(this.folder, 'log'), 'utf8').trimEnd().split('\n').slice(-20).join('\n')
    return new Error(`Cannot ${action} in "${this.folder}":\n${log}`)
  }

  async create(): Promise<void> {
    const { standbyOf: primary } = this.#options
    const place = ['-D', join(this.folder, 'data'), '--no-sync']
    const child = primary
      ? this.#run('pg_basebackup', [...place, '-R', '--checkpoint=fast', '-d', primary.url()])
      : this.#run('initdb', [...place, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C'])
    await this.#exited
    if (child.exitCode !== 0) throw this.#failure('create a database cluster')
  }

  async start(): Promise<void> {
    if (this.#child) return
    // After `kill()` the last process may hold on to the shared memory for a moment.
    for (let attempt = 1; ; attempt++) {
      if (await this.#tryStart()) return
      if (attempt === 20) throw this.#failure('start PostgreSQL')
      await sleep(100)
    }
  }

  async #tryStart(): Promise<boolean> {
    const settings = Object.entries(settingsOf(this.port, this.folder, this.#options))
    const args = ['-D', join(this.folder, 'data'), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
    const child = this.#run('postgres', args)
    while (child.exitCode === null && child.signalCode === null) {
      if (this.#isReady(child)) {
        this.#child = child
        this.#killed = false
        return true
      }
      await sleep(5)
    }
    return false
  }

  /** Line 1 of the server's pid file is its process id, line 8 its state. */
  #isReady(child: ChildProcess): boolean {
    try {
      const lines = readFileSync(join(this.folder, 'data', 'postmaster.pid'), 'utf8').split('\n')
      return lines[0] === String(child.pid) && lines[7]?.trim() === 'ready'
    } catch {
      return false
    }
  }

  async stop(mode: StopMode = 'fast'): Promise<void> {
    this.#child?.kill(stopSignal[mode])
    await this.#ended()
  }

  async kill(): Promise<void> {
    const pid = this.#child?.pid
    if (pid === undefined) return
    this.#killed = true
    // A parent that is stopped starts no further child while they are listed.
    process.kill(pid, 'SIGSTOP')
    const children = childrenOf(pid)
    // The parent first, or it would start recovery on seeing a child die.
    for (const each of [pid, ...children]) killIfThere(each)
    await this.#ended()
    // A child that was just started still holds the port.
    while (children.some(isRunning)) await sleep(5)
  }

  async #ended(): Promise<void> {
    await this.#exited
    this.#child = undefined
    this.#undertaker.watch(undefined)
  }

  async restart(mode: StopMode = 'fast'): Promise<void> {
    await this.stop(mode)
    await this.start()
  }

  async dispose(): Promise<void> {
    // A killed server leaves a piece of shared memory, which only a new start takes up and frees.
    if (this.#killed) await this.start()
    await this.stop('immediate')
    await this.#undertaker.bury()
  }
}

export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  // Root's temporary folder may be closed to the user that the server runs as.
  const { parent = process.getuid?.() === 0 ? '/tmp' : tmpdir() } = options
  const server = new Server(mkdtempSync(join(parent, 'campaign-dispatch-pg-')), await freePort(), options)
  try {
    await server.create()
    await server.start()
  } catch (error) {
    await server.dispose().catch(() => {})
    throw error
  }
  return server
}
