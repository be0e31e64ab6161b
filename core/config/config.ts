/** Every setting of the process. The only file that reads the environment. */
import { isIPv4 } from 'node:net'
import type { Static, TObject } from '@sinclair/typebox'
import { t } from 'elysia'
import { readDatabaseUrl } from '../db/database-url.ts'
import { BootError } from '../errors.ts'
import { checkGrants } from '../host/grants.ts'
import { entriesOf, isOutside } from '../host/load.ts'
import type { AnyPlugin } from '../host/plugin.ts'
import { splitKeys } from '../http/keys.ts'
import { ownUrl } from '../http/own-url.ts'
import { nearest } from '../text/nearest.ts'
import { type CoreSettings, coreSchema } from './core-settings.ts'
import { allowedText, badSetting, parseSetting, type Setting, settingsOf, textOf } from './setting.ts'

export type { CoreSettings } from './core-settings.ts'
export type Environment = Readonly<Record<string, string | undefined>>
export const environment: Environment = process.env

export interface Settings<Core extends CoreSettings = CoreSettings> {
  /** Settings of the process itself. */
  readonly core: Core
  /** Names of the plugins to run. */
  readonly enabled: readonly string[]
  /** Each plugin's own settings, by its name. */
  readonly config: Readonly<Record<string, unknown>>
  /** Lines to log: what is allowed, but probably not meant. */
  readonly warnings: readonly string[]
}

/** Settings of one owner: the core (''), or a plugin. */
interface Group {
  readonly owner: string
  readonly schema: TObject
  readonly settings: readonly Setting[]
}

function groups(plugins: readonly AnyPlugin[], schema: TObject): Group[] {
  const group = (owner: string, schema: TObject): Group => ({ owner, schema, settings: settingsOf(owner, schema) })
  return [
    group('', schema),
    ...plugins.map(({ name, config }) => group(name, (config as TObject | undefined) ?? t.Object({}))),
  ]
}

/** By variable: two plugins may read one variable, which is then wrong once. */
type Problems = Map<string, string>

function parseGroup({ schema, settings }: Group, env: Environment, problems: Problems): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const setting of settings) {
    const parsed = parseSetting(setting, env[setting.name], schema.required?.includes(setting.key) ?? false)
    if ('problem' in parsed) problems.set(setting.name, problems.get(setting.name) ?? parsed.problem)
    else if (parsed.value !== undefined) values[setting.key] = parsed.value
  }
  return values
}

/** Faults that a schema cannot express, with a line for each bad setting. */
function contradictions(core: Partial<CoreSettings>, env: Environment, plugins: readonly AnyPlugin[]): string[] {
  const bad = (key: keyof CoreSettings, expected?: string) => {
    const setting = settingsOf('', coreSchema).find((one) => one.key === key)
    return setting ? [badSetting(setting, env[setting.name] ?? '', expected)] : []
  }
  const known = plugins.filter((plugin) => !isOutside(plugin)).map(({ name }) => name)
  const wrong = enabledNames(core.plugins, plugins).some(
    (name, i, all) => !plugins.some((plugin) => plugin.name === name) || all.indexOf(name) < i,
  )
  const unreadable = core.rabbitmqUrl !== undefined && !URL.canParse(core.rabbitmqUrl)
  return [
    ...(wrong ? bad('plugins', `all, or some of ${known.join(', ')}, each once, and paths or packages`) : []),
    ...(unreadable ? bad('rabbitmqUrl') : []),
    ...unreadableDatabase('DATABASE_URL', core.databaseUrl),
    ...unreadableDatabase('DATABASE_DIRECT_URL', core.databaseDirectUrl),
    ...(core.databaseDirectUrl && !core.databaseUrl
      ? [
          'DATABASE_URL is not set, but DATABASE_DIRECT_URL belongs to it. Set DATABASE_URL, or remove DATABASE_DIRECT_URL.',
        ]
      : []),
    ...(core.host && !isLoopback(core.host) && !env.API_KEYS?.trim()
      ? [
          `API_KEYS is not set, but HOST=${core.host} lets other machines in. Set API_KEYS, or remove HOST to use 127.0.0.1.`,
        ]
      : []),
  ]
}

function unreadableDatabase(setting: string, url: string | undefined): string[] {
  if (url === undefined) return []
  try {
    readDatabaseUrl(url, setting)
    return []
  } catch (error) {
    if (error instanceof BootError) return [error.message]
    throw error
  }
}

function enabledNames(text: string | undefined, plugins: readonly AnyPlugin[]): string[] {
  return entriesOf(text).flatMap((entry) => {
    if (entry === 'all') return plugins.filter((plugin) => !isOutside(plugin)).map(({ name }) => name)
    return plugins.find((plugin) => isOutside(plugin) && plugin.from === entry)?.name ?? entry
  })
}

const isLoopback = (host: string) => /^(localhost|::1)$/i.test(host) || (isIPv4(host) && host.startsWith('127.'))

function warningsAbout(env: Environment, known: ReadonlySet<string>): string[] {
  return Object.keys(env)
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const meant = nearest(name, known)
      return meant ? [`${name} is not a setting and does nothing: did you mean ${meant}?`] : []
    })
}

/** Settings that the domain adds to those of the process. */
export interface AddedSettings<Schema extends TObject> {
  /** All settings of the process, those of `coreSchema` among them. */
  readonly schema: Schema
  /** Lines about values that do not fit together. */
  readonly contradictions?: (core: Partial<Static<Schema>>) => readonly string[]
  /** Plugins that a setting switches on, besides those that PLUGINS names. */
  readonly alsoEnabled?: (core: Partial<Static<Schema>>) => readonly string[]
  /** Variables that are read besides, which a setting has named. */
  readonly alsoRead?: (core: Partial<Static<Schema>>) => readonly Setting[]
}

/** Parses everything at once. Throws one BootError with a line for each bad setting. */
export function readSettings<Schema extends TObject>(
  env: Environment,
  plugins: readonly AnyPlugin[],
  { schema, contradictions: more = () => [], alsoEnabled = () => [], alsoRead = () => [] }: AddedSettings<Schema>,
): Settings<CoreSettings & Static<Schema>> {
  const problems: Problems = new Map()
  const all = groups(plugins, schema)
  const [core, ...rest] = all.map((group) => ({ ...group, values: parseGroup(group, env, problems) }))
  const values = (core?.values ?? {}) as Partial<CoreSettings & Static<Schema>>
  const config = Object.fromEntries(rest.map(({ owner, values }) => [owner, values]))
  const enabled = [...new Set([...enabledNames(values.plugins, plugins), ...alsoEnabled(values)])]
  const grants = checkGrants(
    values.grants,
    plugins.filter(({ name }) => enabled.includes(name)),
  )
  // Two senders may read one variable, which is then wrong once.
  const lines = new Set([
    ...problems.values(),
    ...contradictions(values, env, plugins),
    ...more(values),
    ...grants.problems,
  ])
  if (lines.size > 0) throw new BootError([...lines].join('\n'))
  const read = [...all.flatMap(({ settings }) => settings), ...alsoRead(values)]
  const known = new Set(read.map(({ name }) => name))
  return {
    core: values as CoreSettings & Static<Schema>,
    enabled,
    config,
    warnings: [...warningsAbout(env, known), ...grants.warnings],
  }
}

export interface SettingDescription {
  readonly name: string
  /** The plugin that reads it; '' for the core. */
  readonly owner: string
  readonly default: string
  readonly description: string
  readonly allowed: string
}

/** Every variable once, for `.env.example`, the README and whoever checks that both are complete. */
export function describeSettings(plugins: readonly AnyPlugin[], schema: TObject): SettingDescription[] {
  const described = new Map<string, SettingDescription>()
  for (const { owner, settings } of groups(plugins, schema))
    for (const { name, schema } of settings.filter((setting) => !described.has(setting.name)))
      described.set(name, {
        name,
        owner,
        default: textOf(schema.default),
        description: schema.description ?? '',
        allowed: allowedText(schema),
      })
  return [...described.values()]
}

export interface DashboardSettings {
  /** Address of this machine's API, by its own settings. */
  readonly url: string
  readonly key: string | undefined
  /** True where colours are turned off: https://no-color.org */
  readonly plain: boolean
}

/** Settings of a dashboard, read from those of the server beside it. Throws a BootError for a PORT that is none. */
export function readDashboardSettings(env: Environment = environment): DashboardSettings {
  const { core } = readSettings({ HOST: env.HOST, PORT: env.PORT, API_KEYS: env.API_KEYS }, [], { schema: coreSchema })
  const [key] = splitKeys(core.apiKeys)
  return { url: ownUrl(core.host, core.port), key, plain: Boolean(env.NO_COLOR) }
}
