/** Methods of an address, for 405 and for OPTIONS. */
import { routesAt } from './route-index.ts'

interface Route {
  readonly method: string
  readonly path: string
}

/** The value of the Allow header; undefined when no route is at this path. */
export function allowedMethods(routes: readonly Route[], path: string): string | undefined {
  const methods = new Set(routesAt(routes, path).map(({ method }) => method))
  if (methods.size === 0) return undefined
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods, 'OPTIONS'].join(', ')
}
