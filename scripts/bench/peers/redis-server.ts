/**
 * A throwaway Redis server in a temporary folder, on a free port of 127.0.0.1, that writes every command to its log and
 * leaves nothing behind, also when the process that started it is killed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../test/support/postgres-server.ts'
import { engageUndertaker } from '../../../test/support/undertaker.ts'

/** Durability of writes: on disk before they are acknowledged, or within a second. */
export type Fsync = 'always' | 'everysec'

export interface RedisServer {
  readonly url: string
  /** Ends it for good and removes its folder. */
  dispose(): Promise<void>
}

const START_TIMEOUT = 30_000

/** @returns the program; undefined where this machine has none */
export const findRedis = () => Bun.which('redis-server') ?? undefined

function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (data: Buffer) => {
      resolve(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(false))
  })
}

/** Settings of BullMQ's guide for production: the log, and no key ever evicted. Snapshots would only cost. */
const settingsOf = (port: number, folder: string, fsync: Fsync) => ({
  port: String(port),
  bind: '127.0.0.1',
  dir: folder,
  appendonly: 'yes',
  appendfsync: fsync,
  save: '',
  'maxmemory-policy': 'noeviction',
})

export async function startRedis(program: string, fsync: Fsync): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'campaign-dispatch-redis-'))
  const undertaker = engageUndertaker(folder)
  const port = await freePort()
  const log = openSync(join(folder, 'log'), 'a')
  const args = Object.entries(settingsOf(port, folder, fsync)).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(program, args, { stdio: ['ignore', log, log], cwd: folder, detached: true })
  closeSync(log)
  undertaker.watch(child.pid)
  const deadline = Date.now() + START_TIMEOUT
  while (!(await isAnswering(port))) {
    if (child.exitCode === null && child.signalCode === null && Date.now() < deadline) await sleep(20)
    else {
      const text = readFileSync(join(folder, 'log'), 'utf8').trimEnd()
      await undertaker.bury()
      throw new Error(`Cannot start Redis in "${folder}":\n${text}`)
    }
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    dispose: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      undertaker.watch(undefined)
      await undertaker.bury()
    },
  }
}
