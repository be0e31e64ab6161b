/** Languages of previews: the one that is asked for, and a person who reads it where no customer is found. Pure. */
import { formatted } from '../../core/http/fields.ts'
import type { AttributeType, AttributeTypes, AttributeValue } from '../../core/messaging/contacts/attributes.ts'
import { MAX_LANGUAGE, readLanguage } from '../../core/messaging/contacts/locale.ts'
import type { Template } from '../../core/messaging/text/template.ts'
import type { PreviewGrant } from './grant.ts'

export const languageField = (description: string) =>
  formatted({
    format: 'language-tag',
    max: MAX_LANGUAGE,
    problem: (value) => {
      const read = readLanguage(value)
      return 'problem' in read ? read.problem : undefined
    },
    description,
    example: 'sw',
  })

/** The tag in canonical spelling. @param tag that the schema has accepted */
export function askedLanguage(tag: string | null | undefined): string | undefined {
  const read = tag == null ? undefined : readLanguage(tag)
  return read && 'value' in read ? read.value : undefined
}

type PreviewedCustomer = Awaited<ReturnType<PreviewGrant['messaging']['preview']['getCustomer']>>

/** A made-up person has no id. */
export type Reader = Omit<PreviewedCustomer, 'id'> & { readonly id: number | null }

const examples: Readonly<Record<AttributeType, AttributeValue>> = {
  text: 'Example',
  number: 1234.5,
  boolean: true,
  date: '2030-01-31',
}

/** A made-up reader of a language, with a value for each attribute that the text uses. */
export const madeUpReader = (language: string, { attributes }: Template, types: AttributeTypes): Reader => ({
  id: null,
  first_name: 'Amina',
  last_name: 'Otieno',
  phone: '+254712345678',
  location: 'Nairobi',
  prefered_product: 'Solar lamp',
  language,
  attributes: Object.fromEntries(attributes.map((name) => [name, examples[types.get(name) ?? 'text']])),
})
