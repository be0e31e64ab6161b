/** Each plugin with its permissions, routes and loops: what `--plugins` prints, and the README's table. */
import type { TObject } from '@sinclair/typebox'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { pino } from 'pino'
import { systemClock } from '../clock.ts'
import { settingsOf } from '../config/setting.ts'
import type { Tables } from '../db/tables.ts'
import { permissionText } from './banner.ts'
import { build, routesOf } from './build.ts'
import { grantTo } from './grant.ts'
import type { AnyPlugin } from './plugin.ts'
import type { Resources } from './resources.ts'

/** Resources that reach nothing: enough for a plugin to build its routes and loops, and to compile its statements. */
function inertResources(needs: object): Resources {
  const unused = () => Promise.reject(new Error('Nothing may run while plugins are only listed'))
  return {
    db: new Kysely<Tables>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    }),
    database: { check: unused },
    // With a broker there is one loop more than without.
    queue: {
      name: 'rabbitmq',
      publish: unused,
      take: unused,
      takeNow: () => undefined,
      check: unused,
      inspect: unused,
      close: unused,
    },
    tables: [],
    services: inertServices(needs),
    wakeUps: { notify: unused, listen: () => ({ wait: unused, close: () => {} }) },
    clock: systemClock,
    log: pino({ level: 'silent' }),
    process: { id: '', host: '', pid: 0, startedAt: 0 },
    stopping: new AbortController().signal,
  }
}

/** Stands for any part of any service while nothing runs: whatever is asked of it, it is that again, and 0 as a number. */
const inert: unknown = new Proxy(() => inert, {
  get: (_, key) => (key === Symbol.toPrimitive ? () => 0 : inert),
})

/** Needs that are lists, and no services. */
const lists = new Set(['tables', 'net'])

/** The services that a plugin names, with any part that it asks for. */
function inertServices(needs: object): Resources['services'] {
  const named = Object.entries(needs).filter(([need, parts]) => Array.isArray(parts) && !lists.has(need))
  return Object.fromEntries(named.map(([service]) => [service, inert])) as Resources['services']
}

function defaults({ name, config }: AnyPlugin): Record<string, unknown> {
  const settings = settingsOf(name, config as TObject | undefined)
  return Object.fromEntries(settings.map(({ key, schema }) => [key, schema.default]))
}

export interface PluginDescription {
  readonly name: string
  /** On one line: `reads orders; writes invoices; clock, wakeUps`. */
  readonly permissions: string
  readonly routes: readonly { readonly method: string; readonly path: string }[]
  readonly loops: readonly string[]
  /** Names of all else that it contributes, by kind: `senders`. */
  readonly contributions: Readonly<Record<string, readonly string[]>>
}

/** Fields of a plugin that are no contribution to the floor above. */
const own = new Set(['name', 'needs', 'config', 'routes', 'loops', 'site', 'migrations'])

const contributionsOf = (plugin: AnyPlugin) =>
  Object.fromEntries(
    Object.entries(plugin)
      .filter(([field, value]) => !own.has(field) && typeof value === 'object' && value !== null)
      .map(([field, value]) => [field, Object.keys(value as object)]),
  )

/** Describes each plugin: its permissions, routes and loops, read from the plugin itself. */
export function listPlugins(plugins: readonly AnyPlugin[]): PluginDescription[] {
  return plugins.map((plugin) => {
    const grant = grantTo(plugin, inertResources(plugin.needs), { config: defaults(plugin), loops: () => [] })
    const { name, routes, loops } = build(plugin, grant)
    return {
      name,
      permissions: permissionText(plugin),
      routes: routesOf(name, routes).map(({ method, path }) => ({ method, path: path.replace(/(?<=.)\/$/, '') })),
      loops: loops.map(({ loop }) => loop),
      contributions: contributionsOf(plugin),
    }
  })
}

function describePlugin({ name, permissions, routes, loops, contributions }: PluginDescription): string {
  return [
    name,
    `  may     ${permissions}`,
    ...routes.map(({ method, path }, i) => `  ${i === 0 ? 'routes' : '      '}  ${method.padEnd(6)} ${path}`),
    ...(loops.length > 0 ? [`  loops   ${loops.join(', ')}`] : []),
    ...Object.entries(contributions).map(([kind, names]) => `  ${kind.padEnd(7)} ${names.join(', ')}`),
  ].join('\n')
}

export function describePlugins(plugins: readonly AnyPlugin[]): string {
  return listPlugins(plugins).map(describePlugin).join('\n\n')
}
