/** Grants a plugin one handle for each permission that it named, none wider than its name, and no other. */

import { openNet } from './net.ts'
import { bookkeepingOf, prefixOf } from './own-tables.ts'
import { guard, type Tables } from './permit.ts'
import type { Grant, Handles, LoopState, Needs } from './plugin.ts'
import type { Resources } from './resources.ts'
import type { OpenServices } from './services.ts'

export interface GrantOptions {
  /** The plugin's own settings. */
  readonly config: unknown
  /** The state of every loop of this process. */
  readonly loops: () => readonly LoopState[]
}

export function grantTo<N extends Needs>(
  { name, needs }: { readonly name: string; readonly needs: N },
  resources: Resources,
  { config, loops }: GrantOptions,
): Grant<N> {
  const { db, database, queue, clock, wakeUps, process, stopping } = resources
  const handles: { readonly [P in keyof Handles<N>]: () => unknown } = {
    db: () => guard(db, name, { ...needs.db, own: needs.tables && ownTablesOf(name) }),
    net: () => openNet(name, needs.net ?? [], resources.fetch),
    publish: () => Object.freeze({ publish: (...args: Parameters<typeof queue.publish>) => queue.publish(...args) }),
    consume: () =>
      Object.freeze({
        take: (stop: AbortSignal, prefetch?: number) => queue.take(stop, prefetch),
        takeNow: () => queue.takeNow(),
      }),
    clock: () => clock,
    wakeUps: () => Object.freeze({ notify: wakeUps.notify.bind(wakeUps), listen: wakeUps.listen.bind(wakeUps) }),
    database: () => Object.freeze({ check: () => database.check() }),
    queue: () => Object.freeze({ name: queue.name, check: () => queue.check(), inspect: () => queue.inspect() }),
    loops: () => loops,
    listen: () => true,
    stopping: () => stopping,
  }
  const isNamed = (permission: string) => needs[permission as keyof Needs] || (permission === 'db' && needs.tables)
  const named = Object.entries(handles).filter(([permission]) => isNamed(permission))
  const grant: Readonly<Record<string, unknown>> = Object.freeze({
    ...Object.fromEntries(named.map(([permission, open]) => [permission, open()])),
    ...openParts(name, needs, resources.services),
    config: Object.freeze(config),
    log: resources.log.child({ plugin: name }),
    process: Object.freeze({ ...process }),
  })
  return grant as Grant<N>
}

const ownTablesOf = (plugin: string): Tables['own'] => ({
  prefix: prefixOf(plugin),
  reserved: bookkeepingOf(plugin),
})

/** The parts of each service that the plugin named, opened for it. */
function openParts(plugin: string, needs: Needs, services: OpenServices): Readonly<Record<string, object>> {
  const partsByService = needs as Readonly<Record<string, readonly string[] | undefined>>
  const open = services as Readonly<Record<string, Readonly<Record<string, (plugin: string) => unknown>>>>
  return Object.fromEntries(
    Object.entries(open).flatMap(([service, parts]) => {
      const granted = partsByService[service]?.map((part) => [part, parts[part]?.(plugin)])
      return granted ? [[service, Object.freeze(Object.fromEntries(granted))]] : []
    }),
  )
}
