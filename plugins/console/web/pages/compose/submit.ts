/** Saves a draft and sends it to its recipients. Every step can be repeated after a failure. */
import { get, patch, post, query } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { findIds, uploadRows } from '../../csv/upload.ts'
import { addRecipients } from './add-recipients.ts'
import { type Audience, bodyOf, type CustomerFilter, changesOf, type Draft, type Saved } from './draft.ts'
import { audienceOf } from './segment-choice.ts'

/** @param saved undefined for a new campaign */
export function save(saved: Saved | undefined, draft: Draft): Promise<Campaign> {
  if (!saved) return post('/campaigns', bodyOf(draft))
  const changes = changesOf(saved.draft, draft)
  const path = `/campaigns/${saved.id}`
  return Object.keys(changes).length > 0 ? patch(path, changes) : get(path)
}

/** @returns the number of recipients that were new to the campaign; undefined where the server selects them by itself */
export async function sendTo(id: number, audience: Audience): Promise<number | undefined> {
  if (audience.by === 'segments') {
    await post(`/campaigns/${id}/send`, { audience: audienceOf(audience.choice) })
    return undefined
  }
  return addRecipients(id, await idsOf(audience))
}

async function idsOf(audience: Exclude<Audience, { by: 'segments' }>): Promise<readonly number[]> {
  if (audience.by === 'none') return []
  if (audience.by === 'picking') return audience.ids
  if (audience.by === 'filter') return idsBy(audience.filter)
  if (!audience.checked) return []
  await uploadRows(audience.checked, audience.key)
  return findIds([...audience.checked.rows.keys()])
}

export async function idsBy(filter: CustomerFilter): Promise<number[]> {
  const ids: number[] = []
  let cursor: string | null = null
  do {
    const path = `/customers/ids${query({ ...filter, cursor })}`
    const page: { data: number[]; next_cursor: string | null } = await get(path)
    ids.push(...page.data)
    cursor = page.next_cursor
  } while (cursor !== null)
  return ids
}
