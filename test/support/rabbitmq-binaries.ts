/** Finds the RabbitMQ server's programs on this machine, and which of its libraries a plain broker needs. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Folders beyond the PATH: Debian, Red Hat, Homebrew, the generic archive. */
const places = [
  '/usr/lib/rabbitmq/bin',
  '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin',
  '/opt/homebrew/opt/rabbitmq/sbin',
  '/usr/local/opt/rabbitmq/sbin',
  '/home/linuxbrew/.linuxbrew/opt/rabbitmq/sbin',
  '/opt/rabbitmq/sbin',
  '/opt/rabbitmq_server-*/sbin',
]

/** `rabbitmq-env` tells the server's own scripts from a wrapper, which insists on one user and on one place for data. */
const programs = ['rabbitmq-server', 'rabbitmqctl', 'rabbitmq-env'] as const

function installed(pattern: string): string[] {
  if (!pattern.includes('*')) return [pattern]
  const folders = new Bun.Glob(pattern.slice(1)).scanSync({ cwd: '/', absolute: true, onlyFiles: false })
  try {
    return [...folders].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  } catch {
    return [] // a folder that may not be listed
  }
}

/** A PATH holds links: to the scripts themselves, or to a wrapper that lies beside them. */
function linked(folder: string): string[] {
  try {
    return [dirname(realpathSync(join(folder, 'rabbitmq-server')))]
  } catch {
    return [] // not there
  }
}

/**
 * @param path a PATH to search first
 * @returns the folder that holds the server's programs, the newest where there are several
 */
export function findRabbitmq(path: string): string | undefined {
  const candidates = [...path.split(':').filter(Boolean).flatMap(linked), ...places.flatMap(installed)]
  return candidates.find((folder) => programs.every((program) => existsSync(join(folder, program))))
}

/** The folder that a server is installed in: it holds `sbin`, `plugins` and `escript`. */
export function rabbitmqHome(binaries: string): string {
  return dirname(dirname(realpathSync(join(binaries, 'rabbitmq-server'))))
}

/** The names in `{applications, [kernel, stdlib, ...]}` of an Erlang application's `.app` file. */
function needs(folder: string, application: string): string[] {
  const text = readFileSync(join(folder, 'ebin', `${application}.app`), 'utf8')
  const lists = text.matchAll(/\{\s*(?:optional_)?applications\s*,\s*\[([^\]]*)\]/g)
  return [...lists].flatMap(([, names = '']) => names.split(',').map((name) => name.replace(/[\s']/g, '')))
}

/**
 * The libraries, by folder name, that a broker without plugins needs of those it is installed with. Erlang looks for
 * each of a thousand modules in every library's folder: two thirds of a broker's start go to those of plugins.
 *
 * @returns undefined where they are not laid out as folders of `.app` files
 */
export function neededLibraries(home: string): string[] | undefined {
  const plugins = join(home, 'plugins')
  try {
    const folders = new Map(readdirSync(plugins).map((name) => [name.replace(/-[^-]*$/, ''), name]))
    const needed = new Set(['rabbit', 'rabbitmq_prelaunch'])
    for (const name of needed) {
      const folder = folders.get(name)
      if (folder) for (const other of needs(join(plugins, folder), name)) needed.add(other)
    }
    if (!folders.has('rabbit')) return undefined
    return [...needed].flatMap((name) => folders.get(name) ?? [])
  } catch {
    return undefined
  }
}
