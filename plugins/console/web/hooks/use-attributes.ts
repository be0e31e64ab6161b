import { useMemo } from 'react'
import { type CompiledTexts, compileTexts, type TextsByLanguage } from '../../../../core/messaging/text/languages.ts'
import { compileTemplate, type Template } from '../../../../core/messaging/text/template.ts'
import { get } from '../api/client.ts'
import type { Attribute } from '../api/types.ts'
import { useQuery } from './use-query.ts'

/** Declared attributes of customers; undefined until they are loaded. */
export function useAttributes(): readonly Attribute[] | undefined {
  const { data } = useQuery('attributes', (signal) =>
    get<{ readonly data: readonly Attribute[] }>('/attributes', signal),
  )
  return data?.data
}

/** Texts of a campaign as templates that know the declared attributes, once they are loaded. */
export function useTexts(base_template: string, texts: TextsByLanguage): CompiledTexts {
  const attributes = useAttributes()
  return useMemo(() => {
    const types = new Map(attributes?.map(({ name, type }) => [name, type]))
    return compileTexts({ base_template, texts }, { attributes: types })
  }, [base_template, texts, attributes])
}

/** Text as a template that knows the declared attributes, once they are loaded. */
export function useTemplate(text: string): { readonly template: Template; readonly isComplete: boolean } {
  const attributes = useAttributes()
  return useMemo(() => {
    const types = new Map(attributes?.map(({ name, type }) => [name, type]))
    return { template: compileTemplate(text, { attributes: types }), isComplete: attributes !== undefined }
  }, [text, attributes])
}
