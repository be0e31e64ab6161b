/** Faults of a set of plugins, found before anything starts, with one line for each. */
import type { TObject } from '@sinclair/typebox'
import { t } from 'elysia'
import { coreSchema } from '../config/core-settings.ts'
import { settingsOf, textOf } from '../config/setting.ts'
import { nearest } from '../text/nearest.ts'
import type { AnyPlugin, Needs, Table } from './plugin.ts'

/** The names that the types know, for those who went around the types. */
const tables: Readonly<Record<Table, true>> = {
  customers: true,
  campaigns: true,
  outbound_messages: true,
  dispatch_chunks: true,
  processes: true,
  breakers: true,
  breaker_closings: true,
  customer_imports: true,
  customer_counts: true,
  throughput: true,
  failures: true,
}
const permissions: Readonly<Record<keyof Needs, true>> = {
  db: true,
  publish: true,
  consume: true,
  channels: true,
  clock: true,
  wakeUps: true,
  database: true,
  queue: true,
  loops: true,
  listen: true,
  stopping: true,
}

const hint = (name: string, known: Iterable<string>) => {
  const meant = nearest(name, known)
  return meant ? `: did you mean "${meant}"?` : `: known are ${[...known].join(', ')}`
}
const doubles = (names: readonly string[]) => [...new Set(names.filter((name, i) => names.indexOf(name) < i))]

export function nameProblems(plugins: readonly AnyPlugin[], enabled: readonly string[]): string[] {
  const names = plugins.map(({ name }) => name)
  return [
    ...names
      .filter((name) => !/^[a-z][a-z0-9]*$/.test(name))
      .map((name) => `Plugin name "${name}" is not allowed: it must be lower-case letters and digits`),
    ...doubles(names).map((name) => `There are two plugins with the name "${name}"`),
    ...enabled
      .filter((name) => !names.includes(name))
      .map((name) => `PLUGINS names "${name}", which is no plugin${hint(name, names)}`),
    ...doubles(enabled).map((name) => `PLUGINS names "${name}" twice`),
  ]
}

export function needProblems({ name, needs, site }: AnyPlugin): string[] {
  const named = Object.entries(needs as Readonly<Record<string, unknown>>)
  const { read = [], write = [], ...others } = (needs.db ?? {}) as Record<string, readonly string[]>
  return [
    ...named
      .filter(([permission]) => !Object.hasOwn(permissions, permission))
      .map(
        ([wrong]) =>
          `Plugin "${name}" needs "${wrong}", which is no permission${hint(wrong, Object.keys(permissions))}`,
      ),
    ...named
      .filter(([permission, value]) => Object.hasOwn(permissions, permission) && permission !== 'db' && value !== true)
      .map(([permission]) => `Plugin "${name}" needs "${permission}" with a value other than true`),
    ...(site && !needs.listen ? [`Plugin "${name}" has a site, but does not need "listen"`] : []),
    ...Object.keys(others).map((wrong) => `Plugin "${name}" needs "db.${wrong}": there are db.read and db.write`),
    ...[...read, ...write]
      .filter((table) => !Object.hasOwn(tables, table))
      .map(
        (wrong) =>
          `Plugin "${name}" needs the table "${wrong}", which does not exist${hint(wrong, Object.keys(tables))}`,
      ),
  ]
}

/** Two settings may share a variable if they agree on what it means when it is not set. */
export function settingProblems(plugins: readonly AnyPlugin[], config: Readonly<Record<string, unknown>>): string[] {
  const defaults = new Map(settingsOf('', coreSchema).map(({ name, schema }) => [name, textOf(schema.default)]))
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

export interface OwnedRoute {
  readonly owner: string
  readonly method: string
  readonly path: string
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
