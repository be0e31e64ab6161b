/** Responsible sending in the terminal: the purpose of a campaign, who waits for quiet hours, and who is suppressed. */
import { describe, expect, test } from 'bun:test'
import { factsOf } from '../../tui/facts.ts'
import { actionsOf } from '../../tui/keys/keys.ts'
import { pressesOf } from '../../tui/keys/press.ts'
import { type Detail, openDetail } from '../../tui/state/campaign.ts'
import { openForm } from '../../tui/state/form.ts'
import { reduce } from '../../tui/state/reduce.ts'
import { initialState, type State } from '../../tui/state/state.ts'
import { campaignOf, snapshotOf } from '../support/snapshots.ts'
import { show } from '../support/view.tsx'

const until = new Date(2030, 0, 2, 8, 0).toISOString()
const own = {
  base_template: 'Hi',
  sender: null,
  max_rate: null,
  priority: 'normal',
  purpose: 'marketing',
  deferred: 0,
  deferred_until: null,
  texts: null,
  template: null,
  scheduled_at: null,
  expires_at: null,
  created_at: '2030-01-01T08:00:00.000Z',
  receipts: false,
} as const
type Own = NonNullable<Detail['campaign']>

describe('the screen of a campaign', () => {
  const screen = (more: Partial<Own>, waiting: Own['waiting'] = null) => {
    const shown = campaignOf(1, { waiting })
    const detail = openDetail(1, 10, { ...shown, ...own, ...more } as Own)
    const snapshot = snapshotOf({ campaigns: [shown] })
    return show({ screen: 'campaign', snapshot, detail }, 120).join('\n')
  }

  test('says how many wait for quiet hours to end, and until when, beside any other reason', () => {
    const held = { deferred: 120, deferred_until: until }
    const text = '◷ 120 recipients wait for quiet hours to end, the first until 2030-01-02 08:00.'
    expect(screen(held)).toContain(text)
    expect(screen({})).not.toContain('quiet hours')
    const paused = { reason: 'paused', since: null, until: null, detail: 'This campaign is paused' } as const
    expect(screen(held, paused)).toMatch(/▲ This campaign is paused\..*◷ 120 recipients wait/)
  })

  test('says it once where all that is left waits for that', () => {
    const detail = 'All remaining recipients have quiet hours now'
    const waiting = { reason: 'quiet_hours', since: null, until, detail } as const
    const shown = screen({ deferred: 1, deferred_until: until }, waiting)
    expect(shown).toContain('◷ 1 recipient waits for quiet hours to end, until 2030-01-02 08:00.')
    expect(shown).not.toContain(detail)
    // The figures of the list may be older than the reason.
    expect(screen({}, waiting)).toContain(`▲ ${detail}. The first until 2030-01-02 08:00`)
  })

  test('names the purpose', () => {
    expect(screen({})).toContain('  marketing')
    expect(screen({ purpose: 'service' })).toContain('  service')
  })
})

test('the form of a new campaign has a purpose, which space changes, with what it means', () => {
  const base = initialState('http://localhost:8080', false, 120, 40, 1000)
  const press = (state: State, keys: string) =>
    pressesOf(keys, {})
      .flatMap((one) => actionsOf(state, one))
      .reduce(reduce, state)
  const state: State = { ...base, screen: 'form', form: { ...openForm(), mode: 'none', focus: 'purpose' } }
  expect(show(state, 120).join('\n')).toMatch(/▸ Purpose +\[marketing\] {2}service +not in quiet hours/)
  const service = press(state, ' ')
  expect(service.form?.purpose).toBe('service')
  expect(show(service, 120).join('\n')).toMatch(/\[service\] +at any hour/)
  expect(press(service, ' ').form?.purpose).toBe('marketing')
})

test('a person who is suppressed is shown with the reason and its channels', () => {
  const suppressed = [
    { channel: 'sms', reason: 'opt_out' },
    { channel: 'whatsapp', reason: 'opt_out' },
    { channel: 'sms', reason: 'complaint' },
  ]
  expect(factsOf({ location: 'Nairobi', suppressed })).toEqual([
    'suppressed: opted out (sms, whatsapp), complained (sms)',
    'Nairobi',
  ])
  expect(factsOf({ location: 'Nairobi', suppressed: [] })).toEqual(['Nairobi'])
})
