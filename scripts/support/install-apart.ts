/** Packages of a folder of their own: they are needed for one purpose, and may not share versions with the rest. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** None of them needs its install script. Without a network npm would go on trying for minutes. */
const npmArgs = [
  'ci',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
]

/**
 * Installs what the folder's package-lock.json says, when it is not there yet.
 * @returns why it cannot be had on this machine; empty where it is there
 */
export function installApart(folder: string): string {
  const stamp = join(folder, 'node_modules', '.lock-hash')
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return ''
  console.error(`Installing the packages of ${folder} ...`)
  const npm = spawnSync('npm', npmArgs, { cwd: folder, encoding: 'utf8' })
  if (npm.error) return `npm cannot be run: ${npm.error.message}`
  if (npm.status !== 0) return `npm cannot install them: ${/npm error code (.*)/.exec(npm.stderr)?.[1] ?? npm.stderr}`
  writeFileSync(stamp, hash)
  return ''
}
