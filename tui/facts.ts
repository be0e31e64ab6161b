/** Facts about a customer in a few words each. Pure. */

/** Fields that answers have of a customer; not every answer has all. */
export interface Facts {
  readonly location?: string | null
  readonly prefered_product?: string | null
  readonly language?: string | null
  readonly time_zone?: string | null
  readonly tags?: readonly string[]
  readonly suppressed?: readonly { readonly channel: string; readonly reason: string }[]
  /** Values by the names of attributes. */
  readonly attributes?: unknown
}

const reasonTexts: Readonly<Record<string, string>> = {
  opt_out: 'opted out',
  complaint: 'complained',
  manual: 'added by hand',
  invalid: 'number cannot be reached',
  erased: 'erased',
}

/** `suppressed: opted out (sms, whatsapp)`. */
function suppressedText(suppressed: NonNullable<Facts['suppressed']>): string[] {
  const byReason = Map.groupBy(suppressed, ({ reason }) => reason)
  const texts = [...byReason].map(
    ([reason, of]) => `${reasonTexts[reason] ?? reason} (${of.map(({ channel }) => channel).join(', ')})`,
  )
  return texts.length > 0 ? [`suppressed: ${texts.join(', ')}`] : []
}

/** `Nairobi`, `sw`, `Africa/Nairobi`, `tags vip, staff`, `points 120`. */
export function factsOf({
  location,
  prefered_product,
  language,
  time_zone,
  tags = [],
  attributes,
  suppressed = [],
}: Facts): string[] {
  const values = Object.entries((attributes ?? {}) as Record<string, string | number | boolean>)
  return [
    ...suppressedText(suppressed),
    ...[location, prefered_product, language, time_zone].flatMap((value) => value || []),
    ...(tags.length > 0 ? [`tags ${tags.join(', ')}`] : []),
    ...values.map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`),
  ]
}

export const personName = (person: { first_name: string | null; last_name: string | null; phone: string }): string =>
  [person.first_name, person.last_name].filter(Boolean).join(' ') || person.phone
