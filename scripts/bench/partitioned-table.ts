/**
 * `outbound_messages` as it could be: partitioned by ranges of `campaign_id`, with earlier campaigns in all partitions but the
 * last. `unique (campaign_id, customer_id)` holds over all of them.
 */
import type postgres from 'postgres'
import { CHUNK_SIZE } from '../../core/messaging/enqueue/audience-insert.ts'
import { TEMPLATE } from './customers.ts'

const PARTITIONS = 16
/** Campaigns of one partition. */
const RANGE = 10
const LAST = PARTITIONS - 1
/** The schema in which the last partition stands under the table's own name. */
const LAST_SCHEMA = 'last_partition'

/** Search path with which a statement that names `outbound_messages` names the last partition itself. */
export const lastPartitionFirst = `${LAST_SCHEMA},public`

/** Puts partitions in the place of the empty table. @param key of each; `id` comes from one sequence in either case */
export async function partition(sql: postgres.Sql, key: 'id' | 'campaign_id, id'): Promise<void> {
  await sql`alter table outbound_messages rename to plain_messages`
  await sql`create table outbound_messages (like plain_messages including defaults including identity including constraints,
    unique (campaign_id, customer_id)) partition by range (campaign_id)`
  await sql`drop table plain_messages`
  for (let nth = 0; nth < PARTITIONS; nth++) {
    const [from, to] = [nth === 0 ? 'minvalue' : nth * RANGE, nth === LAST ? 'maxvalue' : (nth + 1) * RANGE]
    await sql.unsafe(`create table outbound_messages_${nth} partition of outbound_messages (primary key (${key}))
      for values from (${from}) to (${to}) with (fillfactor = 20)`)
  }
  await sql`create schema ${sql(LAST_SCHEMA)}`
  await sql.unsafe(`alter table outbound_messages_${LAST} set schema ${LAST_SCHEMA}`)
  await sql.unsafe(`alter table ${LAST_SCHEMA}.outbound_messages_${LAST} rename to outbound_messages`)
}

/** Removes the first earlier campaign's messages, as retention would, and leaves their room to be used again. */
export async function removeEarlier(sql: postgres.Sql, partitioned: boolean): Promise<void> {
  if (partitioned) return void (await sql`drop table outbound_messages_0`)
  await sql`delete from outbound_messages where campaign_id = 1`
  await sql`vacuum outbound_messages`
}

/** Adds a campaign that is over to each range but the last; those that are created afterwards fall into the last. */
export async function addEarlier(sql: postgres.Sql, recipients: number, text: string): Promise<void> {
  await sql`insert into campaigns (id, name, channel, base_template, status, started_at, completed_at, total, sent)
    overriding system value
    select nth * ${RANGE}::int + 1, 'Earlier', 'sms', ${TEMPLATE}, 'sent', now(), now(), ${recipients}::int, ${recipients}::int
    from generate_series(0, ${LAST - 1}::int) nth`
  await sql`select setval(pg_get_serial_sequence('campaigns', 'id'), ${LAST * RANGE}::int)`
  await sql`insert into outbound_messages (campaign_id, customer_id, status, attempts, turn, updated_at, provider_message_id,
      rendered_content)
    select k.id, n, 'sent', 1, 1, now(), 'mock-' || n, ${text}::text
    from campaigns k, generate_series(1, ${recipients}::int) n order by k.id, n`
  await sql`insert into dispatch_chunks (campaign_id, first_id, last_id, size, sent, state)
    select campaign_id, min(id), max(id), count(*), count(*), 'done' from outbound_messages
    group by campaign_id, (id - 1) / ${CHUNK_SIZE}::int order by 2`
}
