/** The README's tables, made from what the code says of itself, and where they stand in it. */

import { listPlugins, type PluginDescription } from '../../core/host/describe.ts'
import type { AnyPlugin } from '../../core/host/plugin.ts'
import { describeSettings } from '../../core/messaging/settings.ts'

export function pluginTable(plugins: readonly AnyPlugin[]): string {
  const rows = listPlugins(plugins).map(({ name, permissions, routes, loops, contributions }) => [
    code(name),
    permissions,
    byPath(routes).map(code).join('<br>'),
    loops.map(code).join(', '),
    Object.entries(contributions)
      // The API's own documentation lists them.
      .filter(([kind]) => kind !== 'errors')
      .map(([kind, names]) => `${kind}: ${names.map(code).join(', ')}`)
      .join('; '),
  ])
  return table(['plugin', 'permissions', 'routes', 'loops', 'contributes'], rows)
}

/** One line for each address: `GET POST /customers`. */
function byPath(routes: PluginDescription['routes']): string[] {
  const methods = Map.groupBy(routes, ({ path }) => path)
  return [...methods].map(([path, group]) => `${group.map(({ method }) => method).join(' ')} ${braced(path)}`)
}

/** `/campaigns/:id` as the documentation writes it: `/campaigns/{id}`. */
export const braced = (path: string): string => path.replace(/:(\w+)/g, '{$1}')

export function settingTable(plugins: readonly AnyPlugin[]): string {
  const rows = describeSettings(plugins).map(({ name, default: value, description, allowed }) => [
    code(name),
    value && code(value),
    `${description}. Allowed: ${allowed}`,
  ])
  return table(['setting', 'default', 'meaning'], rows)
}

const code = (text: string) => `\`${text}\``

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

const place = (name: string) => new RegExp(`(<!-- ${name} -->\n)([\\s\\S]*?)(<!-- /${name} -->)`)

/** Text between `<!-- name -->` and `<!-- /name -->`. */
export function marked(readme: string, name: string): string {
  const match = place(name).exec(readme)
  if (!match) throw new Error(`Cannot find the place "${name}" in the README`)
  return match[2]?.trim() ?? ''
}

export function fill(readme: string, name: string, text: string): string {
  marked(readme, name)
  return readme.replace(place(name), (_, open: string, _old: string, close: string) => `${open}\n${text}\n\n${close}`)
}
