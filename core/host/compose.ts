/** Makes one program of the plugins that are switched on: their grants, routes and loops, refused as a whole if any is wrong. */
import type { TObject } from '@sinclair/typebox'
import type { AnyElysia, MergeElysiaInstances } from 'elysia'
import { BootError } from '../errors.ts'
import { type Built, build, routesOf } from './build.ts'
import { nameProblems, needProblems, routeProblems, settingProblems } from './checks.ts'
import { accessProblems, errorProblems, scopeProblems } from './contributed.ts'
import { grantTo } from './grant.ts'
import type { AnyGrant, AnyPlugin, LoopState, Plugin, Site } from './plugin.ts'
import type { Resources } from './resources.ts'
import { type NamedLoop, type Supervisor, supervise } from './supervise.ts'

export { describePlugins } from './describe.ts'

/** Typed as if every plugin were on (for a client and OpenAPI); at run time only the enabled ones answer. */
export type Server<P extends readonly AnyPlugin[]> = MergeElysiaInstances<{
  // biome-ignore lint/suspicious/noExplicitAny: only the routes of each plugin are of interest
  -readonly [I in keyof P]: P[I] extends Plugin<any, any, infer R> ? R : never
}>

export interface App<P extends readonly AnyPlugin[]> extends AsyncDisposable {
  readonly server: Server<P>
  /** Names of the plugins that run, in the order of the list. */
  readonly enabled: readonly string[]
  loops(): readonly LoopState[]
  /** Sites of the plugins; the caller opens their ports, as it does for the server. */
  readonly sites: readonly Site[]
  /** Starts the loops; the server listens on its own. */
  start(): Promise<void>
  /** Resolves once every loop has ended, with the names of those that did not. */
  stop(): Promise<readonly string[]>
}

export interface ComposeOptions {
  /** The server that routes are added to; it must have its error handler already. */
  readonly base: AnyElysia
  /** Each plugin's settings, as `readSettings` gives them. */
  readonly config: Readonly<Record<string, unknown>>
  /** Default: all. */
  readonly enabled?: readonly string[]
  /** Settings of the process itself, with which a plugin's may share a variable. */
  readonly settings: TObject
  /** Milliseconds that loops have to finish the work in flight. */
  readonly drainMs: number
  /**
   * Takes what plugins contribute to the floor above, before any of their routes and loops is built.
   * @returns loops that it runs for them
   */
  readonly contributed?: (members: readonly Member[]) => readonly NamedLoop[]
}

/** A plugin that is switched on, with its grant. */
export interface Member {
  readonly plugin: AnyPlugin
  readonly grant: AnyGrant
}

/** @throws BootError with a line for each thing that is wrong */
export function compose<const P extends readonly AnyPlugin[]>(
  plugins: P,
  resources: Resources,
  options: ComposeOptions,
): App<P> {
  const { base, drainMs } = options
  let supervisor: Supervisor | undefined
  const states = () => supervisor?.states() ?? []
  const members = admit(plugins, resources, options, states)
  const contributed = options.contributed?.(members) ?? []
  const built = members.map(({ plugin, grant }) => build(plugin, grant))
  const loops = [...built.flatMap((one) => one.loops), ...contributed]
  supervisor = supervise(loops, { clock: resources.clock, log: resources.log, drainMs })
  mount(base, built, members)
  const { start, stop } = supervisor
  return {
    server: base as Server<P>,
    enabled: built.map(({ name }) => name),
    loops: states,
    sites: built.flatMap(({ site }) => site ?? []),
    start,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

/** Grants to each plugin that is switched on what it needs; refuses all of them if anything is wrong with one. */
function admit(
  plugins: readonly AnyPlugin[],
  resources: Resources,
  { config, settings, enabled = [...new Set(plugins.map(({ name }) => name))] }: ComposeOptions,
  loops: () => readonly LoopState[],
): Member[] {
  const chosen = plugins.filter(({ name }) => enabled.includes(name))
  refuse([
    ...nameProblems(plugins, enabled),
    ...plugins.flatMap((plugin) => needProblems(plugin, resources)),
    ...settingProblems(plugins, config, settings),
    ...errorProblems(chosen),
    ...scopeProblems(chosen),
  ])
  return chosen.map((plugin) => ({ plugin, grant: grantTo(plugin, resources, { config: config[plugin.name], loops }) }))
}

function mount(base: AnyElysia, built: readonly Built[], members: readonly Member[]): void {
  const owned = built.map(({ name, routes }) => routesOf(`plugin "${name}"`, routes))
  refuse([
    ...routeProblems([...routesOf('the server itself', base), ...owned.flat()]),
    ...members.flatMap(({ plugin }, nth) => accessProblems(plugin, owned[nth] ?? [])),
  ])
  for (const { routes } of built) if (routes) base.use(routes)
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new BootError(problems.join('\n'))
}
