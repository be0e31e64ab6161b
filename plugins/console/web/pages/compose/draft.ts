/** A campaign as it is being written, before it is saved. Pure. */
import type { TextsByLanguage } from '../../../../../core/messaging/text/languages.ts'
import type {
  ApprovedTemplate,
  Campaign,
  Channel,
  ListedTemplate,
  Priority,
  Purpose,
  Transliteration,
} from '../../api/types.ts'
import type { Checked } from '../../csv/check.ts'
import { type ChosenTime, choiceOf, isoOf, isSkipped, momentOf, noTime } from '../../text/chosen-time.ts'
import { languageLabel } from '../../text/language.ts'
import type { SegmentChoice } from './segment-choice.ts'

export interface Draft {
  readonly name: string
  readonly channel: Channel
  readonly template: string
  /** Texts by language, beside the default; not with an approved template. */
  readonly texts: TextsByLanguage
  /** Approved template, for WhatsApp only; null: the text is sent. */
  readonly approved: ApprovedTemplate | null
  /** Start; none: as soon as it is sent. */
  readonly scheduledAt: ChosenTime
  /** End; none: never. */
  readonly expiresAt: ChosenTime
  /** Name; empty: the channel's route decides. */
  readonly sender: string
  /** Messages per second, as typed; empty: no limit. */
  readonly maxRate: string
  readonly priority: Priority
  readonly purpose: Purpose
  /** Counts for SMS only. */
  readonly transliteration: Transliteration
}

/** A saved campaign, as it was last loaded or saved. */
export interface Saved {
  readonly id: number
  readonly draft: Draft
}

export const emptyDraft: Draft = {
  name: '',
  channel: 'sms',
  template: '',
  texts: {},
  approved: null,
  scheduledAt: noTime,
  expiresAt: noTime,
  sender: '',
  maxRate: '',
  priority: 'normal',
  purpose: 'marketing',
  transliteration: 'none',
}

type Written = Pick<
  Campaign,
  | 'name'
  | 'channel'
  | 'base_template'
  | 'texts'
  | 'template'
  | 'scheduled_at'
  | 'expires_at'
  | 'sender'
  | 'max_rate'
  | 'priority'
  | 'purpose'
  | 'transliteration'
>

export const draftOf = (campaign: Written): Draft => ({
  name: campaign.name,
  channel: campaign.channel,
  template: campaign.base_template,
  texts: campaign.texts ?? {},
  approved: campaign.template,
  scheduledAt: choiceOf(campaign.scheduled_at),
  expiresAt: choiceOf(campaign.expires_at),
  sender: campaign.sender ?? '',
  maxRate: campaign.max_rate === null ? '' : String(campaign.max_rate),
  priority: campaign.priority,
  purpose: campaign.purpose,
  transliteration: campaign.transliteration,
})

const LONGEST_NAME = 200

/** A new campaign with the text of another one. Its times are over, so they are left out. */
export const copyOf = (campaign: Written): Draft => ({
  ...draftOf({ ...campaign, scheduled_at: null, expires_at: null }),
  name: `Copy of ${campaign.name}`.slice(0, LONGEST_NAME),
})

type Channelled = Pick<Draft, 'channel' | 'approved'>
const approvedOf = ({ channel, approved }: Channelled) => (channel === 'whatsapp' ? approved : null)

/** Texts by language that are sent: none where an approved template is. */
export const sentTexts = (draft: Channelled & Pick<Draft, 'texts'>): TextsByLanguage =>
  approvedOf(draft) === null ? draft.texts : noTexts
const noTexts: TextsByLanguage = {}

/** Characters that the messages are written with. */
export const transliterationOf = ({
  channel,
  transliteration,
}: Pick<Draft, 'channel' | 'transliteration'>): Transliteration => (channel === 'sms' ? transliteration : 'none')

const orNull = (texts: TextsByLanguage) => (Object.keys(texts).length > 0 ? texts : null)

/** Body for the API. */
export const bodyOf = (draft: Draft) => ({
  name: draft.name.trim(),
  channel: draft.channel,
  base_template: draft.template,
  texts: orNull(sentTexts(draft)),
  template: approvedOf(draft),
  scheduled_at: isoOf(draft.scheduledAt),
  expires_at: isoOf(draft.expiresAt),
  sender: draft.sender || null,
  max_rate: draft.maxRate.trim() === '' ? null : Number(draft.maxRate),
  priority: draft.priority,
  purpose: draft.purpose,
  transliteration: transliterationOf(draft),
})
export type Body = ReturnType<typeof bodyOf>

/** Changes for PATCH: an untouched field keeps the server's value. */
export function changesOf(before: Draft, now: Draft): Partial<Body> {
  const [old, body] = [bodyOf(before), bodyOf(now)]
  const isNew = ([name, value]: [string, unknown]) => JSON.stringify(old[name as keyof Body]) !== JSON.stringify(value)
  return Object.fromEntries(Object.entries(body).filter(isNew))
}

/** Applies the changes made to `before` to `fresh`, which somebody else may have changed meanwhile. */
export function rebase(before: Draft, now: Draft, fresh: Draft): Draft {
  const touched = (Object.keys(now) as (keyof Draft)[]).filter(
    (field) => JSON.stringify(now[field]) !== JSON.stringify(before[field]),
  )
  return { ...fresh, ...Object.fromEntries(touched.map((field) => [field, now[field]])) }
}

/** Reason why the API would refuse the end; undefined if it would accept it. */
export function endsTooEarly({ scheduledAt, expiresAt }: Pick<Draft, 'scheduledAt' | 'expiresAt'>): string | undefined {
  const end = momentOf(expiresAt)?.time.getTime()
  if (end === undefined) return undefined
  const start = momentOf(scheduledAt)?.time.getTime()
  if (end > (start ?? Date.now())) return undefined
  return start === undefined ? 'This time has passed: nothing would be sent' : 'Sending must stop later than it starts'
}

const RATES = { least: 0.01, most: 100_000 } as const

/** Reason why the API would refuse the rate; undefined if it would accept it. */
export function wrongRate(text: string): string | undefined {
  const rate = Number(text)
  if (text.trim() === '' || (rate >= RATES.least && rate <= RATES.most)) return undefined
  return 'Enter a number from 0.01 to 100,000, or leave it empty'
}

/** Reason that keeps a draft from being saved; undefined when it can be. */
export function lacks(draft: Draft): string | undefined {
  if (draft.name.trim() === '') return 'Give the campaign a name'
  const approved = approvedOf(draft)
  const text = approved ? lacksTemplate(approved) : undefined
  if (text) return text
  if (draft.template.trim() === '') return 'Write the text'
  const unwritten = Object.entries(sentTexts(draft)).find(([, written]) => written.trim() === '')
  if (unwritten) return `Write the text in ${languageLabel(unwritten[0])}, or remove it`
  if (isSkipped(draft.scheduledAt)) return 'Choose another sending time: clocks skip this one'
  if (isSkipped(draft.expiresAt)) return 'Choose another time to stop sending: clocks skip this one'
  if (wrongRate(draft.maxRate)) return 'Correct the maximum rate'
  return endsTooEarly(draft) && 'Choose a later time to stop sending'
}

/** @param approved as typed so far */
function lacksTemplate({ name, language, parameters }: ApprovedTemplate): string | undefined {
  if (name.trim() === '') return 'Choose a template'
  if (language.trim() === '') return 'Enter the language of the template'
  return parameters.some((parameter) => parameter.trim() === '')
    ? 'Fill in every placeholder of the template'
    : undefined
}

/** Text of a listed template with its placeholders filled in. */
export const textOf = ({ text }: Pick<ListedTemplate, 'text'>, parameters: readonly string[]): string =>
  (text ?? '').replace(/\{\{\s*(\d+)\s*\}\}/g, (placeholder, nth) => parameters[Number(nth) - 1] || placeholder)

export interface CustomerFilter {
  readonly q: string
  readonly location: string
  readonly prefered_product: string
}

/** Recipients to add. */
export type Audience =
  | { readonly by: 'none' }
  | { readonly by: 'filter'; readonly filter: CustomerFilter; readonly count: number | undefined }
  | { readonly by: 'picking'; readonly ids: readonly number[] }
  | { readonly by: 'segments'; readonly choice: SegmentChoice; readonly count: number | undefined }
  | { readonly by: 'file'; readonly checked: Checked | undefined; readonly key: string }

export const emptyFilter: CustomerFilter = { q: '', location: '', prefered_product: '' }

/** Number of people; undefined while it is not known. */
export function sizeOf(audience: Audience): number | undefined {
  if (audience.by === 'none') return 0
  if (audience.by === 'filter' || audience.by === 'segments') return audience.count
  return audience.by === 'picking' ? audience.ids.length : (audience.checked?.rows.size ?? 0)
}

/** Reason that keeps a campaign from being sent to an audience; undefined when it can be. */
export function lacksPeople(audience: Audience): string | undefined {
  const size = sizeOf(audience)
  if (size === undefined) return 'Counting the recipients…'
  if (size > 0) return undefined
  if (audience.by === 'none') return 'Choose recipients'
  if (audience.by === 'filter') return 'No matching recipients'
  if (audience.by === 'segments') return 'Nobody is in these segments'
  return audience.by === 'picking' ? 'Choose at least one recipient' : 'Choose a CSV file with recipients'
}
