/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'
import { countrySetting, languageSetting } from '../../core/messaging/settings.ts'

export const needs = { messaging: ['preview', 'senders'], clock: true } as const

export const config = t.Object({ country: countrySetting, language: languageSetting })

export type PreviewGrant = Pick<Grant<typeof needs, Static<typeof config>>, 'messaging' | 'clock' | 'config' | 'log'>
