/**
 * GRANTS: what the operator lets plugins from outside the tree have. `hello=clock,tables:own;birthday=net:api.example.org`:
 * `;` between plugins, `,` between grants. A grant is a need written on one line, and there are no wildcards, so that the
 * setting is a record of everything that such a plugin was let do.
 */
import { nearest } from '../text/nearest.ts'
import { isOutside } from './load.ts'
import type { AnyPlugin } from './plugin.ts'

/** A plugin's needs as grants: `clock`, `tables:own`, `messaging:work`, `db.read:orders`. */
export function grantsOf({ needs }: Pick<AnyPlugin, 'needs'>): string[] {
  return Object.entries(needs as Readonly<Record<string, unknown>>).flatMap(([need, value]) => {
    if (Array.isArray(value)) return value.map((part) => `${need}:${part}`)
    if (typeof value !== 'object' || value === null) return [need]
    return Object.entries(value as Readonly<Record<string, readonly string[]>>).flatMap(([kind, names]) =>
      names.map((name) => `${need}.${kind}:${name}`),
    )
  })
}

interface Line {
  readonly plugin: string
  readonly grants: readonly string[]
}

const parts = (text: string, by: string) =>
  text
    .split(by)
    .map((part) => part.trim())
    .filter((part) => part !== '')

function parse(text: string): { readonly lines: Line[]; readonly problems: string[] } {
  const lines: Line[] = []
  const problems: string[] = []
  for (const part of parts(text, ';')) {
    const [, plugin, grants = ''] = /^([^=\s]+)\s*=(.*)$/s.exec(part) ?? []
    if (plugin === undefined)
      problems.push(`GRANTS contains "${part}": expected plugin=grant,grant, and ; between plugins`)
    else if (lines.some((line) => line.plugin === plugin)) problems.push(`GRANTS names the plugin "${plugin}" twice`)
    else lines.push({ plugin, grants: [...new Set(parts(grants, ','))] })
  }
  return { lines, problems }
}

export interface CheckedGrants {
  /** A line for each fault, and one for everything that is missing. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * Compares GRANTS with what the plugins from outside need.
 * @param enabled the plugins that run
 */
export function checkGrants(text: string | undefined, enabled: readonly AnyPlugin[]): CheckedGrants {
  const { lines, problems } = parse(text ?? '')
  const elsewhere: string[] = []
  const outside = enabled.filter(isOutside)
  const names = outside.map(({ name }) => name)
  for (const { plugin, grants } of lines) {
    const owner = enabled.find(({ name }) => name === plugin)
    if (!owner) {
      const meant = nearest(plugin, names)
      if (meant) problems.push(`GRANTS names "${plugin}", which is not a running plugin: did you mean "${meant}"?`)
      // Processes of one installation share their settings, and each runs plugins of its own.
      else elsewhere.push(plugin)
    } else if (!isOutside(owner))
      problems.push(`GRANTS names "${plugin}", which is built in and needs no grant: remove it`)
    else problems.push(...excess(plugin, grants, grantsOf(owner)))
  }
  return {
    problems: [...problems, ...missing(lines, outside, elsewhere)],
    warnings: elsewhere.map((plugin) => `GRANTS names "${plugin}", which does not run in this process`),
  }
}

function excess(plugin: string, grants: readonly string[], needed: readonly string[]): string[] {
  return grants
    .filter((grant) => !needed.includes(grant))
    .map((grant) => {
      const meant = nearest(grant, needed)
      const hint = meant
        ? `did you mean "${meant}"?`
        : needed.length > 0
          ? `it needs ${needed.join(', ')}`
          : 'remove it'
      return `GRANTS gives "${plugin}" the grant "${grant}", which it does not need: ${hint}`
    })
}

/**
 * One line for all plugins together, with the whole of what GRANTS should be.
 * @param elsewhere plugins of other processes, whose grants stay
 */
function missing(lines: readonly Line[], outside: readonly AnyPlugin[], elsewhere: readonly string[]): string[] {
  const lacking = outside.flatMap((plugin) => {
    const given = lines.find((line) => line.plugin === plugin.name)?.grants ?? []
    const lacks = grantsOf(plugin).filter((grant) => !given.includes(grant))
    return lacks.length > 0 ? [`"${plugin.name}" needs ${lacks.join(', ')}`] : []
  })
  if (lacking.length === 0) return []
  const foreignLines = lines.filter(({ plugin }) => elsewhere.includes(plugin))
  const whole = [
    ...foreignLines.map(({ plugin, grants }) => `${plugin}=${grants.join(',')}`),
    ...outside
      .map((plugin) => [plugin.name, grantsOf(plugin).join(',')] as const)
      .flatMap(([name, grants]) => (grants === '' ? [] : [`${name}=${grants}`])),
  ]
  return [`Not granted: plugin ${lacking.join('; ')}. If you trust it, set GRANTS="${whole.join(';')}"`]
}
