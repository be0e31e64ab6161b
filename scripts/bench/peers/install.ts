/** Brings the packages of the peers, and the Node that they need, into a folder of their own, when they are first asked for. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const stamp = join(folder, 'node_modules', '.lock-hash')

/** Node of the version that is locked. */
export const peersNode = join(folder, 'node_modules', '.bin', 'node')

/** None of them needs its install script. Without a network npm would go on trying for minutes. */
const npmArgs = [
  'ci',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
]

let answer: string | undefined

/** @returns why they cannot be had on this machine; empty where they are there */
export function installPeers(): string {
  answer ??= install()
  return answer
}

function install(): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
    console.error('Installing what we are measured with into scripts/bench/peers/node_modules ...')
    const npm = spawnSync('npm', npmArgs, { cwd: folder, encoding: 'utf8' })
    if (npm.error) return `npm cannot be run: ${npm.error.message}`
    if (npm.status !== 0) return `npm cannot install them: ${/npm error code (.*)/.exec(npm.stderr)?.[1] ?? npm.stderr}`
    writeFileSync(stamp, hash)
  }
  const node = spawnSync(peersNode, ['--version'])
  return node.status === 0 ? '' : `there is no Node for ${process.platform} on ${process.arch} among them`
}
