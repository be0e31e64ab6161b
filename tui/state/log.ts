/** Lines of the log pane: what the server wrote, where it runs in this process, and what the dashboard saw. Pure. */
import { clamp } from './campaigns.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'
export const levels: readonly Level[] = ['debug', 'info', 'warn', 'error']

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly level: Level
  readonly text: string
}

export interface LogPane {
  readonly lines: readonly LogLine[]
  /** Least severe level that is shown. */
  readonly level: Level
  readonly q: string
  /** Lines between the last one shown and the end; 0 follows. */
  readonly back: number
}

/** Number of lines that are kept: a dashboard is open all day. */
export const MOST_LINES = 500

export const emptyLog: LogPane = { lines: [], level: 'debug', q: '', back: 0 }

export type LogAction =
  | { readonly type: 'log.add'; readonly lines: readonly LogLine[] }
  | { readonly type: 'log.move'; readonly by: number }
  | { readonly type: 'log.level' }
  | { readonly type: 'log.search'; readonly q: string }

export function reduceLog(log: LogPane, action: LogAction): LogPane {
  switch (action.type) {
    case 'log.add': {
      const lines = [...log.lines, ...action.lines].slice(-MOST_LINES)
      // The position of a reader who has scrolled up stays.
      const added = matchingLines({ ...log, lines: action.lines }).length
      return { ...log, lines, back: log.back === 0 ? 0 : Math.min(log.back + added, MOST_LINES) }
    }
    case 'log.move':
      return { ...log, back: clamp(log.back - action.by, matchingLines(log).length) }
    case 'log.level':
      return { ...log, level: levels[(levels.indexOf(log.level) + 1) % levels.length] ?? 'debug', back: 0 }
    case 'log.search':
      return { ...log, q: action.q, back: 0 }
  }
}

export function matchingLines({ lines, level, q }: LogPane): readonly LogLine[] {
  const least = levels.indexOf(level)
  const needle = q.toLowerCase()
  return lines.filter((line) => levels.indexOf(line.level) >= least && line.text.toLowerCase().includes(needle))
}
