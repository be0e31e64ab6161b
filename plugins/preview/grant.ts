/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'
import { countrySetting } from '../../core/messaging/settings.ts'

export const needs = { db: { read: ['campaigns', 'customers'] }, messaging: ['senders'], clock: true } as const

export const config = t.Object({ country: countrySetting })

export type PreviewGrant = Pick<
  Grant<typeof needs, Static<typeof config>>,
  'db' | 'messaging' | 'clock' | 'config' | 'log'
>
