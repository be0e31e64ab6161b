/** Resources that the plugin is granted. */
import type { Grant } from '../../core/host/plugin.ts'

export const needs = { messaging: ['senders', 'senderStates'], clock: true, wakeUps: true } as const

export type SendersGrant = Pick<Grant<typeof needs>, 'messaging' | 'clock' | 'wakeUps' | 'log'>
