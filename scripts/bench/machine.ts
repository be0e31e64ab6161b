/** On what it was measured: the machine, and the versions of what ran on it. */
import { execFile } from 'node:child_process'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem, type } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { postgresBinaries } from '../../test/support/postgres.ts'
import type { Environment } from './environment.ts'
import { quantile } from './figures.ts'

export interface Machine {
  readonly cpu: string
  readonly memory: string
  readonly system: string
  readonly disk: string
  /** Processes that were at work before, on average over a minute: near 0 where nothing else runs. */
  readonly load: number
  readonly versions: Readonly<Record<string, string>>
}

const run = promisify(execFile)

async function versionOf(program: string): Promise<string> {
  const { stdout } = await run(program, ['--version'])
  return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim()
}

/** @param load before the servers were started */
export async function describeMachine({ broker, server }: Environment, load: number): Promise<Machine> {
  return {
    cpu: `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    disk: `${diskOf(server.folder)}, where a write of 8 kB reaches the disk in ${syncMs().toFixed(2)} ms (median)`,
    load,
    versions: {
      Bun: Bun.version,
      PostgreSQL: await versionOf(path.join(postgresBinaries, 'postgres')),
      RabbitMQ: (await broker.ctl('version')).trim(),
      Node: await versionOf('node'),
    },
  }
}

/** The device and the file system that hold a folder: the longest mount point that it lies under. */
function diskOf(folder: string): string {
  const mounts = readFileSync('/proc/mounts', 'utf8').trimEnd().split('\n')
  const [device = 'unknown', , system = 'unknown'] =
    mounts
      .map((line) => line.split(' '))
      .filter(([, point = '']) => point === '/' || folder === point || folder.startsWith(`${point}/`))
      .sort(([, a = ''], [, b = '']) => a.length - b.length)
      .at(-1) ?? []
  return `${system} on ${device}`
}

const SYNCS = 200

/** Milliseconds of a write of one page and its way to the disk, which each COMMIT waits for. */
function syncMs(): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'campaign-dispatch-bench-'))
  const file = openSync(path.join(folder, 'page'), 'w')
  const page = Buffer.alloc(8192, 1)
  const times = Array.from({ length: SYNCS }, () => {
    const begun = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - begun
  })
  closeSync(file)
  rmSync(folder, { recursive: true })
  return quantile(times, 0.5)
}
