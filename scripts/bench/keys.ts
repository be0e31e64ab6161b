/** Names that the keys of figures are made of. Pure. */

export const queues = ['postgres', 'rabbitmq'] as const
export type QueueName = (typeof queues)[number]

/** The sizes themselves differ between a whole and a quick run. */
export const growthSizes = ['small', 'middle', 'large'] as const

/** Recipients of each of the campaigns that are due at once. */
export const dueSizes = [1, 10] as const

/** Routes of the API that are measured, numbers of connections, and the work in the background. */
export const routes = ['list', 'show', 'preview', 'create'] as const
export const connectionCounts = [1, 32] as const
export const states = ['idle', 'sending'] as const

export const idleNames = ['embedded', ...queues] as const

/** The loop with SKIP LOCKED that anybody would write, as fast as it goes, and at the doubt after a crash that we allow. */
export const controls: readonly string[] = ['control', 'control.window']

/** Under which a peer's rate is noted. */
export const peerKey = (name: string) => (controls.includes(name) ? `${name}.rate` : `peers.${name}.rate`)

/** Does not keep every write: it is shown, and counts in no comparison. */
export const isDurable = (peer: string) => !peer.endsWith('everysec')

/** Layouts of the table of messages, and the steps of a campaign, that the part `partitions` measures. */
export const layouts = ['plain', 'pruned', 'joined', 'named'] as const
export type Layout = (typeof layouts)[number]
export const campaignSteps = ['enqueue', 'claim', 'read', 'report', 'complete'] as const
export type CampaignStep = (typeof campaignSteps)[number]
