/**
 * Texts of a campaign by language. A customer gets the text of their language, or else that of the nearest wider one: for
 * `pt-BR` that of `pt`. Everybody else gets the default, which has no tag. Pure.
 */
import { compileTemplate, type Template, type TemplateCustomer, type TemplateOptions } from './template.ts'

/** Texts by BCP 47 tag, spelt as `readLanguage` spells those of customers. */
export type TextsByLanguage = Readonly<Record<string, string>>

/** Texts that a campaign may have beside its default. */
export const MAX_TEXTS = 30

export interface CampaignTexts {
  /** The default. */
  readonly base_template: string
  /** Null: there is only the default. */
  readonly texts: TextsByLanguage | null
}

export interface NamedText {
  /** Field of the API: `base_template`, `texts.sw`. */
  readonly path: string
  /** Undefined for the default. */
  readonly language: string | undefined
  readonly text: string
}

const defaultOf = ({ base_template }: CampaignTexts): NamedText => ({
  path: 'base_template',
  language: undefined,
  text: base_template,
})
const named = (language: string, text: string): NamedText => ({ path: `texts.${language}`, language, text })

/** All texts of a campaign, the default first. */
export const listTexts = (campaign: CampaignTexts): readonly NamedText[] => [
  defaultOf(campaign),
  ...Object.entries(campaign.texts ?? {}).map(([language, text]) => named(language, text)),
]

/**
 * @param language of the customer, in canonical spelling
 * @returns the tag of the text for them; undefined for the default
 */
export function chooseLanguage(texts: TextsByLanguage | null, language: string | null | undefined): string | undefined {
  if (!texts || !language) return undefined
  for (let tag = language; tag !== ''; tag = wider(tag)) if (Object.hasOwn(texts, tag)) return tag
  return undefined
}

/** The text for a customer of a language. */
export function chooseText(campaign: CampaignTexts, language: string | null | undefined): NamedText {
  const chosen = chooseLanguage(campaign.texts, language)
  const text = chosen === undefined ? undefined : campaign.texts?.[chosen]
  return chosen === undefined || text === undefined ? defaultOf(campaign) : named(chosen, text)
}

/** `zh-Hant-TW` is `zh-Hant`, and that is `zh` (RFC 4647, 3.4); empty for a language alone. */
function wider(tag: string): string {
  const shorter = tag.slice(0, Math.max(0, tag.lastIndexOf('-')))
  // A single letter begins an extension, and says nothing by itself.
  return /-[a-z0-9]$/i.test(shorter) ? shorter.slice(0, -2) : shorter
}

export interface CompiledTexts {
  /** The default first. */
  readonly all: readonly Template[]
  /** True where the customer's language chooses the text. */
  readonly byLanguage: boolean
  /** The template for one customer, by their language. */
  of(customer: TemplateCustomer): Template
  /** It, filled in. Never fails. */
  render(customer: TemplateCustomer): string
}

/** Reads each text once. Without texts by language, a rendering costs what that of a template does. */
export function compileTexts(campaign: CampaignTexts, options: TemplateOptions = {}): CompiledTexts {
  const { base_template, texts } = campaign
  const base = compileTemplate(base_template, options)
  if (!texts) return { all: [base], byLanguage: false, of: () => base, render: base.render }
  const compiled = new Map(Object.entries(texts).map(([tag, text]) => [tag, compileTemplate(text, options)]))
  const of = ({ language }: TemplateCustomer) => {
    const chosen = chooseLanguage(texts, language)
    return (chosen !== undefined && compiled.get(chosen)) || base
  }
  return {
    all: [base, ...compiled.values()],
    byLanguage: true,
    of,
    render: (customer) => of(customer).render(customer),
  }
}
