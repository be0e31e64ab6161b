/** Saves a draft and sends it to its recipients. Every step may be repeated after a failure in the middle. */
import { get, patch, post, query } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { findIds, uploadRows } from '../../csv/upload.ts'
import { addRecipients } from './add-recipients.ts'
import { type Audience, bodyOf, type CustomerFilter, changesOf, type Draft, type Saved } from './draft.ts'

/** @param saved undefined: it is a new one */
export function save(saved: Saved | undefined, draft: Draft): Promise<Campaign> {
  if (!saved) return post('/campaigns', bodyOf(draft))
  const changes = changesOf(saved.draft, draft)
  const path = `/campaigns/${saved.id}`
  return Object.keys(changes).length > 0 ? patch(path, changes) : get(path)
}

/** @returns how many recipients were new to the campaign */
export async function sendTo(id: number, audience: Audience): Promise<number> {
  return addRecipients(id, await idsOf(audience))
}

async function idsOf(audience: Audience): Promise<readonly number[]> {
  if (audience.by === 'none') return []
  if (audience.by === 'picking') return audience.ids
  if (audience.by === 'filter') return idsBy(audience.filter)
  const rows = [...(audience.checked?.rows.values() ?? [])]
  await uploadRows(rows, audience.key)
  return findIds(rows.map(({ phone }) => phone))
}

async function idsBy(filter: CustomerFilter): Promise<number[]> {
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
