/** A campaign as it is written, before the API has seen it. Pure. */
import type { Campaign, Channel } from '../../api/types.ts'
import type { Checked } from '../../csv/check.ts'
import { toIso, toLocal } from '../../text/local-time.ts'

export interface Draft {
  readonly name: string
  readonly channel: Channel
  readonly template: string
  /** In the browser's zone, as the form's field has it; '' for at once. */
  readonly scheduledAt: string
}

export const emptyDraft: Draft = { name: '', channel: 'sms', template: '', scheduledAt: '' }

export const draftOf = ({ name, channel, base_template, scheduled_at }: Campaign): Draft => ({
  name,
  channel,
  template: base_template,
  scheduledAt: toLocal(scheduled_at),
})

/** As the API takes it. */
export const bodyOf = ({ name, channel, template, scheduledAt }: Draft) => ({
  name: name.trim(),
  channel,
  base_template: template,
  scheduled_at: toIso(scheduledAt) ?? null,
})

export interface CustomerFilter {
  readonly q: string
  readonly location: string
  readonly prefered_product: string
}

/** Whom it goes to. */
export type Audience =
  | { readonly by: 'none' }
  | { readonly by: 'filter'; readonly filter: CustomerFilter; readonly count: number | undefined }
  | { readonly by: 'picking'; readonly ids: readonly number[] }
  | { readonly by: 'file'; readonly checked: Checked | undefined; readonly key: string }

export const emptyFilter: CustomerFilter = { q: '', location: '', prefered_product: '' }

/** How many people that is; undefined while it is not known. */
export function sizeOf(audience: Audience): number | undefined {
  if (audience.by === 'none') return 0
  if (audience.by === 'filter') return audience.count
  return audience.by === 'picking' ? audience.ids.length : (audience.checked?.rows.size ?? 0)
}
