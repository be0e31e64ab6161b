/** Facts about a customer in a few words each. Pure. */

/** Fields that answers have of a customer; not every answer has all. */
export interface Facts {
  readonly location?: string | null
  readonly prefered_product?: string | null
  readonly language?: string | null
  readonly time_zone?: string | null
  readonly tags?: readonly string[]
  /** Values by the names of attributes. */
  readonly attributes?: unknown
}

/** `Nairobi`, `sw`, `Africa/Nairobi`, `tags vip, staff`, `points 120`. */
export function factsOf({ location, prefered_product, language, time_zone, tags = [], attributes }: Facts): string[] {
  const values = Object.entries((attributes ?? {}) as Record<string, string | number | boolean>)
  return [
    ...[location, prefered_product, language, time_zone].flatMap((value) => value || []),
    ...(tags.length > 0 ? [`tags ${tags.join(', ')}`] : []),
    ...values.map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`),
  ]
}

export const personName = (person: { first_name: string | null; last_name: string | null; phone: string }): string =>
  [person.first_name, person.last_name].filter(Boolean).join(' ') || person.phone
