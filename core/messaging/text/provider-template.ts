/**
 * Templates that a provider has approved, which WhatsApp requires for messages to people who have not written within 24 hours.
 * The provider keeps the text; a campaign names it, and says what each of its placeholders is filled with. Pure.
 */
import { isBlank } from '../../text/invisible.ts'
import {
  compileTemplate,
  type Template,
  type TemplateCustomer,
  type TemplateField,
  type TemplateOptions,
  templateFields,
} from './template.ts'

/** As a campaign has it: each parameter is a template of ours, `{first_name|friend}`. */
export interface ProviderTemplate {
  /** Meta: the name of the template; Twilio: its Content SID, `HX...`. */
  readonly name: string
  /** `en`, `en_US`, as the provider lists it; Twilio's Content SID says it already. */
  readonly language: string
  /** Values of the placeholders {{1}}, {{2}}, ... of its text. */
  readonly parameters: readonly string[]
}

/** For one recipient: the parameters hold values. */
export type FilledTemplate = ProviderTemplate

type Uses = Pick<Template, 'fields' | 'attributes' | 'formatted' | 'linked'>

export interface CompiledTemplate extends Uses {
  /** By parameter, for the warnings of each. */
  readonly parameters: readonly Template[]
  /** Values on one line each, as WhatsApp requires. Never fails. */
  fill(customer: TemplateCustomer): FilledTemplate
  /** Values that the customer lacks in any parameter, as those of one template. */
  lacking(customer: TemplateCustomer): readonly string[]
}

/** Placeholders that one template can have: more than any that is approved. */
export const MAX_PARAMETERS = 50

export function compileProviderTemplate(
  { name, language, parameters }: ProviderTemplate,
  options: TemplateOptions = {},
): CompiledTemplate {
  const compiled = parameters.map((text) => compileTemplate(text, options))
  return {
    fields: templateFields.filter((field) => compiled.some(({ fields }) => fields.includes(field))),
    attributes: [...new Set(compiled.flatMap(({ attributes }) => attributes))],
    formatted: compiled.some(({ formatted }) => formatted),
    linked: compiled.some(({ linked }) => linked),
    parameters: compiled,
    fill: (customer) => ({ name, language, parameters: compiled.map((one) => oneLine(one.render(customer))) }),
    lacking: (customer) => [...new Set(compiled.flatMap((one) => one.lacking(customer)))],
  }
}

/** Fields that the texts of a campaign use, its template included, each once. */
export const fieldsOf = (texts: readonly Pick<Uses, 'fields'>[]): readonly TemplateField[] =>
  templateFields.filter((field) => texts.some(({ fields }) => fields.includes(field)))

/** Columns of customers that texts use; their id as `customer_id`. */
export type TemplateColumn = TemplateField | 'attributes' | 'language' | 'customer_id'

/**
 * Columns that the texts of a campaign use, its template included, each once.
 * @param byLanguage true where the customer's language chooses the text
 */
export function columnsOf(texts: readonly Uses[], byLanguage = false): readonly TemplateColumn[] {
  return [
    ...fieldsOf(texts),
    ...(texts.some(({ attributes }) => attributes.length > 0) ? (['attributes'] as const) : []),
    ...(byLanguage || texts.some(({ formatted }) => formatted) ? (['language'] as const) : []),
    ...(texts.some(({ linked }) => linked) ? (['customer_id'] as const) : []),
  ]
}

/** The first parameter without a value, from 1; undefined where each has one. WhatsApp refuses a message with such a one. */
export function emptyParameter({ parameters }: FilledTemplate): number | undefined {
  const nth = parameters.findIndex(isBlank)
  return nth < 0 ? undefined : nth + 1
}

/** A parameter may hold no line break, no tab and no more than four spaces in a row: Meta answers 132018. */
const oneLine = (text: string) =>
  text.replace(/\s+/gu, (space) => (space.length < 4 && /^[ \u00a0]+$/u.test(space) ? space : ' ')).trim()
