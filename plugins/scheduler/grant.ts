/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'

export const needs = {
  messaging: ['schedule'],
  publish: true,
  queue: true,
  clock: true,
  wakeUps: true,
} as const

export const config = t.Object({
  intervalMs: t.Integer({
    default: 1000,
    minimum: 10,
    maximum: 60_000,
    description: 'Milliseconds between checks for due or orphaned work',
  }),
})

export type SchedulerGrant = Grant<typeof needs, Static<typeof config>>
