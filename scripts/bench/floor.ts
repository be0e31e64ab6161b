/**
 * The floor: what PostgreSQL alone takes, on our own tables, to queue every recipient and to write every outcome down, with
 * a claim for each chunk, and the watermark and a COMMIT for each window. Nothing leaves the server, nothing is rendered.
 */
import { CHUNK_SIZE } from '../../core/messaging/enqueue/audience-insert.ts'
import { averageText } from './customers.ts'
import type { Environment } from './environment.ts'
import { onceIn } from './environment.ts'
import { defaultOf } from './settings.ts'

/** Writes the columns that a worker writes, a window at a time. */
const procedureOf = (
  window: number,
  leaseSeconds: number,
) => `create procedure bench_drain(part int, parts int, content text)
language plpgsql as $$
declare
  c record;
  n int;
  upto bigint;
begin
  for c in select id, first_id, last_id from dispatch_chunks where id % parts = part order by id loop
    update dispatch_chunks set state = 'leased', epoch = epoch + 1, leased_by = 'floor',
      lease_until = now() + interval '${leaseSeconds} seconds' where id = c.id;
    commit;
    upto := c.first_id - 1;
    while upto < c.last_id loop
      update outbound_messages set status = 'sent', attempts = 1, turn = turn + 1, updated_at = clock_timestamp(),
          provider_message_id = 'mock-' || id, rendered_content = content
        where id > upto and id <= least(upto + ${window}, c.last_id) and status = 'pending';
      get diagnostics n = row_count;
      upto := least(upto + ${window}, c.last_id);
      update dispatch_chunks set sent = sent + n, started_upto = upto, lease_until = now() + interval '${leaseSeconds} seconds',
        state = case when upto = c.last_id then 'done' else 'leased' end::chunk_state where id = c.id;
      commit;
    end loop;
  end loop;
end $$`

/** @returns recipients a second, from the first insert to the last COMMIT */
export async function measureFloor(environment: Environment, recipients: number, sessions: number): Promise<number> {
  const database = await environment.fresh(recipients)
  try {
    const content = await onceIn(database.url, async (sql) => {
      await sql.unsafe(procedureOf(defaultOf('WORKER_WINDOW'), defaultOf('WORKER_LEASE_SECONDS')))
      return averageText(sql)
    })
    const begun = performance.now()
    await queueAll(database.url, recipients)
    await Promise.all(
      Array.from({ length: sessions }, (_, part) =>
        onceIn(database.url, (sql) => sql.unsafe(`call bench_drain(${part}, ${sessions}, '${content}')`)),
      ),
    )
    const seconds = (performance.now() - begun) / 1000
    await requireSent(database.url, recipients)
    return recipients / seconds
  } finally {
    await database.drop()
  }
}

function queueAll(url: string, recipients: number): Promise<void> {
  return onceIn(url, async (sql) => {
    await sql`insert into campaigns (name, channel, base_template, status) values ('Floor', 'sms', 'x', 'sending')`
    await sql`insert into outbound_messages (campaign_id, customer_id)
      select 1, id from customers order by id limit ${recipients}`
    await sql`insert into dispatch_chunks (campaign_id, first_id, last_id, size, state)
      select 1, min(id), max(id), count(*), 'ready' from outbound_messages
      group by (id - 1) / ${CHUNK_SIZE}::int order by 2`
  })
}

async function requireSent(url: string, recipients: number): Promise<void> {
  const [row] = await onceIn(
    url,
    (sql) => sql`select (select count(*) from outbound_messages where status = 'sent')::int as sent,
      (select sum(sent) from dispatch_chunks where state = 'done')::int as counted`,
  )
  if (row?.sent !== recipients || row?.counted !== recipients)
    throw new Error(`The floor sent ${row?.sent} of ${recipients}, and counted ${row?.counted}`)
}
