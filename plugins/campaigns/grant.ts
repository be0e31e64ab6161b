/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'
import { countrySetting, languageSetting, publicUrlSetting } from '../../core/messaging/settings.ts'

export const needs = {
  messaging: ['campaigns', 'dryRun', 'enqueue', 'recipients', 'senders'],
  wakeUps: true,
  clock: true,
} as const

export const config = t.Object({ country: countrySetting, language: languageSetting, publicUrl: publicUrlSetting })

export type CampaignGrant = Pick<
  Grant<typeof needs, Static<typeof config>>,
  'messaging' | 'wakeUps' | 'clock' | 'log' | 'config'
>
