/** Texts by language in the web console's form: drafts, readers, and names of languages. */
import { describe, expect, test } from 'bun:test'
import { compileTexts } from '../../core/messaging/text/languages.ts'
import type { Customer } from '../../plugins/console/web/api/types.ts'
import { countParts } from '../../plugins/console/web/pages/compose/count-parts.ts'
import { bodyOf, changesOf, draftOf, emptyDraft, lacks } from '../../plugins/console/web/pages/compose/draft.ts'
import { asReader, readersAmong } from '../../plugins/console/web/pages/compose/readers.ts'
import { describeTexts, languageLabel, listLanguageNames } from '../../plugins/console/web/text/language.ts'

const draft = { ...emptyDraft, name: 'a', template: 'Hi' }
const texts = { sw: 'Habari', 'pt-BR': 'Oi' }

describe('a draft with texts', () => {
  test('becomes what the API takes, and comes back', () => {
    const body = bodyOf({ ...draft, texts })
    expect([body.texts, bodyOf(draft).texts]).toEqual([texts, null])
    const saved = draftOf({ ...body, priority: 'normal', purpose: 'marketing', transliteration: 'none' })
    expect(changesOf(saved, { ...saved, texts: { sw: 'Habari' } })).toEqual({ texts: { sw: 'Habari' } })
    expect(changesOf(saved, { ...saved, texts: {} })).toEqual({ texts: null })
  })

  test('sends none beside an approved template, and keeps them for free text', () => {
    const approved = { name: 'sale', language: 'en', parameters: [] }
    const whatsapp = { ...draft, texts, channel: 'whatsapp' as const, approved }
    expect(bodyOf(whatsapp)).toMatchObject({ texts: null, template: approved })
    expect(bodyOf({ ...whatsapp, channel: 'sms' })).toMatchObject({ texts, template: null })
    expect(bodyOf({ ...whatsapp, approved: null })).toMatchObject({ texts, template: null })
  })

  test('is saved once each has its text', () => {
    const empty = { ...draft, texts: { ...texts, sw: ' ' } }
    expect(lacks(empty)).toBe('Write the text in Swahili (sw), or remove it')
    expect(lacks({ ...draft, texts })).toBeUndefined()
    const approved = { name: 'sale', language: 'en', parameters: [] }
    expect(lacks({ ...empty, channel: 'whatsapp', approved })).toBeUndefined()
  })
})

const person = (id: number, language: string | null): Customer => ({
  id,
  phone: `+25471234567${id}`,
  first_name: null,
  last_name: null,
  location: null,
  prefered_product: null,
  language,
})
const people = [person(1, 'sw-KE'), person(2, null), person(3, 'pt')]

test('readersAmong() has those who get a text, and all where nobody does', () => {
  const ids = (language: string | undefined) => readersAmong(people, texts, language).map(({ id }) => id)
  expect([ids('sw'), ids(undefined), ids('pt-BR')]).toEqual([[1], [2, 3], [1, 2, 3]])
  expect(people.map((one) => asReader(one, texts, 'sw').language)).toEqual(['sw-KE', 'sw', 'sw'])
  expect(people.map((one) => asReader(one, texts, undefined).language)).toEqual([null, null, 'pt'])
})

test('the parts of a campaign are counted by the text that each person gets', () => {
  const compiled = compileTexts({ base_template: 'Hi', texts: { sw: 'x'.repeat(200) } })
  expect(countParts(compiled, { some: people, count: 3 })).toMatchObject({ least: 1, most: 2, total: 4, exact: true })
})

test('languages have their English names', () => {
  expect(['sw', 'pt-BR', 'en-KE', 'sw-u-nu-latn', 'qaa'].map(languageLabel)).toEqual([
    'Swahili (sw)',
    'Brazilian Portuguese (pt-BR)',
    'English (Kenya) (en-KE)',
    'Swahili (sw-u-nu-latn)',
    'qaa',
  ])
  expect(describeTexts(['sw', 'fr'])).toBe('3 texts: default, Swahili (sw), French (fr)')
  expect(listLanguageNames()).toContain('Swahili')
})
