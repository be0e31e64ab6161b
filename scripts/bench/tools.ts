/** Packages that only measurements need: each folder of them has a package.json and a lock of its own. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const installed = new Map<string, Promise<void>>()

/** Installs what the folder's lock names, once. @throws Error with what the installation printed */
export function installTools(folder: string): Promise<void> {
  const done = installed.get(folder) ?? install(folder)
  installed.set(folder, done)
  return done
}

async function install(folder: string): Promise<void> {
  // Bun does not read npm's own settings, which may name another registry.
  const { stdout } = await run('npm', ['config', 'get', 'registry'])
  const env = { ...process.env, npm_config_registry: stdout.trim() }
  await run(process.execPath, ['install', '--frozen-lockfile'], { cwd: folder, env })
}
