/**
 * Quiet hours to start from, by country, with what they rest on. None is advice on law: rules change, and other rules than
 * those of times of day apply.
 */
import type { QuietHours } from './quiet-hours.ts'

/** `law`: a rule in force says so. `authority`: an operator or authority is reported to say so. `custom`: no rule was found. */
export const certainties = ['law', 'authority', 'custom'] as const

export interface Preset {
  readonly name: string
  readonly quiet_hours: readonly QuietHours[]
  readonly certainty: (typeof certainties)[number]
  readonly source: string
  /** Points that the hours leave open. */
  readonly note: string
}

const union = [
  ...['AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU'],
  ...['IE', 'IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'],
]

export const presets: readonly Preset[] = [
  {
    name: 'KE',
    quiet_hours: [{ country: 'KE', from: '19:00', to: '08:00' }],
    certainty: 'custom',
    source:
      'Communications Authority of Kenya, draft consumer protection rules of 2020: marketing from 7:00 to 19:00. Guides of providers: from 8:00 to 20:00',
    note: 'No rule in force was found. These hours are within both',
  },
  {
    name: 'US',
    quiet_hours: [{ country: 'US', from: '21:00', to: '08:00' }],
    certainty: 'law',
    source: '47 CFR 64.1200(c)(1): no solicitation before 8:00 or after 21:00, by the clock of the called party',
    note: 'Some states allow fewer hours. Without the time zone of a customer a message waits until it is 8:00 in Hawaii',
  },
  {
    name: 'GB',
    quiet_hours: [{ country: 'GB', from: '20:00', to: '09:00' }],
    certainty: 'custom',
    source: 'The code of the Data & Marketing Association asks to avoid antisocial hours',
    note: 'No rule names hours; these are what providers advise',
  },
  {
    name: 'NG',
    quiet_hours: [{ country: 'NG', from: '20:00', to: '08:00' }],
    certainty: 'authority',
    source:
      'Nigerian Communications Commission, as Africa’s Talking reported on 4 July 2023 (status.africastalking.com/incident/538): no promotional SMS from 20:00 to 8:00',
    note: 'The text of the rule was not seen. Networks reject promotional messages at these hours',
  },
  {
    name: 'ZA',
    quiet_hours: [
      { country: 'ZA', from: '20:00', to: '08:00' },
      { country: 'ZA', from: '08:00', to: '09:00', days: ['sat'] },
      { country: 'ZA', from: '13:00', to: '20:00', days: ['sat'] },
      { country: 'ZA', from: '08:00', to: '20:00', days: ['sun'] },
    ],
    certainty: 'law',
    source:
      'Consumer Protection Act 68 of 2008, section 12, and Government Notice R293: no direct marketing on Sundays and public holidays, on Saturdays before 9:00 and after 13:00, and on other days from 20:00 to 8:00',
    note: 'Public holidays are not known here: do not schedule marketing on them. A person may agree to other times',
  },
  {
    name: 'EU',
    quiet_hours: union.map((country) => ({ country, from: '20:00', to: '08:00' })),
    certainty: 'custom',
    source: 'Directive 2002/58/EC asks for consent, and names no hours',
    note: 'Countries of the Union have rules of their own, some of them for Sundays and holidays: check each one',
  },
]
