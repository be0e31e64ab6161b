/** Choice of a campaign's text by the customer's language. */
import { describe, expect, test } from 'bun:test'
import { chooseLanguage, chooseText, compileTexts, listTexts } from '../../core/messaging/text/languages.ts'

describe('chooseLanguage()', () => {
  const texts = { sw: 'a', 'pt-BR': 'b', pt: 'c', 'zh-Hant': 'd', 'sr-Latn-RS': 'e', 'en-KE': 'f' }
  test.each<[string | null | undefined, string | undefined]>([
    ['sw', 'sw'],
    ['sw-KE', 'sw'],
    ['sw-Latn-KE', 'sw'],
    ['pt-BR', 'pt-BR'],
    ['pt-PT', 'pt'],
    ['pt', 'pt'],
    ['zh-Hant', 'zh-Hant'],
    ['zh-Hant-TW', 'zh-Hant'],
    ['zh-Hant-TW-x-shop', 'zh-Hant'],
    // A script that is not written out is not guessed.
    ['zh-TW', undefined],
    ['zh', undefined],
    ['sr-Latn-RS-ekavsk', 'sr-Latn-RS'],
    ['sr-Latn', undefined],
    ['sw-u-nu-latn', 'sw'],
    ['sw-KE-a-bbb-x-a-b', 'sw'],
    // A wider reader does not get the text of a narrower language.
    ['en', undefined],
    ['en-GB', undefined],
    ['en-KE', 'en-KE'],
    // Longer words that begin alike are other languages.
    ['swg', undefined],
    ['de', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    ['-', undefined],
    ['x-', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('for %j is %j', (language, chosen) => {
    expect(chooseLanguage(texts, language)).toBe(chosen)
  })

  test('without texts is the default', () => {
    expect(chooseLanguage(null, 'sw')).toBeUndefined()
    expect(chooseLanguage({}, 'sw')).toBeUndefined()
  })
})

describe('the texts of a campaign', () => {
  const campaign = { base_template: 'Hi {first_name}', texts: { sw: 'Habari {first_name}', fr: 'Salut {location}' } }

  test('are chosen with the place that an error names', () => {
    expect(chooseText(campaign, 'sw-KE')).toEqual({ path: 'texts.sw', language: 'sw', text: 'Habari {first_name}' })
    const base = { path: 'base_template', language: undefined, text: 'Hi {first_name}' }
    expect(chooseText(campaign, 'de')).toEqual(base)
    expect(chooseText({ ...campaign, texts: null }, 'sw')).toEqual(base)
    expect(listTexts(campaign).map(({ path }) => path)).toEqual(['base_template', 'texts.sw', 'texts.fr'])
    expect(listTexts({ ...campaign, texts: null })).toEqual([base])
  })

  test('are rendered by the language of each customer', () => {
    const { render, all, byLanguage } = compileTexts(campaign)
    const person = { first_name: 'Asha', location: 'Lamu' }
    const languages = ['sw', 'fr-CA', 'en', null, undefined]
    expect(languages.map((language) => render({ ...person, language }))).toEqual([
      'Habari Asha',
      'Salut Lamu',
      'Hi Asha',
      'Hi Asha',
      'Hi Asha',
    ])
    expect([byLanguage, all.map(({ fields }) => fields)]).toEqual([
      true,
      [['first_name'], ['first_name'], ['location']],
    ])
  })

  test('write numbers as in the customer’s language, also in a text of a wider one', () => {
    const options = { attributes: new Map([['points', 'number' as const]]), language: 'de' }
    const { render } = compileTexts({ base_template: '{points:number}', texts: { en: 'E {points:number}' } }, options)
    const attributes = { points: 1234.5 }
    const of = (language: string | null) => render({ attributes, language })
    expect([of('en-GB'), of(null), of('en-IN')]).toEqual(['E 1,234.5', '1.234,5', 'E 1,234.5'])
  })

  test('of one text render as a template does', () => {
    expect(compileTexts({ base_template: 'Hi {first_name}', texts: null })).toMatchObject({ byLanguage: false })
  })
})
