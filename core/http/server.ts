/** The HTTP server that plugins' routes are added to: one form for all errors, JSON only, documented at /swagger. */
import { Elysia } from 'elysia'
import { type Clock, systemClock } from '../clock.ts'
import { AppError, type ErrorKind, errors } from '../errors.ts'
import type { Log } from '../log/log.ts'
import { isOpen, isVerbatim, requireAccess } from './access.ts'
import { pathOf } from './address.ts'
import { NO_BODY, readJson } from './body.ts'
import { composed } from './composed.ts'
import { docsPage } from './docs-page.ts'
import { type Admission, answerError, edge, errorResponse, type Fetch } from './edge.ts'
import { requireSupported } from './idempotency-header.ts'
import { type Authenticate, openKeys } from './keys.ts'
import { allowedMethods } from './methods.ts'
import { type About, describeApi } from './openapi.ts'
import { withPatience } from './patience.ts'
import { routesUnder } from './route-index.ts'
import { startPage } from './start-page.ts'

export interface ServerOptions {
  readonly log: Log
  readonly clock?: Clock
  /** Default: everybody may come in. */
  readonly authenticate?: Authenticate
  /** Rejects with an Outage while the database confirms no commits. */
  readonly confirm?: () => Promise<void>
  readonly about?: About
  /** The API's version, as its documentation names it. */
  readonly version?: string
  /** Kinds of refusals that plugins contribute. */
  readonly errors?: readonly ErrorKind[]
}

const unnamed: About = { name: 'api', title: 'API', description: 'An API.', tags: {} }

/**
 * An empty server. It must be the root, that is `baseServer(...).use(routes)`: what it does with requests and errors
 * covers only what is added to it.
 */
export function baseServer({
  log,
  clock = systemClock,
  authenticate = openKeys([]),
  confirm = async () => {},
  about = unnamed,
  version = '0.1.0',
  errors: contributed = [],
}: ServerOptions) {
  const admit: Admission = {
    authenticate,
    isOpen: (method, path) => isOpen(server.routes, method, path),
    isVerbatim: (method, path) => isVerbatim(server.routes, method, path),
  }
  // normalize: fields that a schema does not know are refused, not dropped. systemRouter: Bun's own router differs in
  // small ways from the one behind `handle`, which is what the tests go through.
  const server = new Elysia({ normalize: false, systemRouter: false })
    .wrap((fetch) => edge(log, admit)(withPatience(fetch as unknown as Fetch, confirm, clock)))
    .onError({ as: 'global' }, ({ code, error, request }) =>
      code === 'NOT_FOUND' ? noRoute(server, request) : answerError(error, request, log),
    )
    // Routes also say `parse: 'json'`: this comes before it and always answers, so that is for the documentation only.
    // A route with `parse: 'none'` reads its body itself. It is asked for DELETE too, which takes no body: whatever comes with it is not read.
    .onParse({ as: 'global' }, ({ request, route }) => {
      requireAccess(server.routes, request, route)
      return request.method === 'DELETE' || readsBody(server.routes, request.method, route)
        ? NO_BODY
        : readJson(request, clock)
    })
    .onTransform({ as: 'global' }, (context) => {
      // Again, for methods without a body.
      requireAccess(server.routes, context.request, context.route)
      requireSupported(server.routes, context.request, context.route)
      if (context.body === NO_BODY) context.body = undefined
      context.query = composed(context.query)
    })
    .use(docsPage(about.title, (): object => describeApi(server, { about, version, errors: contributed })))
    .use(startPage(about.name, version))
  return server
}

type Routes = readonly { readonly method: string; readonly path: string; readonly hooks?: unknown }[]

function readsBody(routes: Routes, method: string, path: string): boolean {
  const route = routesUnder(routes, path).find((one) => one.method === method)
  const { parse } = (route?.hooks ?? {}) as { readonly parse?: readonly { readonly fn: unknown }[] }
  return parse?.some(({ fn }) => fn === 'none') ?? false
}

/** An address that exists under other methods only is answered with those. */
function noRoute(server: { readonly routes: readonly { method: string; path: string }[] }, request: Request): Response {
  const allow = allowedMethods(server.routes, pathOf(request.url))
  if (!allow) return errorResponse(new AppError(errors.NOT_FOUND, 'There is nothing at this address'))
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } })
  const refusal = errorResponse(
    new AppError(errors.METHOD_NOT_ALLOWED, `${request.method} is not allowed here: use ${allow}`),
  )
  refusal.headers.set('allow', allow)
  return refusal
}
