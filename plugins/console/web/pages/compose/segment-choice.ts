/** Recipients by segments, or everybody, without others. Pure. */

export interface SegmentChoice {
  /** Ids of segments; empty: all customers. */
  readonly include: readonly number[]
  /** Ids of segments whose customers are left out. */
  readonly exclude: readonly number[]
  /** Ids of campaigns whose recipients are left out. */
  readonly campaigns: readonly number[]
  /** Names of these segments by their ids. */
  readonly names: Readonly<Record<number, string>>
  readonly campaignNames: Readonly<Record<number, string>>
}

export const emptyChoice: SegmentChoice = { include: [], exclude: [], campaigns: [], names: {}, campaignNames: {} }

/** Audience of the API. */
export function audienceOf({ include, exclude, campaigns }: SegmentChoice) {
  const without = {
    ...(exclude.length > 0 && { segment_ids: exclude }),
    ...(campaigns.length > 0 && { campaign_ids: campaigns }),
  }
  return {
    ...(include.length > 0 ? { segment_ids: include } : { everyone: true }),
    ...(Object.keys(without).length > 0 && { exclude: without }),
  }
}

/** Rule of the API that the same customers fit. */
export function ruleOf({ include, exclude, campaigns }: SegmentChoice): object {
  const within = (ids: readonly number[]) => ({ any: ids.map((segment) => ({ segment })) })
  const parts = [
    ...(include.length > 0 ? [within(include)] : [{ field: 'phone', starts_with: '+' }]),
    ...(exclude.length > 0 ? [{ not: within(exclude) }] : []),
    ...(campaigns.length > 0 ? [{ not: { any: campaigns.map((campaign) => ({ campaign })) } }] : []),
  ]
  return { all: parts }
}

const listed = (ids: readonly number[], names: Readonly<Record<number, string>>) =>
  ids.map((id) => `“${names[id] ?? id}”`).join(', ')

/** `Customers in “Nairobi”, without those in “Staff”, and without recipients of “Offer”.` */
export function describeChoice({ include, exclude, campaigns, names, campaignNames }: SegmentChoice): string {
  const whom = include.length > 0 ? `Customers in ${listed(include, names)}` : 'All customers'
  const without = [
    ...(exclude.length > 0 ? [`without those in ${listed(exclude, names)}`] : []),
    ...(campaigns.length > 0 ? [`without recipients of ${listed(campaigns, campaignNames)}`] : []),
  ]
  return `${[whom, without.join(' and ')].filter(Boolean).join(', ')}.`
}
