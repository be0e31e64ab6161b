/** Texts by language, as the terminal shows them. */
import { expect, test } from 'bun:test'
import { openDetail } from '../../tui/state/campaign.ts'
import { campaignOf } from '../support/snapshots.ts'
import { show } from '../support/view.tsx'

const campaign = {
  ...campaignOf(7, { name: 'Open day' }),
  base_template: 'Hi {first_name}',
  sender: null,
  max_rate: null,
  priority: 'normal' as const,
  purpose: 'marketing' as const,
  transliteration: 'none' as const,
  deferred: 0,
  deferred_until: null,
  texts: { sw: 'Habari {first_name}', fr: 'Bonjour {first_name}' } as Readonly<Record<string, string>> | null,
  template: null,
  scheduled_at: null,
  expires_at: null,
  created_at: '2030-01-01T08:00:00.000Z',
  receipts: false,
}
const customer = {
  id: 4,
  first_name: 'Asha',
  last_name: null,
  phone: '+254712345678',
  location: null,
  prefered_product: null,
  language: 'sw-KE',
  attributes: {},
}
const preview = {
  rendered_message: 'Habari Asha',
  used_template: 'Habari {first_name}',
  used_text: 'texts.sw',
  language: 'sw-KE',
  template: null,
  customer,
}
const screen = (texts: typeof campaign.texts, used_text: string) => {
  const detail = { ...openDetail(7, 10, { ...campaign, texts }), tab: 'template' as const }
  return show({ screen: 'campaign', detail: { ...detail, preview: { ...preview, used_text } } }, 100, 40).join('\n')
}

test('the text of a campaign lists those in other languages, and says which one a customer gets', () => {
  const shown = screen(campaign.texts, 'texts.sw')
  expect(shown).toContain('default; also in sw, fr')
  expect(shown).toContain('Asha, who gets the text in sw')
  expect(shown).toMatch(/Text in sw\s+│ Habari \{first_name\}/)
  expect(shown).toMatch(/Text in fr\s+│ Bonjour \{first_name\}/)
  expect(screen(campaign.texts, 'base_template')).toContain('who gets the default text')
})

test('a campaign of one text says nothing of languages', () => {
  const shown = screen(null, 'base_template')
  expect([shown.includes('also in'), shown.includes('who gets')]).toEqual([false, false])
})
