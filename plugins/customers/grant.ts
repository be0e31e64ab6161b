/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'
import { countrySetting } from '../../core/messaging/settings.ts'

export const needs = { contacts: ['read', 'write'], messaging: ['consents'], clock: true } as const

export const config = t.Object({ country: countrySetting })

export type CustomerGrant = Pick<
  Grant<typeof needs, Static<typeof config>>,
  'contacts' | 'messaging' | 'clock' | 'config'
>
