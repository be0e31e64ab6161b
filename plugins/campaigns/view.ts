/** A campaign as the API shows it. Pure. */
import { isoTime } from '../../core/http/time.ts'
import type { CampaignRow } from '../../core/messaging/campaign/campaign-service.ts'
import { compileTemplate, warnings } from '../../core/messaging/text/template.ts'

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
    sender: row.sender,
    max_rate: row.max_rate,
    priority: row.priority,
  }
}

/** `{ warnings }` for a campaign that has any, else nothing: to spread into an answer. */
export function warned(row: Pick<CampaignRow, 'base_template' | 'scheduled_at' | 'status'>): { warnings?: string[] } {
  const problems = [...warnings(compileTemplate(row.base_template)), ...timeWarnings(row)]
  return problems.length > 0 ? { warnings: problems } : {}
}

/** A draft has a time only where that had passed already when it was given: one ahead makes it `scheduled`. */
function timeWarnings({ status, scheduled_at }: Pick<CampaignRow, 'scheduled_at' | 'status'>): string[] {
  if (status !== 'draft' || scheduled_at === null) return []
  return [`scheduled_at ${isoTime(scheduled_at)} is in the past: the campaign is sent at once when /send is called`]
}
