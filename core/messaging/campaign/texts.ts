/** Texts of a campaign’s messages, compiled: its own, and the provider’s template where it has one. */
import type { AttributeTypes } from '../contacts/attributes.ts'
import {
  columnsOf,
  compileProviderTemplate,
  type FilledTemplate,
  type ProviderTemplate,
  type TemplateColumn,
} from '../text/provider-template.ts'
import { compileTemplate, type TemplateCustomer, type TemplateOptions } from '../text/template.ts'

export interface Texts {
  /** Columns of customers that they use. */
  readonly columns: readonly TemplateColumn[]
  render(customer: TemplateCustomer): string
  /** Undefined where the campaign has no template. */
  fill(customer: TemplateCustomer): FilledTemplate | undefined
  /** Values that the message to a customer lacks, each once: see `Template`. */
  lacking(customer: TemplateCustomer): readonly string[]
}

interface Campaign {
  readonly base_template: string
  readonly template: ProviderTemplate | null
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
): Promise<Texts> {
  const { isComplete, ...texts } = compileTexts(campaign, { language })
  return isComplete ? texts : compileTexts(campaign, { language, attributes: await findAttributes() })
}

function compileTexts({ base_template, template }: Campaign, options: TemplateOptions) {
  const text = compileTemplate(base_template, options)
  const compiled = template ? compileProviderTemplate(template, options) : undefined
  const all = [text, ...(compiled?.parameters ?? [])]
  return {
    columns: columnsOf(text, compiled),
    render: text.render,
    fill: compiled?.fill ?? noTemplate,
    lacking: compiled?.lacking ?? text.lacking,
    isComplete: all.every(({ unknown }) => unknown.length === 0),
  }
}
