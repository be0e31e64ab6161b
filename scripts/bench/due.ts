/** Lateness of many campaigns that are due in one second: from their time to the outcome of the first and the last message. */
import postgres from 'postgres'
import { releaseServers } from '../../test/support/server-process.ts'
import { TEMPLATE } from './customers.ts'
import { write } from './format.ts'
import { dueSizes, type QueueName, queues } from './keys.ts'
import type { Bench } from './part.ts'
import { startProcesses } from './processes.ts'

/** Seconds from the moment at which all of them are there to their time. */
const AHEAD_SECONDS = 3
const OVER_WITHIN_MS = 300_000
const LOOK_EVERY_MS = 100

export async function runDue(bench: Bench): Promise<void> {
  for (const queue of queues)
    for (const recipients of dueSizes) {
      const { first, last } = await measureDue(bench, queue, recipients)
      bench.note(`due.${queue}.${recipients}.first`, first)
      bench.note(`due.${queue}.${recipients}.last`, last)
      const campaigns = write(bench.plan.due.campaigns, 'plain')
      bench.say(
        `due at once, ${queue}: ${campaigns} campaigns of ${recipients}: first ${write(first, 's')} late, last ${write(last, 's')}`,
      )
    }
}

/** @returns seconds from the campaigns' time to the first and the last outcome, as the database's clock tells them */
async function measureDue({ environment, plan }: Bench, queue: QueueName, recipients: number) {
  const database = await environment.fresh()
  const sql = postgres(database.url, { max: 1, onnotice: () => {} })
  try {
    await startProcesses(environment, database, { queue, workers: 2 })
    const { campaigns } = plan.due
    await insertScheduled(sql, campaigns, recipients)
    await sql`update campaigns set scheduled_at = now() + make_interval(secs => ${AHEAD_SECONDS})`
    await waitOver(sql, campaigns * recipients)
    const [late] = await sql<{ first: number; last: number }[]>`
      select extract(epoch from min(m.updated_at - k.scheduled_at))::float8 as first,
        extract(epoch from max(m.updated_at - k.scheduled_at))::float8 as last
      from outbound_messages m join campaigns k on k.id = m.campaign_id`
    if (!late) throw new Error('No message was sent')
    return late
  } finally {
    await sql.end()
    await releaseServers()
    await database.drop()
  }
}

/** As /send leaves them before their time. By statements, since 10,000 requests would take longer than what is measured. */
async function insertScheduled(sql: postgres.Sql, campaigns: number, recipients: number): Promise<void> {
  await sql`insert into campaigns (name, channel, base_template, status, scheduled_at)
    select 'Bench ' || n, 'sms', ${TEMPLATE}, 'scheduled', now() + interval '1 hour' from generate_series(1, ${campaigns}::int) n`
  await sql`insert into outbound_messages (campaign_id, customer_id)
    select k.id, n from campaigns k, generate_series(1, ${recipients}::int) n order by k.id, n`
  await sql`insert into dispatch_chunks (campaign_id, first_id, last_id, size, state)
    select campaign_id, min(id), max(id), count(*), 'held' from outbound_messages group by campaign_id order by campaign_id`
}

async function waitOver(sql: postgres.Sql, messages: number): Promise<void> {
  const begun = performance.now()
  for (;;) {
    const [counted] = await sql<{ open: number; sent: number }[]>`
      select (count(*) filter (where completed_at is null))::int as open, sum(sent)::int as sent from campaigns`
    if (counted?.open === 0) {
      if (counted.sent !== messages) throw new Error(`${counted.sent} of ${messages} messages were sent`)
      return
    }
    if (performance.now() - begun > OVER_WITHIN_MS) throw new Error(`Campaigns are not over after ${OVER_WITHIN_MS} ms`)
    await Bun.sleep(LOOK_EVERY_MS)
  }
}
