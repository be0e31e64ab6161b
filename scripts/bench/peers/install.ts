/** Brings the packages of the peers, and the Node that they need, into a folder of their own, when they are first asked for. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installApart } from '../../support/install-apart.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** Node of the version that is locked. */
export const peersNode = join(folder, 'node_modules', '.bin', 'node')

let answer: string | undefined

/** @returns why they cannot be had on this machine; empty where they are there */
export function installPeers(): string {
  answer ??= install()
  return answer
}

function install(): string {
  const missing = installApart(folder)
  if (missing) return missing
  const node = spawnSync(peersNode, ['--version'])
  return node.status === 0 ? '' : `there is no Node for ${process.platform} on ${process.arch} among them`
}
