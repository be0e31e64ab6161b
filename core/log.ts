import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/**
 * The process's log on standard output: readable lines in a terminal, JSON lines elsewhere.
 * Phone numbers and message texts belong at debug level only.
 */
export function openLog(level: string, terminal: boolean): Logger {
  if (!terminal) return pino({ level, base: null })
  return pino(
    { level, base: null },
    pretty({ colorize: true, sync: true, translateTime: 'HH:MM:ss.l', singleLine: true }),
  )
}

/** `+254712345678` as `+2547*****678`: enough to recognise, not enough to call. */
export function maskPhone(phone: string): string {
  return phone.length <= 8
    ? '*'.repeat(phone.length)
    : phone.slice(0, 5) + '*'.repeat(phone.length - 8) + phone.slice(-3)
}
