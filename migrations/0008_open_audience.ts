import { type Kysely, sql } from 'kysely'

/**
 * An audience that is given in several calls: the campaign must not end between two of them. Processes of the version
 * before know nothing of it while they still run, so the database itself keeps them from ending such a campaign.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns
    add column audience_open boolean not null default false,
    add column audience_seen_at timestamptz,
    add column paused_reason text,
    add constraint campaigns_audience_open check (not (audience_open and status in ('sent', 'failed')))`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`alter table campaigns
    drop constraint campaigns_audience_open,
    drop column audience_open,
    drop column audience_seen_at,
    drop column paused_reason`.execute(db)
}
