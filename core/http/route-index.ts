/** Routes of a server by their addresses: each request asks for them several times, and a server has many. */

interface Route {
  readonly method: string
  readonly path: string
}

interface Index<R extends Route> {
  /** Number of routes that it holds: a server gets them one after the other. */
  readonly count: number
  readonly byPattern: ReadonlyMap<string, readonly R[]>
  readonly bySize: ReadonlyMap<number, readonly Pattern<R>[]>
}

interface Pattern<R> {
  readonly steps: readonly string[]
  readonly routes: readonly R[]
}

const indexes = new WeakMap<readonly Route[], Index<Route>>()

/** A slash at the end makes no difference, as in the router. */
const stepsOf = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path).split('/')

function indexOf<R extends Route>(routes: readonly R[]): Index<R> {
  const known = indexes.get(routes)
  if (known?.count === routes.length) return known as Index<R>
  const byPattern = Map.groupBy(routes, ({ path }) => path)
  const patterns = [...byPattern].map(([path, routes]) => ({ steps: stepsOf(path), routes }))
  const made = { count: routes.length, byPattern, bySize: Map.groupBy(patterns, ({ steps }) => steps.length) }
  indexes.set(routes, made)
  return made
}

/** @param path as the routes declare it: `/things/:id` */
export const routesUnder = <R extends Route>(routes: readonly R[], path: string): readonly R[] =>
  indexOf(routes).byPattern.get(path) ?? []

/** @param path of a request, as it came: `/things/7` */
export function routesAt<R extends Route>(routes: readonly R[], path: string): readonly R[] {
  const given = stepsOf(path)
  const here = (indexOf(routes).bySize.get(given.length) ?? []).filter(({ steps }) => matches(steps, given))
  return here.length === 1 ? (here[0]?.routes ?? []) : here.flatMap(({ routes }) => routes)
}

const matches = (steps: readonly string[], given: readonly string[]): boolean =>
  steps.every((step, i) => (step.startsWith(':') ? !!given[i] : step === given[i]))
