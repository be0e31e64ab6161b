/** Resources and settings that the plugin is granted. */
import { type Static, t } from 'elysia'
import type { Grant } from '../../core/host/plugin.ts'
import { publicUrlSetting } from '../../core/messaging/settings.ts'

export const needs = { messaging: ['receipts', 'senders'], clock: true, wakeUps: true } as const

export const config = t.Object({ publicUrl: publicUrlSetting })

export type ReceiptsGrant = Grant<typeof needs, Static<typeof config>>
