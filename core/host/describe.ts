/** Each plugin with its permissions, routes and loops: what `--plugins` prints, and the README's table. */
import type { TObject } from '@sinclair/typebox'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { pino } from 'pino'
import { systemClock } from '../clock.ts'
import { settingsOf } from '../config/setting.ts'
import type { Database } from '../messaging/schema.ts'
import { permissionText } from './banner.ts'
import { build, routesOf } from './build.ts'
import { grantTo } from './grant.ts'
import type { AnyPlugin } from './plugin.ts'
import type { Resources } from './resources.ts'

/** Resources that reach nothing: enough for a plugin to build its routes and loops, and to compile its statements. */
function inertResources(): Resources {
  const unused = () => Promise.reject(new Error('Nothing may run while plugins are only listed'))
  const sender = { name: 'none', idempotent: true, timeoutMs: 1, send: unused }
  return {
    db: new Kysely<Database>({
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
    senders: { sms: sender, whatsapp: sender },
    wakeUps: { notify: unused, listen: () => ({ wait: unused, close: () => {} }) },
    clock: systemClock,
    log: pino({ level: 'silent' }),
    process: { id: '', host: '', pid: 0, startedAt: 0 },
    stopping: new AbortController().signal,
  }
}

function defaults({ name, config }: AnyPlugin): Record<string, unknown> {
  const settings = settingsOf(name, config as TObject | undefined)
  return Object.fromEntries(settings.map(({ key, schema }) => [key, schema.default]))
}

export interface PluginDescription {
  readonly name: string
  /** On one line: `reads customers; writes campaigns; clock, wakeUps`. */
  readonly permissions: string
  readonly routes: readonly { readonly method: string; readonly path: string }[]
  readonly loops: readonly string[]
}

/** Describes each plugin: its permissions, routes and loops, read from the plugin itself. */
export function listPlugins(plugins: readonly AnyPlugin[]): PluginDescription[] {
  const resources = inertResources()
  return plugins.map((plugin) => {
    const grant = grantTo(plugin, resources, { config: defaults(plugin), loops: () => [] })
    const { name, routes, loops } = build(plugin, grant)
    return {
      name,
      permissions: permissionText(plugin),
      routes: routesOf(name, routes).map(({ method, path }) => ({ method, path: path.replace(/(?<=.)\/$/, '') })),
      loops: loops.map(({ loop }) => loop),
    }
  })
}

function describePlugin({ name, permissions, routes, loops }: PluginDescription): string {
  return [
    name,
    `  may     ${permissions}`,
    ...routes.map(({ method, path }, i) => `  ${i === 0 ? 'routes' : '      '}  ${method.padEnd(6)} ${path}`),
    ...(loops.length > 0 ? [`  loops   ${loops.join(', ')}`] : []),
  ].join('\n')
}

export function describePlugins(plugins: readonly AnyPlugin[]): string {
  return listPlugins(plugins).map(describePlugin).join('\n\n')
}
