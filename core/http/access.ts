/**
 * Access to routes. Each declares in its documentation the scope that it requires, or that it is open (`route.ts`). The
 * edge refuses callers without a key before anything else is read; the route itself checks the scope.
 */
import type { DocumentDecoration } from 'elysia'
import { AppError, errors } from '../errors.ts'
import { anonymous, hasScope, principalOf } from './principal.ts'
import { routesAt, routesUnder } from './route-index.ts'

/** The scope that a route requires, or that it is open to everybody. */
export type Access = { readonly scope: string; readonly open?: never } | { readonly open: true; readonly scope?: never }

export interface Route {
  readonly method: string
  readonly path: string
  readonly hooks?: unknown
}

/** Access as OpenAPI writes it. */
export function accessDocs({ open, scope }: Access): DocumentDecoration {
  return open ? { security: [] } : ({ security: [{ bearer: [] }], 'x-scope': scope } as DocumentDecoration)
}

/** @returns undefined for a route that declares nothing */
export function accessOf({ hooks }: Route): Access | undefined {
  const { detail = {} } = (hooks ?? {}) as { readonly detail?: Readonly<Record<string, unknown>> }
  const { security, 'x-scope': scope } = detail
  if (typeof scope === 'string') return { scope }
  return Array.isArray(security) && security.length === 0 ? { open: true } : undefined
}

/** A HEAD is answered by the route of GET. */
const methodOf = (method: string): string => (method === 'HEAD' ? 'GET' : method)

const serves = (route: Route, method: string): boolean => route.method === methodOf(method) || route.method === 'ALL'

/**
 * Routes that may answer a request.
 * @param path of the request, as it came
 */
function answering(routes: readonly Route[], method: string, path: string): readonly Route[] {
  const here = routesAt(routes, path)
  const literal = here.filter((route) => !route.path.includes(':'))
  const nearest = literal.length > 0 ? literal : here
  const serving = nearest.filter((route) => serves(route, method))
  // Under another method the answer is 405, which tells no more than the documentation.
  return serving.length > 0 ? serving : nearest
}

/**
 * Says whether everybody gets an answer here. It errs towards asking for a key: the route decides in the end.
 * @param path of the request, as it came
 */
export function isOpen(routes: readonly Route[], method: string, path: string): boolean {
  const found = answering(routes, method, path)
  return found.length > 0 && found.every((route) => accessOf(route)?.open)
}

/** True for a route that takes requests as they come (`verbatim` in `route.ts`). */
export function takesVerbatim({ hooks }: Route): boolean {
  const { detail } = (hooks ?? {}) as { readonly detail?: Readonly<Record<string, unknown>> }
  return detail?.[VERBATIM] === true
}

/** Mark of such a route in its documentation. */
export const VERBATIM = 'x-verbatim'

/**
 * Says whether a request is passed to its route as it came.
 * @param path of the request, as it came
 */
export function isVerbatim(routes: readonly Route[], method: string, path: string): boolean {
  const found = answering(routes, method, path)
  return found.length > 0 && found.every(takesVerbatim)
}

/**
 * Refuses a caller who may not use a route. A route that declares nothing requires all scopes.
 * @param path of the route, as it was declared
 * @throws AppError UNAUTHORIZED, FORBIDDEN
 */
export function requireAccess(routes: readonly Route[], request: Request, path: string): void {
  const route = routesUnder(routes, path).find((one) => serves(one, request.method))
  const access = route && accessOf(route)
  if (access?.open) return
  const principal = principalOf(request)
  if (principal === anonymous) throw new AppError(errors.UNAUTHORIZED, errors.UNAUTHORIZED.example.message)
  if (hasScope(principal, access?.scope)) return
  throw new AppError(errors.FORBIDDEN, forbidden(access?.scope))
}

/** Error message for a caller who lacks a scope. */
export const forbidden = (scope: string | undefined): string =>
  scope === undefined ? 'This caller may not use this route' : `This caller lacks the scope "${scope}"`
