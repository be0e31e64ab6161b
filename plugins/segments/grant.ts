/** Resources that the plugin is granted. */
import type { Grant } from '../../core/host/plugin.ts'

export const needs = { messaging: ['segments'] } as const

export type SegmentGrant = Pick<Grant<typeof needs>, 'messaging' | 'log'>
