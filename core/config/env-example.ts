/** `.env.example`: every setting with its default, what it may be and what it does. */

import type { TObject } from '@sinclair/typebox'
import type { AnyPlugin } from '../host/plugin.ts'
import { describeSettings } from './config.ts'

const heading = `# Copy to .env and change what you need. Each line shows the default; a blank value counts as not set.`

export function envExample(plugins: readonly AnyPlugin[], schema: TObject): string {
  const lines = [heading]
  let owner: string | undefined
  for (const setting of describeSettings(plugins, schema)) {
    if (setting.owner !== owner)
      lines.push('', `# --- ${setting.owner ? `plugin ${setting.owner}` : 'the process'} ---`)
    owner = setting.owner
    lines.push('', `# ${setting.description}. Allowed: ${setting.allowed}.`, `${setting.name}=${setting.default}`)
  }
  return `${lines.join('\n')}\n`
}
