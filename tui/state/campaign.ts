/** The campaign's screen: recipients, failures, and its text with a preview. Pure. */
import type { Client } from '../api.ts'
import { type Campaign, clamp } from './campaigns.ts'
import { type Input, inputOf } from './input.ts'

type Of = ReturnType<Client['campaigns']>
type RecipientPage = NonNullable<Awaited<ReturnType<Of['messages']['get']>>['data']>
export type Recipient = RecipientPage['data'][number]
export type Failures = NonNullable<Awaited<ReturnType<Of['failures']['get']>>['data']>['failures']
export type Preview = NonNullable<Awaited<ReturnType<Of['personalized-preview']['post']>>['data']>

export const tabs = ['recipients', 'failures', 'template'] as const
export type Tab = (typeof tabs)[number]
export const recipientStatuses = ['', 'pending', 'sending', 'sent', 'failed', 'skipped', 'unknown'] as const
export type RecipientFilter = (typeof recipientStatuses)[number]

export interface Detail {
  readonly id: number
  readonly campaign: Campaign | undefined
  readonly tab: Tab
  readonly filter: RecipientFilter
  /** Words of a name, or the beginning of a phone. */
  readonly q: string
  /** Cursor of each page so far; the last is that of the page shown. */
  readonly cursors: readonly (string | undefined)[]
  readonly size: number
  readonly recipients: readonly Recipient[]
  readonly next: string | null
  readonly selected: number
  readonly recipientsLoaded: boolean
  readonly failures: Failures | undefined
  /** Customer of the preview, as typed. */
  readonly customer: Input
  readonly preview: Preview | undefined
  readonly previewProblem: string | undefined
  readonly problem: string | undefined
}

export const openDetail = (id: number, size: number, campaign?: Campaign): Detail => ({
  id,
  campaign,
  tab: 'recipients',
  filter: '',
  q: '',
  cursors: [undefined],
  size,
  recipients: [],
  next: null,
  selected: 0,
  recipientsLoaded: false,
  failures: undefined,
  customer: inputOf(),
  preview: undefined,
  previewProblem: undefined,
  problem: undefined,
})

export type DetailAction =
  | { readonly type: 'detail.tab'; readonly by: number }
  | { readonly type: 'detail.move'; readonly by: number }
  | { readonly type: 'detail.page'; readonly by: 1 | -1 }
  | { readonly type: 'detail.filter' }
  | { readonly type: 'detail.search'; readonly q: string }
  | { readonly type: 'detail.size'; readonly size: number }
  | { readonly type: 'detail.campaign'; readonly campaign: Campaign }
  | {
      readonly type: 'detail.recipients'
      readonly cursor: string | undefined
      readonly rows: readonly Recipient[]
      readonly next: string | null
    }
  | { readonly type: 'detail.failures'; readonly failures: Failures }
  | { readonly type: 'detail.customer'; readonly customer: Input }
  | { readonly type: 'detail.preview'; readonly preview: Preview }
  | { readonly type: 'detail.previewProblem'; readonly message: string }
  | { readonly type: 'detail.problem'; readonly message: string }

export function reduceDetail(detail: Detail, action: DetailAction): Detail {
  switch (action.type) {
    case 'detail.tab': {
      const at = (tabs.indexOf(detail.tab) + action.by + tabs.length) % tabs.length
      return { ...detail, tab: tabs[at] ?? 'recipients' }
    }
    case 'detail.move':
      return move(detail, action.by)
    case 'detail.page':
      return turn(detail, action.by)
    case 'detail.filter': {
      const at = (recipientStatuses.indexOf(detail.filter) + 1) % recipientStatuses.length
      return fromStart({ ...detail, filter: recipientStatuses[at] ?? '' })
    }
    case 'detail.search':
      return fromStart({ ...detail, q: action.q })
    case 'detail.size':
      return action.size === detail.size ? detail : fromStart({ ...detail, size: action.size })
    case 'detail.campaign':
      return { ...detail, campaign: action.campaign, problem: undefined }
    case 'detail.recipients': {
      if (action.cursor !== detail.cursors.at(-1)) return detail
      const selected = clamp(detail.selected, action.rows.length)
      return {
        ...detail,
        recipients: action.rows,
        next: action.next,
        selected,
        recipientsLoaded: true,
        problem: undefined,
      }
    }
    case 'detail.failures':
      return { ...detail, failures: action.failures, problem: undefined }
    case 'detail.customer':
      return { ...detail, customer: action.customer }
    case 'detail.preview':
      return { ...detail, preview: action.preview, previewProblem: undefined }
    case 'detail.previewProblem':
      return { ...detail, previewProblem: action.message }
    case 'detail.problem':
      return { ...detail, problem: action.message }
  }
}

const fromStart = (detail: Detail): Detail => ({ ...detail, cursors: [undefined], selected: 0 })

function move(detail: Detail, by: number): Detail {
  const to = detail.selected + by
  if (to >= detail.recipients.length && by === 1 && detail.next !== null) return turn(detail, 1)
  if (to < 0 && by === -1 && detail.cursors.length > 1) return { ...turn(detail, -1), selected: detail.size - 1 }
  return { ...detail, selected: clamp(to, detail.recipients.length) }
}

function turn(detail: Detail, by: 1 | -1): Detail {
  if (by === 1) {
    return detail.next === null ? detail : { ...detail, cursors: [...detail.cursors, detail.next], selected: 0 }
  }
  return detail.cursors.length === 1 ? detail : { ...detail, cursors: detail.cursors.slice(0, -1), selected: 0 }
}
