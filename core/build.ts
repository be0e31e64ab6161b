/** What a plugin makes of its grant: routes, and loops by name. */
import type { AnyElysia } from 'elysia'
import type { OwnedRoute } from './checks.ts'
import type { AnyPlugin } from './plugin.ts'
import type { NamedLoop } from './supervise.ts'

export interface Built {
  readonly name: string
  readonly routes: AnyElysia | undefined
  readonly loops: readonly NamedLoop[]
}

export function build(
  { name, routes, loops }: AnyPlugin,
  grant: Parameters<NonNullable<AnyPlugin['routes']>>[0],
): Built {
  const named = Object.entries(loops?.(grant) ?? {})
  return { name, routes: routes?.(grant), loops: named.map(([loop, run]) => ({ plugin: name, loop, run })) }
}

export const routesOf = (owner: string, routes: AnyElysia | undefined): OwnedRoute[] =>
  (routes?.routes ?? []).map(({ method, path }) => ({ owner, method, path }))
