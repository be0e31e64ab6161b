/** Fields that a template may name. */

export const templateFields = ['first_name', 'last_name', 'phone', 'location', 'prefered_product'] as const
export type TemplateField = (typeof templateFields)[number]

/** Name of the placeholder for the link by which a recipient opts out. No column: each recipient's is made from their id. */
export const STOP_LINK = 'stop_link'

/** Fields by each of their spellings. */
export const fieldByName: ReadonlyMap<string, TemplateField> = new Map([
  ...templateFields.map((field) => [field, field] as const),
  ['preferred_product', 'prefered_product'],
])
