import { readFileSync } from 'node:fs'
import { type Kysely, sql } from 'kysely'

const readFunction = (file: string) => readFileSync(new URL(`./functions/${file}`, import.meta.url), 'utf8')

/**
 * Turns of campaigns that share a limited sender, and what a provider said when the service paused a campaign. Of campaigns
 * that want more than the rate allows, the one that has used least goes first, by its weight; `sender_turns` counts it, under
 * the lock of the sender's row. Programs of the version before may go on meanwhile: the function takes and answers the same.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns add column paused_detail text`.execute(db)
  await sql`create table sender_turns (
    sender text not null,
    campaign_id integer not null references campaigns on delete cascade,
    -- Units by weight; only differences count.
    used double precision not null,
    -- It wants more than it got, until then.
    hungry_until timestamptz,
    primary key (sender, campaign_id)
  ) with (fillfactor = 50)`.execute(db)
  await sql`create index sender_turns_campaign on sender_turns (campaign_id)`.execute(db)
  await sql`drop function grant_permits`.execute(db)
  await sql.raw(readFunction('grant_permits_2.sql')).execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop function grant_permits`.execute(db)
  await sql.raw(readFunction('grant_permits_1.sql')).execute(db)
  await sql`drop table sender_turns`.execute(db)
  await sql`alter table campaigns drop column paused_detail`.execute(db)
}
