/**
 * State machine of a campaign: the table of statuses, of the actions that each allows, and of the statuses that follow.
 * API, scheduler, workers, console and terminal use it. A statement that needs one status has it as a literal, so that the
 * planner sees it; a list of statuses comes from here. Pure: it runs in a browser too.
 */

export const campaignStatuses = ['draft', 'scheduled', 'sending', 'paused', 'sent', 'failed', 'cancelled'] as const
export type CampaignStatus = (typeof campaignStatuses)[number]

/**
 * Reasons why the service itself paused a campaign: its open audience was neither added to nor closed, its provider refuses
 * the content of every message, or its audience's segments and rules cannot be used any more.
 */
export const pausedReasons = ['audience_open', 'content_refused', 'audience_unusable'] as const
export type PausedReason = (typeof pausedReasons)[number]

/** Actions of people, with the verbs for "Cannot <verb> campaign 1". */
export const actionVerbs = {
  edit: 'change',
  delete: 'delete',
  send: 'add recipients to',
  closeAudience: 'close the audience of',
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  retryFailed: 'retry the failed messages of',
  resolveUnknown: 'resolve the unknown messages of',
} as const
export type CampaignAction = keyof typeof actionVerbs

/**
 * Changes without a person's action: its time has come, its audience was left open, its provider refuses the content, its
 * audience cannot be used, its last message has a result, a worker reported after that.
 */
export type CampaignEvent = 'start' | 'pauseLeftOpen' | 'pauseRefused' | 'pauseUnusable' | 'complete' | 'lateReport'

type Row = { readonly [A in CampaignAction | CampaignEvent]?: readonly CampaignStatus[] }

/** Statuses that may follow each action; the campaign's time or messages decide between several. Nothing follows `delete`. */
export const transitions = {
  draft: {
    edit: ['draft', 'scheduled'],
    delete: [],
    send: ['scheduled', 'sending'],
    closeAudience: ['scheduled', 'sending'],
    cancel: ['cancelled'],
  },
  scheduled: {
    edit: ['draft', 'scheduled'],
    delete: [],
    send: ['scheduled', 'sending'],
    closeAudience: ['scheduled', 'sending'],
    cancel: ['cancelled'],
    start: ['sending'],
    pauseLeftOpen: ['paused'],
  },
  sending: {
    send: ['sending'],
    closeAudience: ['sending'],
    pause: ['paused'],
    cancel: ['cancelled'],
    retryFailed: ['sending'],
    resolveUnknown: ['sending'],
    pauseLeftOpen: ['paused'],
    pauseRefused: ['paused'],
    pauseUnusable: ['paused'],
    complete: ['sent', 'failed'],
  },
  // A campaign that was paused for its open audience continues when recipients are added or the audience is closed.
  paused: {
    send: ['paused', 'sending'],
    closeAudience: ['paused', 'sending'],
    resume: ['sending'],
    cancel: ['cancelled'],
    retryFailed: ['paused'],
    resolveUnknown: ['paused'],
  },
  sent: { retryFailed: ['sending', 'sent'], resolveUnknown: ['sending', 'sent'], lateReport: ['sent'] },
  // A single message that proves to be sent makes the campaign `sent`.
  failed: {
    retryFailed: ['sending', 'failed'],
    resolveUnknown: ['sending', 'sent', 'failed'],
    lateReport: ['sent', 'failed'],
  },
  // Its messages are skipped step by step; its figures are stored when none is left.
  cancelled: { complete: ['cancelled'], lateReport: ['cancelled'] },
} as const satisfies Readonly<Record<CampaignStatus, Row>>

const rows: Readonly<Record<CampaignStatus, Row>> = transitions

export const isAllowed = (status: CampaignStatus, action: CampaignAction | CampaignEvent): boolean =>
  rows[status][action] !== undefined

/** Statuses in which an action is allowed, in the order of a campaign's life. */
export const statusesAllowing = (action: CampaignAction | CampaignEvent): readonly CampaignStatus[] =>
  campaignStatuses.filter((status) => isAllowed(status, action))

/** Statuses that an action may lead to; none where it is not allowed. */
export const statusesAfter = (status: CampaignStatus, action: CampaignAction | CampaignEvent) =>
  rows[status][action] ?? []

/** Workers start its messages. */
export const isRunning = (status: CampaignStatus): boolean => isAllowed(status, 'pause')

/** It was started and has not ended. */
export const isUnderWay = (status: CampaignStatus): boolean => isRunning(status) || isAllowed(status, 'resume')

/** It has ended; remaining messages of a cancelled campaign may still become `skipped`. */
export const isFinal = (status: CampaignStatus): boolean => !isAllowed(status, 'cancel')

/** None of its messages can have been sent. */
export const isEditable = (status: CampaignStatus): boolean => isAllowed(status, 'edit')

export const mayReceiveRecipients = (status: CampaignStatus): boolean => isAllowed(status, 'send')

export const finalStatuses = campaignStatuses.filter(isFinal)

export const underWayStatuses = campaignStatuses.filter(isUnderWay)

/** Statuses in which a campaign that is not completed may have messages without a result. */
export const unfinishedStatuses = campaignStatuses.filter(
  (status) => isUnderWay(status) || isAllowed(status, 'complete'),
)

interface BeforeSend {
  readonly status: CampaignStatus
  readonly paused_reason: PausedReason | null
  /** Its time has not come. */
  readonly ahead: boolean
}

/** Status after recipients were added or the audience was closed. A campaign that a person paused stays paused. */
export function statusAfterSend({ status, paused_reason, ahead }: BeforeSend): 'paused' | 'scheduled' | 'sending' {
  if (status === 'paused') return paused_reason === 'audience_open' ? 'sending' : 'paused'
  return !isRunning(status) && ahead ? 'scheduled' : 'sending'
}

const anyOf = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : words.join()

/** Error message for an action that the campaign's status does not allow. */
export const refusalOf = (action: CampaignAction, { id, status }: { id: number; status: CampaignStatus }): string =>
  `Cannot ${actionVerbs[action]} campaign ${id}: it is "${status}", and must be ${anyOf(
    statusesAllowing(action).map((allowed) => `"${allowed}"`),
  )}`
