/** Uses of segments, which keep them from being deleted. */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'

/** Something that names a segment: another one, or a campaign whose audience is found out when it starts. */
export interface Use {
  readonly kind: 'segment' | 'campaign'
  readonly id: number
  readonly name: string
}

type Db = Kysely<Pick<Database, 'segments' | 'segment_uses' | 'campaigns' | 'selections' | 'selection_segments'>>

/**
 * Uses by the id of the segment; one without any is missing. Whatever else comes to name segments is added here: lists and
 * the check before a deletion both ask this.
 */
export async function findUses(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, readonly Use[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('segment_uses as u')
    .innerJoin('segments as s', 's.id', 'u.segment_id')
    .select(['u.used_id', 's.id', 's.name'])
    .where('u.used_id', 'in', ids)
    .orderBy('s.id')
    .execute()
  const uses = new Map<number, Use[]>()
  const add = (used_id: number, use: Use) => uses.set(used_id, [...(uses.get(used_id) ?? []), use])
  for (const { used_id, id, name } of rows) add(used_id, { kind: 'segment', id, name })
  for (const { used_id, id, name } of await findCampaigns(db, ids)) add(used_id, { kind: 'campaign', id, name })
  return uses
}

/** Campaigns whose audiences name segments and are not evaluated. */
function findCampaigns(db: Db, ids: readonly number[]) {
  return db
    .selectFrom('selection_segments as u')
    .innerJoin('selections as s', 's.id', 'u.selection_id')
    .innerJoin('campaigns as k', 'k.id', 's.campaign_id')
    .select(['u.segment_id as used_id', 'k.id', 'k.name'])
    .distinct()
    .where('u.segment_id', 'in', ids)
    .orderBy('k.id')
    .execute()
}

/** Ids of the segments that lead to one, directly or through others. */
export async function findUsers(db: Db, id: number): Promise<number[]> {
  const rows = await db
    .withRecursive('users', (cte) =>
      cte
        .selectFrom('segment_uses')
        .select('segment_id as id')
        .where('used_id', '=', id)
        .union(
          cte.selectFrom('users').innerJoin('segment_uses as u', 'u.used_id', 'users.id').select('u.segment_id as id'),
        ),
    )
    .selectFrom('users')
    .select('id')
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}
