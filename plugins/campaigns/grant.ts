/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'
import { countrySetting, publicUrlSetting } from '../../core/messaging/settings.ts'

export const needs = {
  messaging: ['campaigns', 'enqueue', 'recipients', 'senders'],
  wakeUps: true,
  clock: true,
} as const

export const config = t.Object({ country: countrySetting, publicUrl: publicUrlSetting })

export type CampaignGrant = Pick<
  Grant<typeof needs, Static<typeof config>>,
  'messaging' | 'wakeUps' | 'clock' | 'log' | 'config'
>
