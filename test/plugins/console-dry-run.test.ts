import { expect, test } from 'bun:test'
import type { DryRun } from '../../plugins/console/web/api/types.ts'
import { describeSample, linesOf } from '../../plugins/console/web/pages/compose/dry-run-text.ts'

const run: DryRun = {
  campaign_id: 1,
  recipients: 120_000,
  already_recipients: 37,
  messages: 119_880,
  skips: [{ code: 'message.empty', recipients: 120 }],
  deferred: 0,
  deferred_until: null,
  missing_values: [
    { field: 'first_name', recipients: 480 },
    { field: 'attributes.points', recipients: 1 },
  ],
  parts: {
    least: 1,
    mean: 1.25,
    most: 3,
    total: 149_850,
    ucs2_share: 0.004,
    ucs2_characters: ['’', '\u00a0'],
    offers: [],
  },
  cost: {
    total: [
      { currency: 'KES', amount: '1119000.00' },
      { currency: 'USD', amount: '12.5' },
    ],
    by_country: [
      { country: 'KE', messages: 118_000, parts: 1, price: '0.80', per: 'part', currency: 'KES', amount: '1119000.00' },
      { country: 'UG', messages: 880, parts: 1, price: null, per: null, currency: null, amount: null },
      { country: 'TZ', messages: 1000, parts: 1, price: '1', per: 'part', currency: 'USD', amount: '12.5' },
    ],
    unpriced: ['UG'],
  },
  by_language: [
    { language: null, recipients: 100_000 },
    { language: 'sw', recipients: 20_000 },
  ],
  pace: 'limited',
  seconds: 1499,
  sample: { size: 10_000, of: 120_000, error: 0.0095 },
}

const wordsOf = (of: DryRun) =>
  Object.fromEntries(linesOf(of).map(({ label, text, notes }) => [label, [text, ...notes.map((note) => note.text)]]))

test('every figure is a sentence, and an estimate says so', () => {
  expect(wordsOf(run)).toEqual({
    Recipients: ['120,000 people', '37 more are recipients already; nothing changes for them.'],
    Messages: ['about 119,880', 'About 120 people get no message: The text was empty for this customer.'],
    Languages: ['Default text: about 100,000 people', 'Swahili (sw): about 20,000 people'],
    'Missing values': [
      'About 480 people have no first name',
      'About 1 person has no points.',
      expect.stringContaining('nothing in its place'),
    ],
    'SMS parts': [
      '1 to 3 parts per message, 1.25 on average, about 149,850 in total',
      expect.stringMatching(/^Less than 1%.*’ U\+00A0$/),
    ],
    Cost: [
      'About KES 1,119,000.00 + USD 12.5',
      'Kenya: 118,000 messages, KES 1,119,000.00',
      'Tanzania: 1,000 messages, USD 12.5',
      'No price is set for Uganda: the cost of 880 messages is not known. Prices are set at Senders, Prices.',
    ],
    Time: ['About 24 min 59 s, at today’s limits'],
  })
  expect(describeSample(run)).toContain('10,000 of 120,000 recipients: a share may be off by 0.9')
})

test('exact figures are written plainly, and nothing is said of what is not there', () => {
  const exact: DryRun = {
    ...run,
    already_recipients: 0,
    recipients: 3,
    messages: 3,
    by_language: [],
    skips: [],
    missing_values: [],
    parts: null,
    cost: { total: [], by_country: [], unpriced: [] },
    pace: 'blocked',
    seconds: null,
    sample: { size: 3, of: 3, error: 0 },
  }
  expect(wordsOf(exact)).toEqual({
    Recipients: ['3 people'],
    Messages: ['3'],
    Cost: ['Not known'],
    Time: ['Not known', 'For some of the messages no sender can send now.'],
  })
  expect(describeSample(exact)).toBeUndefined()
})
