/** Makes one program of the plugins that are switched on: their grants, routes and loops, refused as a whole if any is wrong. */
import type { AnyElysia, MergeElysiaInstances } from 'elysia'
import { BootError } from '../errors.ts'
import { type Built, build, routesOf } from './build.ts'
import { nameProblems, needProblems, routeProblems, settingProblems } from './checks.ts'
import { grantTo } from './grant.ts'
import type { AnyPlugin, LoopState, Plugin, Site } from './plugin.ts'
import type { Resources } from './resources.ts'
import { type Supervisor, supervise } from './supervise.ts'

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
  /** To be listened for by whoever listens for the server. */
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
  /** Milliseconds that loops have to finish the work in flight. */
  readonly drainMs: number
}

/** @throws BootError with a line for each thing that is wrong */
export function compose<const P extends readonly AnyPlugin[]>(
  plugins: P,
  resources: Resources,
  { base, config, enabled = [...new Set(plugins.map(({ name }) => name))], drainMs }: ComposeOptions,
): App<P> {
  refuse([...nameProblems(plugins, enabled), ...plugins.flatMap(needProblems), ...settingProblems(plugins, config)])
  const chosen = plugins.filter(({ name }) => enabled.includes(name))
  let supervisor: Supervisor | undefined
  const states = () => supervisor?.states() ?? []
  const built = chosen.map((one) => build(one, grantTo(one, resources, { config: config[one.name], loops: states })))
  const loops = built.flatMap((one) => one.loops)
  supervisor = supervise(loops, { clock: resources.clock, log: resources.log, drainMs })
  mount(base, built)
  const { start, stop } = supervisor
  return {
    server: base as Server<P>,
    enabled: chosen.map(({ name }) => name),
    loops: states,
    sites: built.flatMap(({ site }) => site ?? []),
    start,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

function mount(base: AnyElysia, built: readonly Built[]): void {
  const owned = built.flatMap(({ name, routes }) => routesOf(`plugin "${name}"`, routes))
  refuse(routeProblems([...routesOf('the server itself', base), ...owned]))
  for (const { routes } of built) if (routes) base.use(routes)
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new BootError(problems.join('\n'))
}
