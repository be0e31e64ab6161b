/** Figures of a process from Linux: peak memory and CPU time. */
import { readFileSync } from 'node:fs'

/** Ticks a second of the times in /proc (USER_HZ, fixed for user space). */
const TICKS = 100

/** Bytes of resident memory at the highest so far (VmHWM, see proc_pid_status(5)). */
export function peakMemory(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kilobytes === undefined) throw new Error(`Cannot read the memory of process ${pid}`)
  return Number(kilobytes) * 1024
}

/**
 * Seconds of CPU that a process has taken, in user and in kernel mode.
 * @param children also those of its children that have ended and been waited for
 */
export function cpuSeconds(pid: number, { children = false } = {}): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The command, in parentheses, may hold spaces; what follows it begins with field 3, and utime is field 14.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15)
  return (utime + stime + (children ? cutime + cstime : 0)) / TICKS
}

/** Microseconds of CPU of a process's first thread: finer than ticks. */
export function cpuTime(pid: number): number {
  const nanoseconds = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]
  return Number(nanoseconds) / 1000
}

/** Seconds of CPU of a server that forks: its own, of its children that live, and of those that have ended. */
export function cpuSecondsOfFamily(pid: number): number {
  let sum = cpuSeconds(pid, { children: true })
  for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)) {
    try {
      sum += cpuSeconds(Number(child))
    } catch {
      // It ended meanwhile, and is counted with its parent the next time.
    }
  }
  return sum
}
