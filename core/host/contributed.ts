/** Errors and scopes that plugins contribute to the API, and the problems of a set of plugins, one line each. */
import { type ErrorKind, errors } from '../errors.ts'
import { accessOf } from '../http/access.ts'
import { refusalsOf } from '../http/route.ts'
import { hint, type OwnedRoute } from './checks.ts'
import type { AnyPlugin } from './plugin.ts'

const kindsOf = (plugin: AnyPlugin): readonly ErrorKind[] => Object.values(plugin.errors ?? {})

/** @param enabled names of the plugins that are switched on; default: all */
export function errorsOf(
  plugins: readonly AnyPlugin[],
  enabled: readonly string[] = plugins.map(({ name }) => name),
): ErrorKind[] {
  return [...new Set(plugins.filter(({ name }) => enabled.includes(name)).flatMap(kindsOf))]
}

/** Two plugins may share a code if they mean the same by it. */
export function errorProblems(plugins: readonly AnyPlugin[]): string[] {
  const known = new Map<string, { readonly owner: string; readonly kind: ErrorKind }>()
  const note = (owner: string, kind: ErrorKind): string[] => {
    const first = known.get(kind.code)
    if (!first) known.set(kind.code, { owner, kind })
    return first && !Bun.deepEquals(first.kind, kind) ? [clash(owner, kind, first)] : []
  }
  for (const kind of Object.values(errors)) note('the host', kind)
  return plugins.flatMap((plugin) => kindsOf(plugin).flatMap((kind) => note(`plugin "${plugin.name}"`, kind)))
}

function clash(owner: string, kind: ErrorKind, first: { readonly owner: string; readonly kind: ErrorKind }): string {
  const code = `Error ${kind.code} of ${owner}`
  return kind.status === first.kind.status
    ? `${code} has another example or other details than that of ${first.owner}`
    : `${code} has the status ${kind.status}; that of ${first.owner} has ${first.kind.status}`
}

/** Two plugins may share a scope if their descriptions are the same. */
export function scopeProblems(plugins: readonly AnyPlugin[]): string[] {
  const known = new Map<string, { readonly plugin: string; readonly text: string }>()
  const problems: string[] = []
  const declared = plugins.flatMap(({ name, scopes = {} }) =>
    Object.entries(scopes).map(([scope, text]) => ({ plugin: name, scope, text })),
  )
  for (const { plugin, scope, text } of declared) {
    const first = known.get(scope) ?? { plugin, text }
    known.set(scope, first)
    if (!/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/.test(scope))
      problems.push(`Plugin "${plugin}" declares the scope "${scope}": it must be named like "things:read"`)
    if (first.text !== text)
      problems.push(`Scope "${scope}" of plugin "${plugin}" has another description than in plugin "${first.plugin}"`)
  }
  return problems
}

/** A route must declare its access; its plugin must declare the scope that it requires and the errors that it returns. */
export function accessProblems(plugin: AnyPlugin, routes: readonly OwnedRoute[]): string[] {
  const scopes = Object.keys(plugin.scopes ?? {})
  const codes = [...Object.values(errors), ...kindsOf(plugin)].map(({ code }) => code)
  return routes.flatMap((route) => {
    const name = `Route ${route.method} ${route.path} of ${route.owner}`
    const access = accessOf(route)
    if (!access) return [`${name} declares no access: use route({ scope: ... }) or route({ open: true })`]
    const isDeclared = access.open || scopes.includes(access.scope)
    return [
      ...(isDeclared
        ? []
        : [
            `${name} requires the scope "${access.scope}", which it does not declare${hint(access.scope ?? '', scopes)}`,
          ]),
      ...refusalsOf(route)
        .filter((code) => !codes.includes(code))
        .map((code) => `${name} answers with the error ${code}, which its plugin does not list`),
    ]
  })
}
