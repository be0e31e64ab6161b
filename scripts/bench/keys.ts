/** Names that the keys of figures are made of. Pure. */

export const queues = ['postgres', 'rabbitmq'] as const
export type QueueName = (typeof queues)[number]

/** The sizes themselves differ between a whole and a quick run. */
export const growthSizes = ['small', 'middle', 'large'] as const

/** Of the API: what is asked of it, over how many connections, and what goes on meanwhile. */
export const routes = ['list', 'show', 'preview', 'create'] as const
export const connectionCounts = [1, 32] as const
export const states = ['idle', 'sending'] as const

export const idleNames = ['embedded', ...queues] as const

/** Under which a peer's rate is noted. */
export const peerKey = (name: string) => (name === 'control' ? 'control.rate' : `peers.${name}.rate`)

/** Does not keep every write: it is shown, and counts in no comparison. */
export const isDurable = (peer: string) => !peer.endsWith('everysec')
