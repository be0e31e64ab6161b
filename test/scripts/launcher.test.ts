/** `kill -9` of what started the program does not leave the program behind, and a program that was let go stays. */
import { afterEach, expect, test } from 'bun:test'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freshFolder, releaseFolders } from '../support/server-process-folder.ts'
import { until } from '../support/server-process-wait.ts'

const LONG = 180_000
const root = fileURLToPath(new URL('../..', import.meta.url))
const launcher = `${root}scripts/bun.mjs`
const left = new Set<number>()

const isAlive = (pid: number) => {
  try {
    // A zombie is gone for everybody but its parent.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

afterEach(async () => {
  for (const pid of left) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  left.clear()
  await releaseFolders()
})

/** Starts a command that runs the server; resolves with the address and the process of the server itself. */
async function start(
  command: string,
  args: string[],
  folder: string,
): Promise<{ child: ChildProcess; server: number; url: string }> {
  const { CAMPAIGN_DISPATCH_LAUNCHER: _, npm_lifecycle_event: __, ...inherited } = process.env
  const env = {
    ...inherited,
    DATA_DIR: folder,
    PORT: '0',
    CONSOLE_PORT: '0',
    SAMPLE_DATA: 'off',
    DRAIN_NOTICE_SECONDS: '0',
  }
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  const url = await until('the server is up', () => /^ +API +(http:\S+)$/m.exec(printed)?.[1])
  const server = Number(readFileSync(`${folder}/owner.pid`, 'utf8'))
  left.add(server)
  if (child.pid) left.add(child.pid)
  return { child, server, url }
}

test.skipIf(process.platform !== 'linux')(
  'the server ends in order when its launcher is killed outright',
  async () => {
    const folder = await freshFolder()
    const { child, server } = await start(process.execPath, [launcher, 'core/main.ts'], folder)
    expect(server).not.toBe(child.pid ?? 0)
    child.kill('SIGKILL')
    await until('the server is gone', () => !isAlive(server))
    // Killed itself, it would have left its number.
    expect(await Bun.file(`${folder}/owner.pid`).exists()).toBe(false)
  },
  LONG,
)

test.skipIf(process.platform !== 'linux')(
  'npm start that is killed outright leaves nothing behind',
  async () => {
    const { child, server } = await start('npm', ['start'], await freshFolder())
    child.kill('SIGKILL')
    await until('the server is gone', () => !isAlive(server))
  },
  LONG,
)

test.skipIf(process.platform !== 'linux')(
  'a server whose shell ends (nohup, setsid, a service) goes on',
  async () => {
    const folder = await freshFolder()
    const begin = `nohup ${process.execPath} ${launcher} core/main.ts & wait`
    const { child, server, url } = await start('sh', ['-c', begin], folder)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // Longer than two of its looks at its parent.
    await Bun.sleep(1500)
    expect([isAlive(server), (await fetch(`${url}/health/live`)).status]).toEqual([true, 200])
  },
  LONG,
)
