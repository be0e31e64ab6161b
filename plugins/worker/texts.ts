/** Texts of a chunk’s messages: the campaign’s own, and the provider’s template where it has one. */
import type { AttributeTypes, Lease, Waiting } from '../../core/messaging/chunk/work.ts'
import {
  columnsOf,
  compileProviderTemplate,
  type FilledTemplate,
  type TemplateColumn,
} from '../../core/messaging/text/provider-template.ts'
import { compileTemplate, type TemplateOptions } from '../../core/messaging/text/template.ts'

export interface Texts {
  /** Columns of customers that they use. */
  readonly columns: readonly TemplateColumn[]
  render(message: Waiting): string
  /** Undefined where the campaign has no template. */
  fill(message: Waiting): FilledTemplate | undefined
}

type Campaign = Pick<Lease, 'base_template' | 'template'>

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
    isComplete: all.every(({ unknown }) => unknown.length === 0),
  }
}
