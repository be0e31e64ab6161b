/** Senders and delivery, as the terminal shows them. */
import { describe, expect, test } from 'bun:test'
import { actionsOf } from '../../tui/keys/keys.ts'
import { openDetail } from '../../tui/state/campaign.ts'
import { reduce } from '../../tui/state/reduce.ts'
import { emptySenders, type Sender } from '../../tui/state/senders.ts'
import { initialState, type State } from '../../tui/state/state.ts'
import { campaignOf, countsOf, snapshotOf } from '../support/snapshots.ts'
import { show } from '../support/view.tsx'

const main: Sender = {
  name: 'main',
  kind: 'twilio',
  channels: ['sms'],
  unit: 'segment',
  rate: 50,
  rate_now: 25,
  concurrency: 20,
  in_flight: 12,
  processes: 3,
  paused: null,
  held_until: null,
  circuit: null,
}
const spare: Sender = {
  ...main,
  name: 'spare',
  rate_now: 50,
  paused: { at: new Date(2030, 0, 1, 8, 30).toISOString(), by: 'key:1234' },
}
const failing: Sender = {
  ...main,
  name: 'third',
  circuit: { reason: 'timeout', opened_at: '2030-01-01T08:00:00.000Z', probe_at: '2030-01-01T08:01:00.000Z' },
}
const senders = { ...emptySenders, rows: [main, spare, failing], loaded: true }

describe('the screen of senders', () => {
  test('says of each whether it can send, and of the chosen one why not', () => {
    const at = (selected: number, columns = 110) =>
      show({ screen: 'senders', senders: { ...senders, selected } }, columns).join('\n')
    expect(at(0)).toMatch(/main .*● ready .*50 parts\/s .*25\/s .*12 of 20/)
    expect(at(0)).toContain('the provider asked to slow down')
    expect(at(1)).toMatch(/spare .*‖ paused/)
    expect(at(1)).toContain('spare is paused since 2030-01-01 08:30 by key:1234')
    expect(at(2)).toMatch(/third .*✗ failing/)
    expect(at(2)).toContain('because it kept failing')
    expect(at(0, 60)).toMatch(/main .*● ready .*12 of 20/)
  })

  test('lists the routes of channels, and of countries with senders of their own', () => {
    const routes = [
      {
        channel: 'sms' as const,
        senders: ['main', 'spare'],
        countries: { KE: ['third', 'main'], CA: [] },
        set_at: null,
      },
      { channel: 'whatsapp' as const, senders: [], countries: {}, set_at: null },
    ]
    const lines = show({ screen: 'senders', senders: { ...senders, routes } }, 110)
    const at = lines.findIndex((line) => line.includes('Routes'))
    expect(lines.slice(at + 1, at + 5).map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
      'sms main → spare',
      'CA Canada nobody',
      'KE Kenya third → main',
      'whatsapp nobody',
    ])
  })

  test('p asks before it pauses, r before it resumes, and neither asks for what is so already', () => {
    const press = (state: State, name: string) =>
      actionsOf(state, { name, text: name }).reduce((before, action) => reduce(before, action), state)
    const first: State = { ...initialState('http://localhost:8080', false, 100, 30, 1000), screen: 'senders', senders }
    const asked = press(first, 'p')
    expect(asked.overlay).toEqual({ kind: 'confirmSender', sender: main, pause: true })
    expect(show({ ...asked }, 100).join('\n')).toContain('Pause sender main?')
    expect(actionsOf(asked, { name: 'y', text: 'y' })).toEqual([{ type: 'senders.do', sender: main, pause: true }])
    expect(press(asked, 'y').overlay).toBeUndefined()
    expect(press(asked, 'n').overlay).toBeUndefined()
    expect(press(first, 'r').notice?.text).toBe('Sender main is not paused')
    const second = press(first, 'j')
    expect(press(second, 'p').notice?.text).toBe('Sender spare is paused already')
    expect(press(second, 'r').overlay).toEqual({ kind: 'confirmSender', sender: spare, pause: false })
  })
})

test('a campaign shows how its sent messages were delivered, where receipts come', () => {
  const screen = (stats: Parameters<typeof countsOf>[0]) => {
    const snapshot = snapshotOf({ campaigns: [campaignOf(1, { stats: countsOf(stats) })] })
    return show({ snapshot, screen: 'campaign', detail: openDetail(1, 10) }).join('\n')
  }
  expect(screen({ sent: 10, delivered: 6, undelivered: 1, read: 2 })).toContain(
    '6 delivered  2 read  1 undelivered  3 awaiting receipt',
  )
  expect(screen({ sent: 10 })).not.toMatch(/delivered|awaiting/)
})
