/** A throwaway PgBouncer in transaction mode before a database, on a free port of 127.0.0.1. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, type PostgresServer } from './postgres-server.ts'
import { until } from './server-process-wait.ts'

const program = [...(process.env.PATH ?? '').split(':'), '/usr/sbin']
  .map((folder) => path.join(folder, 'pgbouncer'))
  .find(existsSync)

/** False where this machine has no PgBouncer. */
export const pgbouncerAvailable = program !== undefined

export interface Pgbouncer {
  /** The address of a database of the server behind it. */
  url(database: string): string
  dispose(): Promise<void>
}

/** @param settings more lines of its `[pgbouncer]` section */
export async function startPgbouncer(server: PostgresServer, settings: readonly string[] = []): Promise<Pgbouncer> {
  if (!program) throw new Error('Cannot start PgBouncer: this machine has none')
  const folder = mkdtempSync(path.join(tmpdir(), 'campaign-dispatch-bouncer-'))
  // It refuses to run as root, as PostgreSQL does.
  const { uid, gid } = statSync(path.join(server.folder, 'data'))
  const file = path.join(folder, 'pgbouncer.ini')
  const users = path.join(folder, 'users.txt')
  const port = await freePort()
  writeFileSync(users, '"postgres" ""\n')
  writeFileSync(
    file,
    [
      '[databases]',
      `* = host=127.0.0.1 port=${server.port}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
      `auth_type = trust\nauth_file = ${users}`,
      'pool_mode = transaction\nmax_client_conn = 200\ndefault_pool_size = 20',
      ...settings,
      '',
    ].join('\n'),
  )
  for (const each of [folder, file, users]) if (process.getuid?.() === 0) chownSync(each, uid, gid)
  const user = process.getuid?.() === 0 ? { uid, gid } : {}
  const child = spawn(program, [file], { stdio: 'ignore', ...user })
  const exited = once(child, 'exit')
  await until('PgBouncer listens', () => isListening(port))
  return {
    url: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`,
    dispose: async () => {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy())
  })
}
