/** Resources that the plugin is granted. */
import type { Grant } from '../../core/host/plugin.ts'

export const needs = {
  db: {
    read: [
      'campaigns',
      'dispatch_chunks',
      'processes',
      'senders',
      'routes',
      'country_routes',
      'throughput',
      'failures',
    ],
  },
  database: true,
  queue: true,
  loops: true,
  clock: true,
  wakeUps: true,
  stopping: true,
} as const

export type StatsGrant = Omit<Grant<typeof needs>, 'config'>
