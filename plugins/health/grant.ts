/** Resources that the plugin is granted. */
import type { Grant } from '../../core/host/plugin.ts'

export const needs = {
  db: { read: ['campaigns', 'senders', 'routes', 'country_routes', 'dispatch_chunks', 'failures'] },
  database: true,
  queue: true,
  loops: true,
  stopping: true,
} as const

export type HealthGrant = Pick<Grant<typeof needs>, 'db' | 'database' | 'queue' | 'loops' | 'stopping' | 'log'>
