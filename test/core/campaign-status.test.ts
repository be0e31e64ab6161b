import { describe, expect, test } from 'bun:test'
import {
  type CampaignStatus,
  campaignStatuses,
  isAllowed,
  isEditable,
  isFinal,
  isRunning,
  isUnderWay,
  mayReceiveRecipients,
  pausedReasons,
  refusalOf,
  statusAfterSend,
  statusesAfter,
  statusesAllowing,
  unfinishedStatuses,
} from '../../core/messaging/campaign/status.ts'

const words: Readonly<Record<CampaignStatus, string>> = {
  draft: 'editable, open to recipients',
  scheduled: 'editable, open to recipients',
  sending: 'open to recipients, running, under way, unfinished',
  paused: 'open to recipients, under way, unfinished',
  sent: 'final',
  failed: 'final',
  cancelled: 'final, unfinished',
}

describe('the table of transitions', () => {
  test.each(campaignStatuses.map((status) => [status]))('describes a campaign that is %s', (status) => {
    const holding = Object.entries({
      editable: isEditable(status),
      'open to recipients': mayReceiveRecipients(status),
      running: isRunning(status),
      'under way': isUnderWay(status),
      final: isFinal(status),
      unfinished: unfinishedStatuses.includes(status),
    })
    expect(holding.flatMap(([word, holds]) => (holds ? [word] : [])).join(', ')).toBe(words[status])
  })

  test('lets nothing but a late report, or somebody who takes messages up again, change a campaign that is final', () => {
    const over = campaignStatuses.filter(isFinal)
    for (const action of ['edit', 'delete', 'send', 'closeAudience', 'pause', 'resume', 'cancel', 'start'] as const)
      expect(over.filter((status) => isAllowed(status, action))).toEqual([])
  })

  test('statusesAllowing() keeps the order of a campaign’s life', () => {
    expect(statusesAllowing('cancel')).toEqual(['draft', 'scheduled', 'sending', 'paused'])
    expect(statusesAllowing('complete')).toEqual(['sending', 'cancelled'])
  })

  test('refusalOf() names the action, the status and the statuses that allow it', () => {
    expect(refusalOf('pause', { id: 1, status: 'sent' })).toBe(
      'Cannot pause campaign 1: it is "sent", and must be "sending"',
    )
    expect(refusalOf('edit', { id: 2, status: 'sent' })).toBe(
      'Cannot change campaign 2: it is "sent", and must be "draft" or "scheduled"',
    )
    expect(refusalOf('retryFailed', { id: 3, status: 'draft' })).toBe(
      'Cannot retry the failed messages of campaign 3: it is "draft", and must be "sending", "paused", "sent" or "failed"',
    )
  })
})

describe('statusAfterSend()', () => {
  test('leads to statuses that the table has for `send` and for `closeAudience`', () => {
    for (const status of statusesAllowing('send'))
      for (const paused_reason of [null, ...pausedReasons])
        for (const ahead of [false, true]) {
          const after = statusAfterSend({ status, paused_reason, ahead })
          expect(statusesAfter(status, 'send')).toContain(after)
          expect(statusesAfter(status, 'closeAudience')).toContain(after)
        }
  })

  const cases: readonly (readonly [
    CampaignStatus,
    'audience_open' | null,
    boolean,
    ReturnType<typeof statusAfterSend>,
  ])[] = [
    ['draft', null, false, 'sending'],
    ['draft', null, true, 'scheduled'],
    ['scheduled', null, true, 'scheduled'],
    ['scheduled', null, false, 'sending'],
    ['sending', null, true, 'sending'],
    ['paused', null, false, 'paused'],
    ['paused', 'audience_open', false, 'sending'],
  ]
  test.each(cases)('%s, paused for %p, its time ahead: %p, becomes %s', (status, paused_reason, ahead, after) => {
    expect(statusAfterSend({ status, paused_reason, ahead })).toBe(after)
  })
})
