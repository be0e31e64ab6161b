/** Dry run of a campaign that is about to be sent. */
import { ask } from '../../api/client.ts'
import type { DryRun } from '../../api/types.ts'
import { type Query, useQuery } from '../../hooks/use-query.ts'
import type { Audience, Draft } from './draft.ts'
import { audienceOf } from './segment-choice.ts'
import { idsBy } from './submit.ts'

/** Largest number of ids per call. */
const MOST = 100_000

/** Undefined where the API cannot know the recipients yet, or only in several calls. */
function openBody(audience: Audience): (() => Promise<object>) | undefined {
  switch (audience.by) {
    case 'segments':
      return async () => ({ audience: audienceOf(audience.choice) })
    case 'picking':
      return async () => ({ customer_ids: audience.ids })
    case 'filter':
      return (audience.count ?? 0) > MOST ? undefined : async () => ({ customer_ids: await idsBy(audience.filter) })
    default:
      return undefined
  }
}

/**
 * @param draft asked again when its characters change
 * @param prepare saves the campaign and returns its id; undefined where that would change what people get
 * @returns undefined where there is none
 */
export function useDryRun(
  { transliteration }: Draft,
  audience: Audience,
  prepare: (() => Promise<number>) | undefined,
): Query<DryRun | undefined> | undefined {
  const open = prepare && openBody(audience)
  const run = useQuery(open ? `dry run ${transliteration}` : '', async (signal) => {
    if (!open || !prepare) return undefined
    const id = await prepare()
    return ask<DryRun>(`/campaigns/${id}/dry-run`, await open(), signal)
  })
  return open && run
}
