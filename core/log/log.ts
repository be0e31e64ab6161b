import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import { viewError } from './log-error.ts'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/**
 * The process's log: readable lines in a terminal, JSON lines elsewhere. Phone numbers and message texts belong at debug
 * level only, in fields of their own: errors are shown without them at every level.
 * @param to instead of standard output
 */
export function openLog(level: string, terminal: boolean, to?: NodeJS.WritableStream): Logger {
  const options = { level, base: null, serializers: { err: viewError } }
  if (!terminal) return to ? pino(options, to) : pino(options)
  const style = { colorize: true, sync: true, translateTime: 'HH:MM:ss.l', singleLine: true }
  return pino(options, pretty({ ...style, ...(to && { destination: to }) }))
}
