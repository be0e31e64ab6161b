/**
 * Programs of the project inside a newer Debian, with its PostgreSQL and RabbitMQ: for `--newest` of `npm test` and
 * `npm run chaos`. The system is a folder that debootstrap makes once; the project and this machine's processes are mounted
 * into it for as long as the program runs.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forwardSignals } from './forward-signals.ts'

/** Debian 13: PostgreSQL 17 and RabbitMQ 4. */
const RELEASE = 'trixie'
const PACKAGES = 'postgresql,rabbitmq-server'

const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
const root = join(cache, 'campaign-dispatch', `debian-${RELEASE}`)

/** Ends the process with a line that says what is missing. */
function refuse(problem: string): never {
  console.error(`Cannot run on Debian ${RELEASE}: ${problem}`)
  process.exit(1)
}

/** Makes the system where it is not there yet: some minutes, and some 600 MB below the user's cache folder. */
function makeSystem(): void {
  if (existsSync(root)) return
  if (spawnSync('debootstrap', ['--version']).error)
    refuse('debootstrap is not installed (apt-get install debootstrap)')
  const unfinished = `${root}.${process.pid}`
  mkdirSync(dirname(root), { recursive: true })
  console.log(`Making ${root} with ${PACKAGES} (once)`)
  const { status } = spawnSync('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, RELEASE, unfinished], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    refuse(`debootstrap ended with ${status}; its log is in ${unfinished}/debootstrap`)
  }
  renameSync(unfinished, root)
}

/** Mounts go with the process: they are in a namespace of its own. */
const enter = `set -e
mkdir -p "$1$2" "$1/proc" "$1/dev"
mount --bind "$2" "$1$2"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
cp /etc/hosts "$1/etc/hosts"
root=$1 project=$2
shift 2
exec chroot "$root" sh -c 'cd "$0" && exec "$@"' "$project" "$@"`

/**
 * @param args of Bun, from the project's folder
 * @returns the exit status
 */
export async function runOnNewest(args: readonly string[]): Promise<number> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    refuse('only root on Linux may mount and change the root')
  makeSystem()
  if (!process.execPath.startsWith(project)) refuse(`Bun must be the project's own: start it with npm`)
  const { HOME: _, TMPDIR: __, ...environment } = process.env
  const places = { HOME: '/root', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' }
  const command = ['--mount', '--propagation', 'private', 'sh', '-c', enter, 'enter', root, project]
  let child: ChildProcess
  forwardSignals(() => child)
  child = spawn('unshare', [...command, process.execPath, ...args], {
    stdio: 'inherit',
    env: { ...environment, ...places },
  })
  await once(child, 'exit')
  return child.exitCode ?? 1
}
