/** Processes that outlive the run which started them, told by an entry of the environment that they inherited from it. */
import { readdirSync, readFileSync } from 'node:fs'

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it ended meanwhile, or belongs to somebody else
  }
}

/**
 * Kills every process whose environment holds `mark`, except this one. Only Linux shows a process's environment.
 * @param mark as `NAME=value`
 * @returns the id and the command line of each
 */
export function endLeftovers(mark: string): string[] {
  if (process.platform !== 'linux') return []
  const ended: string[] = []
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid || !read(`/proc/${pid}/environ`).split('\0').includes(mark)) continue
    const command = read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim()
    try {
      process.kill(Number(pid), 'SIGKILL')
      ended.push(`${pid} ${command}`)
    } catch {
      // it ended meanwhile
    }
  }
  return ended
}
