/** Builds a plugin from its grant: routes, loops by name, a site. */
import type { AnyElysia } from 'elysia'
import type { OwnedRoute } from './checks.ts'
import type { AnyGrant, AnyPlugin, Site } from './plugin.ts'
import type { NamedLoop } from './supervise.ts'

export interface Built {
  readonly name: string
  readonly routes: AnyElysia | undefined
  readonly loops: readonly NamedLoop[]
  readonly site: Site | undefined
}

export function build({ name, routes, loops, site }: AnyPlugin, grant: AnyGrant): Built {
  const named = Object.entries(loops?.(grant) ?? {})
  return {
    name,
    routes: routes?.(grant),
    loops: named.map(([loop, run]) => ({ plugin: name, loop, run })),
    site: site?.(grant),
  }
}

export const routesOf = (owner: string, routes: AnyElysia | undefined): OwnedRoute[] =>
  (routes?.routes ?? []).map(({ method, path, hooks }) => ({ owner, method, path, hooks }))
