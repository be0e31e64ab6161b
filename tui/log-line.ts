/** A line of the server's log as a person reads it. Pure. */
import type { Level, LogLine } from './state/log.ts'

/** @param line JSON, as pino writes it; other text is shown unchanged */
export function viewLine(line: string): LogLine {
  try {
    const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>
    const facts = Object.entries(rest).map(
      ([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
    )
    const reason = (err as { message?: string } | undefined)?.message
    const text = [msg, ...facts, ...(reason ? [`(${reason})`] : [])].filter(Boolean).join('  ')
    return { at: Number(time) || Date.now(), level: levelOf(Number(level)), text }
  } catch {
    return { at: Date.now(), level: 'info', text: line }
  }
}

/** Pino's numbers: 20 debug, 30 info, 40 warn, 50 error. */
function levelOf(level: number): Level {
  if (level >= 50) return 'error'
  if (level >= 40) return 'warn'
  return level >= 30 ? 'info' : 'debug'
}
