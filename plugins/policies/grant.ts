/** Resources that the plugin is granted. */
import type { Grant } from '../../core/host/plugin.ts'

export const needs = { messaging: ['policies'] } as const

export type PoliciesGrant = Pick<Grant<typeof needs>, 'messaging' | 'log'>
