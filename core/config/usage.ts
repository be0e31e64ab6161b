/** Text of `npm start -- --help`. */

import type { TObject } from '@sinclair/typebox'
import type { AnyPlugin } from '../host/plugin.ts'
import { describeSettings } from './config.ts'

/** Arguments of the program; everything else is set by variables. */
export const flags = {
  '--tui': 'Runs the server with its dashboard in this terminal',
  '--plugins': 'Lists the plugins with their permissions, routes and loops, and ends',
  '--help': 'Prints this text, and ends',
} as const

/** @param purpose what the program does, in one sentence */
export function usage(plugins: readonly AnyPlugin[], schema: TObject, purpose: string): string {
  const settings = describeSettings(plugins, schema)
  const width = Math.max(...settings.map(({ name, default: value }) => name.length + value.length)) + 1
  return [
    'npm start -- [--tui | --plugins | --help]',
    '',
    purpose,
    '',
    ...Object.entries(flags).map(([flag, meaning]) => `  ${flag.padEnd(10)} ${meaning}`),
    '',
    'Settings, from the environment or a file .env, with their defaults:',
    '',
    ...settings.map(({ name, default: value, description }) => `  ${`${name}=${value}`.padEnd(width)}  ${description}`),
    '',
    `Plugins, for PLUGINS: ${plugins.map(({ name }) => name).join(', ')}`,
  ].join('\n')
}
