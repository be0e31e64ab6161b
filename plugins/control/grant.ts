/** Resources that the plugin is granted. */
import type { Grant } from '../../core/host/plugin.ts'

export const needs = {
  db: { write: ['campaigns', 'outbound_messages', 'dispatch_chunks'] },
  clock: true,
  wakeUps: true,
} as const

export type ControlGrant = Pick<Grant<typeof needs>, 'db' | 'clock' | 'wakeUps' | 'log'>
