/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import { countrySetting } from '../../core/config/core-settings.ts'
import type { Grant } from '../../core/host/plugin.ts'

export const needs = {
  db: { read: ['customers', 'breakers', 'processes'], write: ['campaigns', 'outbound_messages', 'dispatch_chunks'] },
  wakeUps: true,
  clock: true,
} as const

export const config = t.Object({ country: countrySetting })

export type CampaignGrant = Pick<
  Grant<typeof needs, Static<typeof config>>,
  'db' | 'wakeUps' | 'clock' | 'log' | 'config'
>
