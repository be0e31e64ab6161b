/**
 * The `Idempotency-Key` header. A route that supports it declares it among the headers of its documentation; every other
 * route refuses it, so that no caller repeats a request in the belief that it is executed only once. A route that takes
 * requests as they come ignores it.
 */
import { AppError, errors } from '../errors.ts'
import { takesVerbatim, VERBATIM } from './access.ts'

const NAME = 'Idempotency-Key'

/** Methods that are not idempotent in HTTP itself (RFC 9110 9.2.2). */
const notIdempotent: ReadonlySet<string> = new Set(['POST', 'PATCH'])

interface Route {
  readonly method: string
  readonly path: string
  readonly hooks?: unknown
}

type Parameters = readonly { readonly name?: string }[] | undefined

const declares = (parameters: Parameters): boolean => parameters?.some(({ name }) => name === NAME) ?? false

function isSupportedBy({ hooks }: Route): boolean {
  const { detail } = (hooks ?? {}) as { readonly detail?: { readonly parameters?: Parameters } }
  return declares(detail?.parameters)
}

/** @param operation as it is documented */
export const refusesKey = (method: string, operation: Readonly<Record<string, unknown>>): boolean =>
  notIdempotent.has(method) && operation[VERBATIM] !== true && !declares(operation.parameters as Parameters)

const nameOf = ({ method, path }: Route) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`

/** The error of a route that does not support the header. */
export function keyRefusal(routes: readonly Route[], route: Route) {
  const supporting = routes.filter(isSupportedBy).map(nameOf).join(', ')
  const where = supporting === '' ? 'No route supports it' : `Only ${supporting} supports it`
  const message = `${nameOf(route)} does not support the header ${NAME}: leave it out. ${where}`
  return { message, details: [{ path: 'header.idempotency-key', message }] }
}

/**
 * @param path of the route, as it was declared
 * @throws AppError IDEMPOTENCY_KEY_NOT_SUPPORTED, before anything is done
 */
export function requireSupported(routes: readonly Route[], { method, headers }: Request, path: string): void {
  if (!notIdempotent.has(method) || !headers.has(NAME)) return
  if (
    routes.some(
      (route) => route.method === method && route.path === path && (takesVerbatim(route) || isSupportedBy(route)),
    )
  )
    return
  const { message, details } = keyRefusal(routes, { method, path })
  throw new AppError(errors.IDEMPOTENCY_KEY_NOT_SUPPORTED, message, details)
}
