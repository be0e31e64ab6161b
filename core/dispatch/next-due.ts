/** How long there is nothing to hand out, as far as the database knows. */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../db/prepare.ts'
import type { Database } from '../db/schema.ts'

/** @returns asks for the milliseconds until a ready chunk is due: from 1, for one that is due already, to `atMost` */
export function openNextDue(db: Kysely<Pick<Database, 'dispatch_chunks'>>): (atMost: number) => Promise<number> {
  const find = prepare<Record<never, never>, { ms: number | null }>(db, () =>
    db
      .selectFrom('dispatch_chunks')
      .select(sql<number | null>`(extract(epoch from min(due_at) - now()) * 1000)::float8`.as('ms'))
      .where('state', '=', sql.lit('ready')),
  )
  return async (atMost) => {
    const ms = (await find({}))[0]?.ms ?? atMost
    return Math.min(atMost, Math.max(1, Math.ceil(ms)))
  }
}
