/**
 * The floor: what PostgreSQL alone takes, on our own tables, to queue every recipient and to write every outcome down, with
 * a claim for each chunk, and the watermark and a COMMIT for each window. Nothing leaves the server, nothing is rendered.
 */
import type { Ground } from './ground.ts'
import { onceIn } from './ground.ts'

/** WORKER_WINDOW and the size of a chunk, as we have them. */
const WINDOW = 64
const CHUNK = 500

const procedure = `create procedure bench_drain(part int, parts int) language plpgsql as $$
declare
  c record;
  n int;
  upto bigint;
begin
  for c in select id, first_id, last_id from dispatch_chunks where id % parts = part order by id loop
    update dispatch_chunks set state = 'leased', epoch = epoch + 1, leased_by = 'floor',
      lease_until = now() + interval '30 seconds' where id = c.id;
    commit;
    upto := c.first_id - 1;
    while upto < c.last_id loop
      update outbound_messages set status = 'sent', attempts = 1, turn = turn + 1, updated_at = clock_timestamp(),
          provider_message_id = 'mock-' || id, rendered_content = 'Habari rafiki, something new waits in town'
        where id > upto and id <= least(upto + ${WINDOW}, c.last_id) and status = 'pending';
      get diagnostics n = row_count;
      upto := least(upto + ${WINDOW}, c.last_id);
      update dispatch_chunks set sent = sent + n, started_upto = upto, lease_until = now() + interval '30 seconds',
        state = case when upto = c.last_id then 'done' else 'leased' end::chunk_state where id = c.id;
      commit;
    end loop;
  end loop;
end $$`

/** @returns recipients a second, from the first insert to the last COMMIT */
export async function measureFloor(ground: Ground, recipients: number, sessions: number): Promise<number> {
  const database = await ground.fresh()
  await onceIn(database.url, (sql) => sql.unsafe(procedure))
  const begun = performance.now()
  await onceIn(database.url, async (sql) => {
    await sql`insert into campaigns (name, channel, base_template, status) values ('Floor', 'sms', 'x', 'sending')`
    await sql`insert into outbound_messages (campaign_id, customer_id)
      select 1, id from customers order by id limit ${recipients}`
    await sql`insert into dispatch_chunks (campaign_id, first_id, last_id, size, state)
      select 1, min(id), max(id), count(*), 'ready' from outbound_messages group by (id - 1) / ${sql.unsafe(String(CHUNK))}`
  })
  await Promise.all(
    Array.from({ length: sessions }, (_, part) =>
      onceIn(database.url, (sql) => sql.unsafe(`call bench_drain(${part}, ${sessions})`)),
    ),
  )
  const seconds = (performance.now() - begun) / 1000
  const [row] = await onceIn(
    database.url,
    (sql) => sql`select count(*)::int as n from outbound_messages where status = 'sent'`,
  )
  if (row?.n !== recipients) throw new Error(`The floor sent ${row?.n} of ${recipients}`)
  await database.drop()
  return recipients / seconds
}
