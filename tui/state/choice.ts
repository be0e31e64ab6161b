/** Choice of recipients by segments: customers in any of them, or everyone, without those in others. Pure. */

export interface Chosen {
  readonly id: number
  readonly name: string
}

export interface Choice {
  readonly include: readonly Chosen[]
  readonly exclude: readonly Chosen[]
}
export type ChoiceList = keyof Choice

export const emptyChoice: Choice = { include: [], exclude: [] }

/** Segments that one list of an audience may name. */
export const MOST_CHOSEN = 20

/** Adds a segment to a list, or removes it; a segment is in one of the two lists at most. A full list stays as it is. */
export function toggleChosen(choice: Choice, list: ChoiceList, { id, name }: Chosen): Choice {
  const without = (chosen: readonly Chosen[]) => chosen.filter((one) => one.id !== id)
  const rest = { include: without(choice.include), exclude: without(choice.exclude) }
  if (rest[list].length < choice[list].length) return rest
  return rest[list].length >= MOST_CHOSEN ? choice : { ...rest, [list]: [...rest[list], { id, name }] }
}

/** Removes the segment that was chosen last. */
export const dropChosen = (choice: Choice, list: ChoiceList): Choice => ({
  ...choice,
  [list]: choice[list].slice(0, -1),
})

/** The choice as calls to the API have it. */
export interface AudienceSpec {
  everyone?: boolean
  segment_ids?: number[]
  exclude?: { segment_ids: number[] }
}

const idsOf = (chosen: readonly Chosen[]) => chosen.map(({ id }) => id)

/** @param everyone in place of the segments that are included */
export function specOf({ include, exclude }: Choice, everyone: boolean): AudienceSpec {
  return {
    ...(everyone ? { everyone } : { segment_ids: idsOf(include) }),
    ...(exclude.length > 0 && { exclude: { segment_ids: idsOf(exclude) } }),
  }
}

/** The rule that the same customers fit, for a preview; undefined: all customers do. */
export function ruleOf({ segment_ids, exclude }: AudienceSpec) {
  const within = (ids: readonly number[]) => ({ any: ids.map((segment) => ({ segment })) })
  const parts = [
    ...(segment_ids ? [within(segment_ids)] : []),
    ...(exclude ? [{ not: within(exclude.segment_ids) }] : []),
  ]
  return parts.length > 0 ? { all: parts } : undefined
}

/** `“Nairobi”, “Thika”` */
export const chosenText = (chosen: readonly Chosen[]): string => chosen.map(({ name }) => `“${name}”`).join(', ')
