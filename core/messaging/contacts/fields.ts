/** Fields that a template may name. */

export const templateFields = ['first_name', 'last_name', 'phone', 'location', 'prefered_product'] as const
export type TemplateField = (typeof templateFields)[number]

/** Fields by each of their spellings. */
export const fieldByName: ReadonlyMap<string, TemplateField> = new Map([
  ...templateFields.map((field) => [field, field] as const),
  ['preferred_product', 'prefered_product'],
])
