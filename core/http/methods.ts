/** Methods of an address, for 405 and for OPTIONS. */

interface Route {
  readonly method: string
  readonly path: string
}

/** A slash at the end makes no difference, as in the router. */
const steps = (path: string) => path.replace(/\/$/, '').split('/')

export function matches(pattern: string, path: string): boolean {
  const expected = steps(pattern)
  const given = steps(path)
  return (
    expected.length === given.length &&
    expected.every((step, i) => (step.startsWith(':') ? !!given[i] : step === given[i]))
  )
}

/** The value of the Allow header; undefined when no route is at this path. */
export function allowedMethods(routes: readonly Route[], path: string): string | undefined {
  const methods = new Set(routes.filter((route) => matches(route.path, path)).map(({ method }) => method))
  if (methods.size === 0) return undefined
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods, 'OPTIONS'].join(', ')
}
