/** Faults of a set of plugins, found before anything starts, with one line for each. */
import type { TObject } from '@sinclair/typebox'
import { t } from 'elysia'
import { settingsOf, textOf } from '../config/setting.ts'
import type { Route } from '../http/access.ts'
import { nearest } from '../text/nearest.ts'
import { readHost } from './net.ts'
import { prefixOf } from './own-tables.ts'
import type { AnyPlugin, Handles, Needs } from './plugin.ts'
import type { Resources } from './resources.ts'

/** Permissions whose value is `true`. */
const handles: Readonly<Record<Exclude<keyof Handles<Needs>, 'db' | 'net'>, true>> = {
  publish: true,
  consume: true,
  clock: true,
  wakeUps: true,
  database: true,
  queue: true,
  loops: true,
  listen: true,
  stopping: true,
}

export const hint = (name: string, known: Iterable<string>) => {
  const meant = nearest(name, known)
  return meant ? `: did you mean "${meant}"?` : `: use one of ${[...known].join(', ')}`
}
const doubles = (names: readonly string[]) => [...new Set(names.filter((name, i) => names.indexOf(name) < i))]

/** A plugin's name, which is also the prefix of its settings and tables. */
export const namePattern = /^[a-z][a-z0-9]*$/

export function nameProblems(plugins: readonly AnyPlugin[], enabled: readonly string[]): string[] {
  const names = plugins.map(({ name }) => name)
  return [
    ...names
      .filter((name) => !namePattern.test(name))
      .map((name) => `Plugin name "${name}" is not allowed: it must be lower-case letters and digits`),
    ...doubles(names).map((name) => `There are two plugins with the name "${name}"`),
    ...enabled
      .filter((name) => !names.includes(name))
      .map((name) => `PLUGINS names "${name}", which is not a plugin${hint(name, names)}`),
    ...doubles(enabled).map((name) => `PLUGINS names "${name}" twice`),
  ]
}

/** Checks by name what the types check, for plugins that went around the types. */
export function needProblems(
  { name, needs, site, migrations }: AnyPlugin,
  offer: Pick<Resources, 'tables' | 'services'>,
): string[] {
  const services = offer.services as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  const known = ['db', 'tables', 'net', ...Object.keys(handles), ...Object.keys(services)]
  const problems = Object.entries(needs as Readonly<Record<string, unknown>>).flatMap(([permission, value]) => {
    if (permission === 'db')
      return tableProblems(name, value as Readonly<Record<string, readonly string[]>>, offer.tables)
    if (permission === 'tables') return ownTableProblems(name, value, migrations, offer.tables)
    if (permission === 'net') return hostProblems(name, value)
    if (Object.hasOwn(services, permission)) return partProblems(name, permission, value, services[permission] ?? {})
    if (!Object.hasOwn(handles, permission))
      return [`Plugin "${name}" needs "${permission}", which is not a permission${hint(permission, known)}`]
    return value === true ? [] : [`Plugin "${name}" needs "${permission}" with a value other than true`]
  })
  return [
    ...problems,
    ...(site && !needs.listen ? [`Plugin "${name}" has a site, but does not need "listen"`] : []),
    ...(migrations && !needs.tables ? [`Plugin "${name}" has migrations, but does not need "tables"`] : []),
  ]
}

function ownTableProblems(plugin: string, value: unknown, migrations: unknown, tables: readonly string[]): string[] {
  if (!Array.isArray(value) || value.join() !== 'own')
    return [`Plugin "${plugin}" needs "tables" with a value other than ['own']`]
  const taken = [...tables, 'kysely_migration', 'pg_'].find((table) => table.startsWith(prefixOf(plugin)))
  return [
    ...(migrations ? [] : [`Plugin "${plugin}" needs "tables", but has no migrations that make them`]),
    ...(taken ? [`Plugin "${plugin}" may have no tables: "${taken}" begins with "${prefixOf(plugin)}" already`] : []),
  ]
}

function hostProblems(plugin: string, value: unknown): string[] {
  if (!Array.isArray(value)) return [`Plugin "${plugin}" needs "net" without a list of hosts`]
  return value.flatMap((host) => {
    const read = readHost(String(host))
    return 'problem' in read ? [`Plugin "${plugin}" needs "net" with the host "${host}": ${read.problem}`] : []
  })
}

function tableProblems(
  plugin: string,
  { read = [], write = [], ...unknown }: Readonly<Record<string, readonly string[]>>,
  tables: readonly string[],
): string[] {
  return [
    ...Object.keys(unknown).map((wrong) => `Plugin "${plugin}" needs "db.${wrong}": there are db.read and db.write`),
    ...[...read, ...write]
      .filter((table) => !tables.includes(table))
      .map((wrong) => `Plugin "${plugin}" needs the table "${wrong}", which does not exist${hint(wrong, tables)}`),
  ]
}

function partProblems(
  plugin: string,
  service: string,
  named: unknown,
  parts: Readonly<Record<string, unknown>>,
): string[] {
  const known = Object.keys(parts)
  if (!Array.isArray(named))
    return [`Plugin "${plugin}" needs "${service}" without a list of its parts: there are ${known.join(', ')}`]
  return named
    .filter((part) => !Object.hasOwn(parts, part))
    .map((wrong) => `Plugin "${plugin}" needs "${service}.${wrong}", which does not exist${hint(String(wrong), known)}`)
}

/** Two settings may share a variable if they agree on what it means when it is not set. */
export function settingProblems(
  plugins: readonly AnyPlugin[],
  config: Readonly<Record<string, unknown>>,
  settings: TObject,
): string[] {
  const defaults = new Map(settingsOf('', settings).map(({ name, schema }) => [name, textOf(schema.default)]))
  const problems: string[] = []
  for (const { name: plugin, config: schema } of plugins) {
    if (schema && !config[plugin]) problems.push(`Plugin "${plugin}" was given no settings`)
    for (const { name, schema: one } of settingsOf(plugin, (schema as TObject | undefined) ?? t.Object({}))) {
      const other = defaults.get(name) ?? textOf(one.default)
      if (other !== textOf(one.default))
        problems.push(`${name} has two defaults, "${other}" and "${textOf(one.default)}"`)
      defaults.set(name, other)
    }
  }
  return problems
}

export interface OwnedRoute extends Route {
  readonly owner: string
}

/** Elysia lets the last of two routes win in silence. Parameters' names and a slash at the end make no difference. */
export function routeProblems(routes: readonly OwnedRoute[]): string[] {
  const taken = new Map<string, OwnedRoute>()
  const problems: string[] = []
  for (const route of routes) {
    const key = `${route.method} ${route.path.replace(/:[^/]+/g, ':').replace(/(?<=.)\/$/, '')}`
    const first = taken.get(key)
    if (first) problems.push(`Route ${route.method} ${route.path} of ${route.owner} is taken by ${first.owner}`)
    else taken.set(key, route)
  }
  return problems
}
