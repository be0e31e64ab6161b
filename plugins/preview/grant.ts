/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import { countrySetting } from '../../core/config/core-settings.ts'
import type { Grant } from '../../core/host/plugin.ts'

export const needs = { db: { read: ['campaigns', 'customers'] }, channels: true, clock: true } as const

export const config = t.Object({ country: countrySetting })

export type PreviewGrant = Pick<
  Grant<typeof needs, Static<typeof config>>,
  'db' | 'channels' | 'clock' | 'config' | 'log'
>
