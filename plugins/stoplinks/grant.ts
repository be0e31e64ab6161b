/** Resources that the plugin is granted. */
import type { Grant } from '../../core/host/plugin.ts'

export const needs = { messaging: ['stopLinks'], clock: true } as const

export type StopLinkGrant = Pick<Grant<typeof needs>, 'messaging' | 'clock' | 'log'>
