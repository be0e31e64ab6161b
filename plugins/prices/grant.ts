/** Resources that the plugin is granted. */
import type { Grant } from '../../core/host/plugin.ts'

export const needs = { messaging: ['prices'] } as const

export type PricesGrant = Pick<Grant<typeof needs>, 'messaging' | 'log'>
