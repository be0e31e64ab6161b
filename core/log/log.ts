import { type Logger, pino } from 'pino'
import { viewError } from './log-error.ts'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/**
 * The process's log: readable lines in a terminal, JSON lines elsewhere. Phone numbers and message texts belong at debug
 * level only, in fields of their own: errors are shown without them at every level.
 * @param to instead of standard output
 */
export async function openLog(level: string, terminal: boolean, to?: NodeJS.WritableStream): Promise<Logger> {
  const options = { level, base: null, serializers: { err: viewError } }
  if (!terminal) return to ? pino(options, to) : pino(options)
  // Here only: a process without a terminal need not keep its thirty modules in memory.
  const { default: pretty } = await import('pino-pretty')
  const style = { colorize: true, sync: true, translateTime: 'HH:MM:ss.l', singleLine: true }
  return pino(options, pretty({ ...style, ...(to && { destination: to }) }))
}
