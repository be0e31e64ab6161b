/** A campaign that waits, as the terminal shows it. */
import { describe, expect, test } from 'bun:test'
import { openDetail } from '../../tui/state/campaign.ts'
import { campaignOf, snapshotOf } from '../support/snapshots.ts'
import { show } from '../support/view.tsx'

describe('the overview', () => {
  test('gives the reason of a campaign that stands still, and neither speed nor time left', () => {
    const waiting = {
      reason: 'circuit_open',
      since: null,
      until: null,
      detail: 'SMS sending is paused because the provider keeps rejecting messages',
    } as const
    const campaigns = [campaignOf(1, { waiting, rate: 0, eta_seconds: null })]
    const screen = show({ snapshot: snapshotOf({ campaigns, senders: { sms: 'mock', whatsapp: 'mock' } }) }, 140)
    expect(screen.find((line) => line.includes('Active campaigns'))).toContain(waiting.detail)
    const row = screen.find((line) => line.includes('Campaign 1')) ?? ''
    expect(row).toContain('▲ waiting')
    expect(row).not.toMatch(/\d\/s|…/)
    expect(screen.join('\n')).toContain('Test sender: nobody receives these messages')
    const well = show({ snapshot: snapshotOf({ campaigns: [campaignOf(1)] }) }, 140).join('\n')
    expect(well).not.toMatch(/▲ waiting|Test sender/)
  })

  test('says since when the chosen campaign is paused, as its own page does', () => {
    const since = new Date(2030, 0, 1, 8, 30).toISOString()
    const waiting = { reason: 'paused', since, until: null, detail: 'This campaign is paused' } as const
    const paused = campaignOf(1, { status: 'paused', waiting, rate: 0, eta_seconds: null })
    const snapshot = snapshotOf({ campaigns: [paused] })
    const reason = '▲ This campaign is paused. Since 2030-01-01 08:30'
    for (const columns of [80, 140])
      expect(show({ snapshot }, columns).find((line) => line.includes('Active campaigns'))).toContain(reason)
    const own = show({ snapshot, screen: 'campaign', detail: openDetail(1, 10) }).join('\n')
    expect(own).toContain(reason)
  })
})
