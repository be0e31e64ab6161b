/** A loop for each plugin that handles domain events. */
import { BootError } from '../../errors.ts'
import type { Member } from '../../host/compose.ts'
import type { NamedLoop } from '../../host/supervise.ts'
import { nearest } from '../../text/nearest.ts'
import { type DeliveryOptions, openDelivery } from './deliver.ts'
import { eventTypes } from './types.ts'

/** @throws BootError for a handler of an event that there is not */
export function openDeliveries(
  members: readonly Member[],
  options: Pick<DeliveryOptions<unknown>, 'db' | 'owner' | 'clock' | 'log'>,
): NamedLoop[] {
  return members.flatMap(({ plugin, grant }) => {
    const types = Object.keys(plugin.on ?? {})
    const wrong = types.find((type) => !(eventTypes as readonly string[]).includes(type))
    if (wrong !== undefined) {
      const meant = nearest(wrong, eventTypes)
      const hint = meant ? `did you mean "${meant}"?` : `there are ${eventTypes.join(', ')}`
      throw new BootError(`Plugin "${plugin.name}" handles the event "${wrong}", which does not exist: ${hint}`)
    }
    if (!plugin.on || types.length === 0) return []
    const run = openDelivery({ ...options, subscriber: plugin.name, handlers: plugin.on, granted: grant })
    return [{ plugin: plugin.name, loop: 'events', run }]
  })
}
