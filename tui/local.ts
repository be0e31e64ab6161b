/** The dashboard in the server's own process: the log goes to a file and to the log screen. */
import { createWriteStream, mkdirSync } from 'node:fs'
import path from 'node:path'
import { Writable } from 'node:stream'
import type { Dashboard, DashboardOptions } from './dashboard.tsx'
import { loadDashboard } from './load.ts'
import { viewLine } from './log-line.ts'
import type { LogLine } from './state/log.ts'

/** Interval at which lines are shown together: a busy server writes a hundred per second. */
const SHOW_EVERY_MS = 250
const MOST_AT_ONCE = 500

export interface LocalLog {
  /** Destination of the log; each write is one line of JSON. */
  readonly stream: NodeJS.WritableStream
  open(options: Omit<DashboardOptions, 'local'>): Promise<Dashboard>
}

/** @param file is created with its folder, or appended to */
export function openLocalLog(file: string): LocalLog {
  // For its owner only: at debug level it holds phone numbers.
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const disk = createWriteStream(file, { flags: 'a', mode: 0o600 })
  let waiting: LogLine[] = []
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _, done) => {
      for (const line of text.split('\n')) if (line !== '') waiting.push(viewLine(line))
      waiting = waiting.slice(-MOST_AT_ONCE)
      disk.write(text, () => done())
    },
    final: (done) => void disk.end(done),
  })
  return {
    stream,
    open: async (options) => {
      const { openDashboard } = await loadDashboard()
      const dashboard = openDashboard({ ...options, local: true })
      const show = setInterval(() => {
        if (waiting.length > 0) dashboard.log(waiting)
        waiting = []
      }, SHOW_EVERY_MS)
      void dashboard.closed.then(() => clearInterval(show))
      return dashboard
    },
  }
}
