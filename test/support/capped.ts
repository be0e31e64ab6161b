/** People who have had as many marketing messages as a cap allows. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'

/** Sets a cap of one message in a week, and lets these phones have had theirs yesterday. */
export async function capWritten(db: Kysely<Database>, phones: readonly string[]): Promise<void> {
  await db
    .insertInto('policies')
    .values({ document: { caps: [{ messages: 1, days: 7 }] } })
    .execute()
  await sql`insert into cap_reservations (phone, messages, starts)
    select p, '{999999}', array[now() - interval '1 day'] from unnest(${[...phones]}::text[]) as p`.execute(db)
}
