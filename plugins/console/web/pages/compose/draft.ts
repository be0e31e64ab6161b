/** A campaign as it is written, before the API has it. Pure. */
import type { Campaign, Channel } from '../../api/types.ts'
import type { Checked } from '../../csv/check.ts'
import { type ChosenTime, choiceOf, isoOf, isSkipped, momentOf, noTime } from '../../text/chosen-time.ts'

export interface Draft {
  readonly name: string
  readonly channel: Channel
  readonly template: string
  /** None: as soon as it is sent. */
  readonly scheduledAt: ChosenTime
  /** None: never. */
  readonly expiresAt: ChosenTime
}

/** A campaign that the API has, as it was when it was loaded or saved last. */
export interface Saved {
  readonly id: number
  readonly draft: Draft
}

export const emptyDraft: Draft = { name: '', channel: 'sms', template: '', scheduledAt: noTime, expiresAt: noTime }

type Written = Pick<Campaign, 'name' | 'channel' | 'base_template' | 'scheduled_at' | 'expires_at'>

export const draftOf = ({ name, channel, base_template, scheduled_at, expires_at }: Written): Draft => ({
  name,
  channel,
  template: base_template,
  scheduledAt: choiceOf(scheduled_at),
  expiresAt: choiceOf(expires_at),
})

const LONGEST_NAME = 200

/** A new campaign with the text of another one. Its times are over, so they are left out. */
export const copyOf = (campaign: Written): Draft => ({
  ...draftOf({ ...campaign, scheduled_at: null, expires_at: null }),
  name: `Copy of ${campaign.name}`.slice(0, LONGEST_NAME),
})

/** As the API takes it. */
export const bodyOf = ({ name, channel, template, scheduledAt, expiresAt }: Draft) => ({
  name: name.trim(),
  channel,
  base_template: template,
  scheduled_at: isoOf(scheduledAt),
  expires_at: isoOf(expiresAt),
})
export type Body = ReturnType<typeof bodyOf>

/** Changes, as PATCH takes them: a field that nobody touched keeps the value that the server has. */
export function changesOf(before: Draft, now: Draft): Partial<Body> {
  const [old, body] = [bodyOf(before), bodyOf(now)]
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => old[name as keyof Body] !== value))
}

/** Puts what somebody changed of `before` upon `fresh`, which somebody else may have changed meanwhile. */
export function rebase(before: Draft, now: Draft, fresh: Draft): Draft {
  const touched = (Object.keys(now) as (keyof Draft)[]).filter(
    (field) => JSON.stringify(now[field]) !== JSON.stringify(before[field]),
  )
  return { ...fresh, ...Object.fromEntries(touched.map((field) => [field, now[field]])) }
}

/** Why the API would refuse the end; undefined where it would not. */
export function endsTooEarly({ scheduledAt, expiresAt }: Pick<Draft, 'scheduledAt' | 'expiresAt'>): string | undefined {
  const end = momentOf(expiresAt)?.time.getTime()
  if (end === undefined) return undefined
  const start = momentOf(scheduledAt)?.time.getTime()
  if (end > (start ?? Date.now())) return undefined
  return start === undefined ? 'This time has passed: nothing would be sent' : 'Sending must stop later than it starts'
}

/** Reason that keeps a draft from being saved; undefined when it can be. */
export function lacks(draft: Draft): string | undefined {
  if (draft.name.trim() === '') return 'Give the campaign a name'
  if (draft.template.trim() === '') return 'Write the text'
  if (isSkipped(draft.scheduledAt)) return 'Choose another sending time: clocks skip this one'
  if (isSkipped(draft.expiresAt)) return 'Choose another time to stop sending: clocks skip this one'
  return endsTooEarly(draft) && 'Choose a later time to stop sending'
}

export interface CustomerFilter {
  readonly q: string
  readonly location: string
  readonly prefered_product: string
}

/** Recipients that are to be added. */
export type Audience =
  | { readonly by: 'none' }
  | { readonly by: 'filter'; readonly filter: CustomerFilter; readonly count: number | undefined }
  | { readonly by: 'picking'; readonly ids: readonly number[] }
  | { readonly by: 'file'; readonly checked: Checked | undefined; readonly key: string }

export const emptyFilter: CustomerFilter = { q: '', location: '', prefered_product: '' }

/** Number of people; undefined while it is not known. */
export function sizeOf(audience: Audience): number | undefined {
  if (audience.by === 'none') return 0
  if (audience.by === 'filter') return audience.count
  return audience.by === 'picking' ? audience.ids.length : (audience.checked?.rows.size ?? 0)
}

/** Reason that keeps a campaign from being sent to an audience; undefined when it can be. */
export function lacksPeople(audience: Audience): string | undefined {
  const size = sizeOf(audience)
  if (size === undefined) return 'Counting the recipients…'
  if (size > 0) return undefined
  if (audience.by === 'none') return 'Choose recipients'
  if (audience.by === 'filter') return 'No matching recipients'
  return audience.by === 'picking' ? 'Choose at least one recipient' : 'Choose a CSV file with recipients'
}
