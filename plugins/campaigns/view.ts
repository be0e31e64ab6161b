/** A campaign as the API shows it. Pure. */
import type { Selectable } from 'kysely'
import type { Campaigns } from '../../core/db/schema.ts'
import { compileTemplate, warnings } from '../../core/template.ts'
import { isoTime } from '../../core/time.ts'

export const campaignColumns = [
  'id',
  'name',
  'channel',
  'status',
  'base_template',
  'scheduled_at',
  'expires_at',
  'created_at',
  'audience_open',
  'paused_reason',
] as const satisfies readonly (keyof Campaigns)[]

export type CampaignRow = Pick<Selectable<Campaigns>, (typeof campaignColumns)[number]>

export function viewCampaign(row: CampaignRow) {
  return {
    id: row.id,
    name: row.name,
    channel: row.channel,
    status: row.status,
    base_template: row.base_template,
    scheduled_at: isoTime(row.scheduled_at),
    expires_at: isoTime(row.expires_at),
    created_at: isoTime(row.created_at),
    audience_open: row.audience_open,
    paused_reason: row.paused_reason,
  }
}

/** `{ warnings }` for a template that has any, else nothing: to spread into an answer. */
export function warned(template: string): { warnings?: string[] } {
  const found = warnings(compileTemplate(template))
  return found.length > 0 ? { warnings: found } : {}
}
