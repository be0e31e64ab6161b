/**
 * Plugins from outside the tree: entries of PLUGINS that are paths or packages. They are loaded before any setting is read,
 * since a plugin brings settings of its own, and stand in the list of plugins like built-in ones from then on.
 */
import { BootError } from '../errors.ts'
import { namePattern } from './checks.ts'
import type { AnyPlugin } from './plugin.ts'

/** Version of the plugin API: counted up when a plugin that was written for it may no longer work. */
export const API_VERSION = 1

/** A plugin with the entry of PLUGINS that it was loaded from. */
export type OutsidePlugin = AnyPlugin & { readonly from: string }

export const isOutside = (plugin: AnyPlugin): plugin is OutsidePlugin => 'from' in plugin

export interface LoadOptions {
  /** Folder that paths and packages are resolved from; by default the working directory. */
  readonly folder?: string
  /** Opens the module that plugins import as `campaign-dispatch/plugin`. */
  readonly entry: () => Promise<object>
}

/** The entries of PLUGINS. */
export const entriesOf = (text: string | undefined): string[] =>
  (text?.trim() ? text : 'all').split(',').map((entry) => entry.trim())

const isPath = (entry: string) => /^(\.{0,2}\/|\.{1,2}$)/.test(entry)

/**
 * @param text PLUGINS as it is set
 * @returns the built-in plugins, and after them those that PLUGINS names by path or package
 * @throws BootError with a line for each that cannot be had
 */
export async function loadPlugins(
  builtIn: readonly AnyPlugin[],
  text: string | undefined,
  { folder = process.cwd(), entry: open }: LoadOptions,
): Promise<readonly AnyPlugin[]> {
  const names = new Set(['all', ...builtIn.map(({ name }) => name)])
  const external = [...new Set(entriesOf(text))]
    .filter((entry) => !names.has(entry))
    .flatMap((entry) => {
      const file = resolve(entry, folder)
      // An entry that is neither a path nor a package is a misspelt name: the settings list the names that exist.
      return file !== undefined || isPath(entry) || /[@/]/.test(entry) ? [{ entry, file }] : []
    })
  if (external.length === 0) return builtIn
  provideEntry(open)
  const loaded = await Promise.all(external.map(({ entry, file }) => load(entry, file, folder)))
  const problems = loaded.filter((one) => typeof one === 'string')
  const outside = loaded.filter((one) => typeof one !== 'string')
  problems.push(...clashes(builtIn, outside))
  if (problems.length > 0) throw new BootError(problems.join('\n'))
  return [...builtIn, ...outside]
}

function resolve(entry: string, folder: string): string | undefined {
  try {
    return Bun.resolveSync(entry, folder)
  } catch {
    return undefined
  }
}

let provided = false

/** Whatever a plugin's own folder holds under the name, it works with the one copy that this process runs. */
function provideEntry(open: () => Promise<object>): void {
  if (provided) return
  provided = true
  Bun.plugin({
    name: 'campaign-dispatch/plugin',
    setup: (build) => {
      build.module('campaign-dispatch/plugin', async () => ({ exports: { ...(await open()) }, loader: 'object' }))
    },
  })
}

/** @returns the plugin, or the line that says why there is none */
async function load(entry: string, file: string | undefined, folder: string): Promise<OutsidePlugin | string> {
  const named = `PLUGINS names "${entry}", which`
  if (file === undefined)
    return isPath(entry)
      ? `${named} does not exist: paths begin at ${folder}`
      : `${named} is not installed in ${folder}`
  let module: { readonly default?: unknown; readonly plugin?: unknown }
  try {
    module = await import(file)
  } catch (error) {
    return `${named} cannot be loaded: ${oneLine(error)}`
  }
  const plugin = module.default ?? module.plugin
  if (!isPlugin(plugin)) return `${named} exports no plugin: expected export default definePlugin({ name, needs, ... })`
  if (!namePattern.test(plugin.name))
    return `${named} is called "${plugin.name}": a plugin's name must be lower-case letters and digits`
  const { apiVersion = API_VERSION } = plugin
  if (apiVersion !== API_VERSION)
    return `${named} is written for version ${apiVersion} of the plugin API: this program has version ${API_VERSION}`
  return { ...plugin, from: entry }
}

const isPlugin = (value: unknown): value is AnyPlugin & { readonly apiVersion?: unknown } => {
  const { name, needs } = (value ?? {}) as { readonly name?: unknown; readonly needs?: unknown }
  return typeof name === 'string' && typeof needs === 'object' && needs !== null
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/\s+/g, ' ').trim().slice(0, 300)
}

function clashes(builtIn: readonly AnyPlugin[], outside: readonly OutsidePlugin[]): string[] {
  const owners = new Map(builtIn.map(({ name }) => [name, 'a plugin that is built in']))
  return outside.flatMap(({ name, from }) => {
    const owner = owners.get(name)
    if (owner === undefined) owners.set(name, `"${from}"`)
    return owner === undefined ? [] : [`PLUGINS names "${from}", which is called "${name}", as is ${owner}`]
  })
}
