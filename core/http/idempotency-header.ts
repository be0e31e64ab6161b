/**
 * The `Idempotency-Key` header. A route that honours it declares so among the headers of its documentation; every other
 * refuses it, so that no caller repeats a request in the belief that it happens once.
 */
import { AppError, errors } from '../errors.ts'

const NAME = 'Idempotency-Key'

/** Methods of which HTTP itself does not promise that a repetition changes nothing (RFC 9110 9.2.2). */
const repeatable: ReadonlySet<string> = new Set(['POST', 'PATCH'])

interface Route {
  readonly method: string
  readonly path: string
  readonly hooks?: unknown
}

type Parameters = readonly { readonly name?: string }[] | undefined

const declares = (parameters: Parameters): boolean => parameters?.some(({ name }) => name === NAME) ?? false

function isHonouredBy({ hooks }: Route): boolean {
  const { detail } = (hooks ?? {}) as { readonly detail?: { readonly parameters?: Parameters } }
  return declares(detail?.parameters)
}

/** @param parameters of the documented operation */
export const refusesKey = (method: string, parameters: Parameters): boolean =>
  repeatable.has(method) && !declares(parameters)

const nameOf = ({ method, path }: Route) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`

/** The answer of a route that does not honour the header. */
export function keyRefusal(routes: readonly Route[], route: Route) {
  const honoured = routes.filter(isHonouredBy).map(nameOf).join(', ')
  const where = honoured === '' ? 'No route honours it' : `Only ${honoured} honours it`
  const message = `${nameOf(route)} does not honour the header ${NAME}: leave it out. ${where}`
  return { message, details: [{ path: 'header.idempotency-key', message }] }
}

/**
 * @param path of the route, as it was declared
 * @throws AppError IDEMPOTENCY_KEY_NOT_SUPPORTED, before anything is done
 */
export function requireHonoured(routes: readonly Route[], { method, headers }: Request, path: string): void {
  if (!repeatable.has(method) || !headers.has(NAME)) return
  if (routes.some((route) => route.method === method && route.path === path && isHonouredBy(route))) return
  const { message, details } = keyRefusal(routes, { method, path })
  throw new AppError(errors.IDEMPOTENCY_KEY_NOT_SUPPORTED, message, details)
}
