/**
 * Life of a campaign: the one table of statuses, of the actions that each allows, and of the statuses that these lead to.
 * API, scheduler, workers, console and terminal ask here. A statement that needs one status names it as a literal, so that
 * the planner sees it; a list of statuses comes from here. Pure: it runs in a browser too.
 */

export const campaignStatuses = ['draft', 'scheduled', 'sending', 'paused', 'sent', 'failed', 'cancelled'] as const
export type CampaignStatus = (typeof campaignStatuses)[number]

/** Why a campaign was paused by itself: nobody added to its open audience, and nobody closed it. */
export const pausedReasons = ['audience_open'] as const
export type PausedReason = (typeof pausedReasons)[number]

/** Actions of people, each with its words for "Cannot <verb> campaign 1". */
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
 * Changes that no person asks for: its time has come, its audience was left open, its last message has an outcome, a worker
 * reported after that.
 */
export type CampaignEvent = 'start' | 'pauseLeftOpen' | 'complete' | 'lateReport'

type Row = { readonly [A in CampaignAction | CampaignEvent]?: readonly CampaignStatus[] }

/** Statuses that may follow each action; its time or its messages decide among several. Nothing follows `delete`. */
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
    complete: ['sent', 'failed'],
  },
  // One that was paused because its audience was left open goes on when somebody adds to it or closes it.
  paused: {
    send: ['paused', 'sending'],
    closeAudience: ['paused', 'sending'],
    resume: ['sending'],
    cancel: ['cancelled'],
    retryFailed: ['paused'],
    resolveUnknown: ['paused'],
  },
  sent: { retryFailed: ['sending', 'sent'], resolveUnknown: ['sending', 'sent'], lateReport: ['sent'] },
  // One message that turns out to be sent makes the campaign `sent`.
  failed: {
    retryFailed: ['sending', 'failed'],
    resolveUnknown: ['sending', 'sent', 'failed'],
    lateReport: ['sent', 'failed'],
  },
  // Its messages are skipped step by step, and its figures folded in when none is left.
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

/** It has ended; what a cancelled campaign has left may still be on its way to `skipped`. */
export const isFinal = (status: CampaignStatus): boolean => !isAllowed(status, 'cancel')

/** Nothing of it can have been sent. */
export const isEditable = (status: CampaignStatus): boolean => isAllowed(status, 'edit')

export const mayReceiveRecipients = (status: CampaignStatus): boolean => isAllowed(status, 'send')

export const underWayStatuses = campaignStatuses.filter(isUnderWay)

/** Statuses in which a campaign that is not completed may have messages without an outcome. */
export const unfinishedStatuses = campaignStatuses.filter(
  (status) => isUnderWay(status) || isAllowed(status, 'complete'),
)

interface BeforeSend {
  readonly status: CampaignStatus
  readonly paused_reason: PausedReason | null
  /** Its time has not come. */
  readonly ahead: boolean
}

/** Status of a campaign that was given recipients, or whose audience was closed: one that a person paused stays so. */
export function statusAfterSend({ status, paused_reason, ahead }: BeforeSend): 'paused' | 'scheduled' | 'sending' {
  if (status === 'paused') return paused_reason === 'audience_open' ? 'sending' : 'paused'
  return !isRunning(status) && ahead ? 'scheduled' : 'sending'
}

const anyOf = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : words.join()

/** The reason why a campaign's status forbids an action, for whoever asked for it. */
export const refusalOf = (action: CampaignAction, { id, status }: { id: number; status: CampaignStatus }): string =>
  `Cannot ${actionVerbs[action]} campaign ${id}: it is "${status}", and must be ${anyOf(
    statusesAllowing(action).map((allowed) => `"${allowed}"`),
  )}`
