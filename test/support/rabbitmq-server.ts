/**
 * A throwaway RabbitMQ broker in a temporary folder, on free ports of 127.0.0.1: it may be stopped, killed and started
 * again at will, and leaves nothing behind, also when the process that started it is killed. It runs without `epmd`,
 * Erlang's register of nodes, so that it meets no other broker of this machine.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { neededLibraries, rabbitmqHome } from './rabbitmq-binaries.ts'
import { engageUndertaker, type Undertaker } from './undertaker.ts'

export interface RabbitmqOptions {
  /** The folder of the server's programs. */
  readonly binaries: string
  /** More settings of rabbitmq.conf. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface RabbitmqServer {
  readonly port: number
  readonly folder: string
  /** The address of the virtual host `/` as the administrator. */
  readonly url: string
  /** Does nothing where it runs. The port and what is durable stay the same. */
  start(): Promise<void>
  /** Sends clients away, and ends in order. */
  stop(): Promise<void>
  /** As `kill -9` of every process of the broker. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** Runs `rabbitmqctl` on it, and gives what it printed, without headings: `ctl('list_queues', '-p', '/', 'name')`. */
  ctl(...args: string[]): Promise<string>
  /** Ends it for good and removes its folder. */
  dispose(): Promise<void>
}

/** Milliseconds that a start may take on a machine that is at work on much else. */
const START_TIMEOUT = 120_000

const run = promisify(execFile)

/** Ports that are free now; all are held until the last is found, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  const ports: number[] = []
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('Cannot find a free port')
    ports.push(address.port)
  }
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** True when an AMQP 0-9-1 server answers the protocol's header with the method `Connection.Start`. */
function isAccepting(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'))
    socket.setTimeout(5000, () => socket.destroy())
    socket.once('data', (data: Buffer) => {
      resolve(data[0] === 1 && data.readUInt32BE(7) === 0x000a_000a)
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(false))
  })
}

const settingsOf = (port: number, options: RabbitmqOptions): Record<string, string> => ({
  'listeners.tcp.local': `127.0.0.1:${port}`,
  'log.file': 'false',
  'log.console': 'true',
  'log.console.level': 'info',
  // The default of 50 MB stops publishers on a machine whose disk is nearly full.
  'disk_free_limit.absolute': '1MB',
  ...options.settings,
})

/** A child may itself be the parent of one that outlives it. */
function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])
}

/** Not every Linux has `ps`, and nothing but Linux has `/proc`. */
function childrenOf(pid: number): number[] {
  try {
    const listed =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        : execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    return listed.split(/\s+/).filter(Boolean).map(Number)
  } catch {
    return [] // gone, or none
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // already gone
  }
}

class Server implements RabbitmqServer {
  readonly port: number
  readonly folder: string
  readonly url: string
  readonly #options: RabbitmqOptions
  readonly #env: Record<string, string>
  readonly #undertaker: Undertaker
  #child: ChildProcess | undefined
  #exited: Promise<unknown> = Promise.resolve()

  constructor(folder: string, port: number, internalPort: number, options: RabbitmqOptions) {
    this.folder = folder
    this.port = port
    this.url = `amqp://guest:guest@127.0.0.1:${port}`
    this.#options = options
    this.#undertaker = engageUndertaker(folder)
    this.#env = { ...this.#places(), ...this.#erlang(internalPort) }
  }

  /** Writes the broker's files, none of which is the system's, and names them to its scripts. */
  #places(): Record<string, string> {
    const write = (name: string, text: string) => {
      writeFileSync(join(this.folder, name), text)
      return join(this.folder, name)
    }
    const make = (name: string) => {
      mkdirSync(join(this.folder, name))
      return join(this.folder, name)
    }
    const settings = Object.entries(settingsOf(this.port, this.#options)).map(([name, value]) => `${name} = ${value}\n`)
    return {
      // Erlang's cookie, the password between nodes, is made in the home folder.
      HOME: make('home'),
      RABBITMQ_MNESIA_BASE: make('data'),
      RABBITMQ_LOG_BASE: make('logs'),
      RABBITMQ_CONFIG_FILE: write('rabbitmq.conf', settings.join('')),
      RABBITMQ_CONFIG_FILES: make('conf.d'),
      RABBITMQ_ADVANCED_CONFIG_FILE: write('advanced.config', '[].\n'),
      RABBITMQ_ENABLED_PLUGINS_FILE: write('enabled_plugins', '[].\n'),
      RABBITMQ_CONF_ENV_FILE: write('rabbitmq-env.conf', ''),
      RABBITMQ_PID_FILE: join(this.folder, 'pid'),
      ...this.#leanHome(),
    }
  }

  /** An installation made of links, of nothing but what a broker without plugins needs. */
  #leanHome(): Record<string, string> {
    const home = rabbitmqHome(this.#options.binaries)
    const libraries = neededLibraries(home)
    if (!libraries) return {}
    const lean = join(this.folder, 'rabbitmq')
    mkdirSync(join(lean, 'plugins'), { recursive: true })
    for (const name of ['sbin', 'escript', ...libraries.map((library) => join('plugins', library))]) {
      symlinkSync(join(home, name), join(lean, name))
    }
    return { RABBITMQ_SCRIPTS_DIR: join(lean, 'sbin') }
  }

  #erlang(internalPort: number): Record<string, string> {
    const node = `broker-${this.port}@localhost`
    return {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
      RABBITMQ_NODENAME: node,
      RABBITMQ_DIST_PORT: String(internalPort),
      // An epmd of the system is not to hear of this node: nothing listens on port 1.
      ERL_EPMD_PORT: '1',
      // For every Erlang, since each minute the broker runs another one just to see that there is an epmd.
      ERL_AFLAGS: `-start_epmd false -erl_epmd_port ${internalPort}`,
      // That other one finds the port taken, and is not to leave a dump of its memory.
      ERL_CRASH_DUMP_SECONDS: '0',
      // The scripts' shell gives way to Erlang itself, which then has its process id.
      RABBITMQ_ALLOW_INPUT: 'true',
      // A broker whose node has its name from the start takes it for registered.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: `-sname ${node} -kernel inet_dist_use_interface {127,0,0,1} -noinput`,
      RABBITMQ_CTL_ERL_ARGS: '-dist_listen false',
    }
  }

  async start(): Promise<void> {
    if (this.#child) return
    const child = this.#spawn()
    const deadline = Date.now() + START_TIMEOUT
    while (!(await isAccepting(this.port))) {
      if (child.exitCode === null && child.signalCode === null && Date.now() < deadline) await sleep(20)
      else throw this.#failure()
    }
  }

  #spawn(): ChildProcess {
    const log = openSync(join(this.folder, 'log'), 'a')
    const child = spawn(join(this.#options.binaries, 'rabbitmq-server'), [], {
      stdio: ['ignore', log, log],
      cwd: this.folder,
      env: this.#env,
      // Ctrl-C goes to the terminal's whole group, and what runs on the broker is to end before it.
      detached: true,
    })
    closeSync(log)
    this.#undertaker.watch(child.pid)
    this.#exited = once(child, 'exit').then(() => {
      this.#child = undefined
      this.#undertaker.watch(undefined)
    })
    this.#child = child
    return child
  }

  #failure(): Error {
    const log = readFileSync(join(this.folder, 'log'), 'utf8').trimEnd().split('\n').slice(-30).join('\n')
    return new Error(`Cannot start RabbitMQ in "${this.folder}":\n${log}`)
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM')
    await this.#exited
  }

  async kill(): Promise<void> {
    const pid = this.#child?.pid
    // Listed before the parent ends, which takes them to another.
    if (pid !== undefined) for (const each of [pid, ...descendantsOf(pid)]) killIfThere(each)
    await this.#exited
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  async ctl(...args: string[]): Promise<string> {
    const program = join(this.#options.binaries, 'rabbitmqctl')
    const { stdout } = await run(program, ['--silent', ...args], { cwd: this.folder, env: this.#env })
    return stdout.trimEnd()
  }

  async dispose(): Promise<void> {
    await this.kill()
    await this.#undertaker.bury()
  }
}

export async function startRabbitmq(options: RabbitmqOptions): Promise<RabbitmqServer> {
  const [port = 0, internalPort = 0] = await freePorts(2)
  const folder = mkdtempSync(join(tmpdir(), 'campaign-dispatch-mq-'))
  const server = new Server(folder, port, internalPort, options)
  try {
    await server.start()
  } catch (error) {
    await server.dispose().catch(() => {})
    throw error
  }
  return server
}
