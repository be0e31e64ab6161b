/** Time until the next chunk is due. */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../db/prepare.ts'
import type { Database } from '../db/schema.ts'
import { isChannelOpen } from './breaker.ts'

/** @returns a function that reads the milliseconds until a ready chunk is due: from 1, where one is due already, to `atMost` */
export function openNextDue(
  db: Kysely<Pick<Database, 'campaigns' | 'dispatch_chunks' | 'breakers'>>,
): (atMost: number) => Promise<number> {
  const find = prepare<Record<never, never>, { ms: number | null }>(db, () =>
    db
      .selectFrom('campaigns as k')
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('dispatch_chunks')
            .select((inner) => inner.fn.min('due_at').as('due_at'))
            .whereRef('campaign_id', '=', 'k.id')
            .where('state', '=', sql.lit('ready'))
            .as('next'),
        (join) => join.onTrue(),
      )
      .select(sql<number | null>`(extract(epoch from min(next.due_at) - now()) * 1000)::float8`.as('ms'))
      .where('k.status', '=', sql.lit('sending'))
      .where(isChannelOpen(sql.ref('k.channel'))),
  )
  return async (atMost) => {
    const ms = (await find({}))[0]?.ms ?? atMost
    return Math.min(atMost, Math.max(1, Math.ceil(ms)))
  }
}
