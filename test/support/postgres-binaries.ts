/** Finds the PostgreSQL server's programs on this machine. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Folders beyond the PATH: Debian, Red Hat, Homebrew, Postgres.app, built from source. */
const places = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql*/bin',
  '/usr/local/opt/postgresql*/bin',
  '/home/linuxbrew/.linuxbrew/opt/postgresql*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
  '/usr/local/pgsql/bin',
]

const programs = ['initdb', 'postgres'] as const

const version = (folder: string) => Number(/(\d+(?:\.\d+)?)\D*\/bin$/.exec(folder)?.[1] ?? 0)

function installed(pattern: string): string[] {
  const folders = new Bun.Glob(pattern.slice(1)).scanSync({ cwd: '/', absolute: true, onlyFiles: false })
  try {
    return [...folders].sort((a, b) => version(b) - version(a))
  } catch {
    return [] // a folder that may not be listed
  }
}

/**
 * @param path a PATH to search first
 * @returns the folder that holds the server's programs, the newest where there are several
 */
export function findPostgres(path: string): string | undefined {
  const candidates = [...path.split(':').filter(Boolean), ...places.flatMap(installed)]
  const folder = candidates.find((candidate) => programs.every((program) => existsSync(join(candidate, program))))
  // A folder of links may hold links to some of the programs only.
  return folder && dirname(realpathSync(join(folder, 'postgres')))
}
