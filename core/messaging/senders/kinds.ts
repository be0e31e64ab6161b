/** Kinds of senders that plugins contribute. */
import { BootError } from '../../errors.ts'
import type { AnyGrant, AnyPlugin } from '../../host/plugin.ts'
import type { SenderKind } from './contract.ts'

/** A kind with the plugin that brings it. */
export interface Contributed {
  readonly plugin: string
  readonly kind: SenderKind<AnyGrant>
}

/** @returns every kind of sender by its name */
export function senderKindsOf(plugins: readonly AnyPlugin[]): ReadonlyMap<string, Contributed> {
  const kinds = new Map<string, Contributed>()
  for (const { name: plugin, senders = {} } of plugins)
    for (const [name, kind] of Object.entries(senders)) {
      const first = kinds.get(name)
      if (first)
        throw new BootError(`Kind of sender "${name}" of plugin "${plugin}" is taken by plugin "${first.plugin}"`)
      kinds.set(name, { plugin, kind })
    }
  return kinds
}
