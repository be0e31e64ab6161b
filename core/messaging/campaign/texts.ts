/** Texts of a campaign’s messages, compiled: its own, by language where it has several, and the provider’s template. */
import type { AttributeTypes } from '../contacts/attributes.ts'
import { type CampaignTexts, chooseLanguage, compileTexts } from '../text/languages.ts'
import {
  columnsOf,
  compileProviderTemplate,
  type FilledTemplate,
  type ProviderTemplate,
  type TemplateColumn,
} from '../text/provider-template.ts'
import type { StopLink, TemplateCustomer, TemplateOptions } from '../text/template.ts'
import { type Transliteration, transliterate } from '../text/transliterate.ts'

export interface Texts {
  /** Columns of customers that they use. */
  readonly columns: readonly TemplateColumn[]
  render(customer: TemplateCustomer): string
  /** Undefined where the campaign has no template. */
  fill(customer: TemplateCustomer): FilledTemplate | undefined
  /** Values that the message to a customer lacks, each once: see `Template`. */
  lacking(customer: TemplateCustomer): readonly string[]
  /** Language of the text for a customer; null: the default. Undefined where the campaign has no texts by language. */
  readonly languageOf: ((customer: TemplateCustomer) => string | null) | undefined
}

interface Campaign extends CampaignTexts {
  readonly template: ProviderTemplate | null
  /** Default: none. */
  readonly transliteration?: Transliteration
}

const noTemplate = () => undefined

/**
 * @param language of customers whose own is not known
 * @param findAttributes asked only where a placeholder is not that of a field
 */
export async function openTexts(
  campaign: Campaign,
  language: string,
  findAttributes: () => Promise<AttributeTypes>,
  stopLink?: StopLink,
): Promise<Texts> {
  const { isComplete, ...texts } = compileAll(campaign, { language, stopLink })
  return isComplete ? texts : compileAll(campaign, { language, stopLink, attributes: await findAttributes() })
}

function compileAll({ template, transliteration = 'none', ...texts }: Campaign, options: TemplateOptions) {
  const { all, byLanguage, of, render } = compileTexts(texts, options)
  const compiled = template ? compileProviderTemplate(template, options) : undefined
  return {
    columns: columnsOf(compiled ? [...all, compiled] : all, byLanguage),
    render:
      transliteration === 'none'
        ? render
        : (customer: TemplateCustomer) => transliterate(render(customer), transliteration),
    fill: compiled?.fill ?? noTemplate,
    lacking: compiled?.lacking ?? ((customer: TemplateCustomer) => of(customer).lacking(customer)),
    languageOf: byLanguage
      ? ({ language }: TemplateCustomer) => chooseLanguage(texts.texts, language) ?? null
      : undefined,
    isComplete: [...all, ...(compiled?.parameters ?? [])].every(({ unknown }) => unknown.length === 0),
  }
}
