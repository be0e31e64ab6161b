/**
 * Latency of the reads that the console makes, with 10,000 campaigns, a million customers, and a campaign of a
 * million recipients that is half sent: `node scripts/bun.mjs scripts/bench/reads.ts`. Ends with 1 when the median of one is
 * over its bound. Options: --recipients N, --rounds N, --embedded (PGlite in place of PostgreSQL).
 */
import { parseArgs } from 'node:util'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { freshDatabase } from '../../test/support/databases.ts'
import { stopSharedPostgres } from '../../test/support/postgres.ts'
import { releaseServers, startServer } from '../../test/support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../../test/support/server-process-folder.ts'
import { figureOf } from './figures.ts'

const CAMPAIGNS = 10_000
const CHUNK = 500

const { values: options } = parseArgs({
  options: {
    recipients: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '15' },
    embedded: { type: 'boolean', default: false },
  },
})
const recipients = Number(options.recipients)
const rounds = Number(options.rounds)

/** One in 97 failed, so that a page of those is spread over many; `unknown` is the very last one. */
async function fill(db: Kysely<Database>): Promise<void> {
  const half = recipients / 2
  await sql`insert into customers (phone, first_name, last_name, location, prefered_product)
    select '+2547' || lpad(i::text, 8, '0'), 'Amina' || i % 5000, 'Otieno' || i % 700, 'Nairobi ' || i % 40, 'Lamp ' || i % 90
    from generate_series(1, ${recipients}::int) i`.execute(db)
  await sql`insert into campaigns (name, channel, base_template, status, scheduled_at)
    select 'Campaign ' || md5(i::text), (case when i % 2 = 0 then 'sms' else 'whatsapp' end)::channel, 'Hi {first_name}',
      (case when i % 9 = 0 then 'scheduled' else 'draft' end)::campaign_status, now() + make_interval(hours => i)
    from generate_series(1, ${CAMPAIGNS}::int) i`.execute(db)
  await sql`update campaigns set status = 'paused', started_at = now() where id = ${CAMPAIGNS}`.execute(db)
  await sql`insert into outbound_messages (campaign_id, customer_id, status, attempts, turn, last_error, rendered_content,
      updated_at)
    select ${CAMPAIGNS}::int, i, (case when i = ${recipients}::int then 'unknown' when i > ${half}::int then 'pending'
        when i % 97 = 0 then 'failed' else 'sent' end)::message_status, 1,
      case when i > ${half}::int and i <> ${recipients}::int then 0 else 1 end,
      case when i = ${recipients}::int then 'timeout' when i <= ${half}::int and i % 97 = 0 then 'provider.rejected' end,
      'Hi Amina, see what is new in Nairobi today, and have a lamp', now()
    from generate_series(1, ${recipients}::int) i`.execute(db)
  await sql`insert into dispatch_chunks (campaign_id, first_id, last_id, size, state, sent, failed, unknown, reasons)
    select ${CAMPAIGNS}::int, min(id), max(id), count(*), (case when bool_or(turn = 0) then 'ready' else 'done' end)::chunk_state,
      count(*) filter (where status = 'sent'), count(*) filter (where status = 'failed'),
      count(*) filter (where status = 'unknown'),
      nullif(jsonb_strip_nulls(jsonb_build_object(
        'failed provider.rejected', nullif(count(*) filter (where status = 'failed'), 0),
        'unknown timeout', nullif(count(*) filter (where status = 'unknown'), 0))), '{}')
    from outbound_messages group by (id - 1) / ${CHUNK}::int order by 2`.execute(db)
}

const at = `/campaigns/${CAMPAIGNS}`
/** Paths that are asked, and the milliseconds that the median of each may take. */
const paths: readonly (readonly [string, number])[] = [
  ['/campaigns', 50],
  ['/campaigns?page=500', 50],
  ['/campaigns?sort=name&page=250', 200],
  ['/campaigns?sort=scheduled_at&status=scheduled', 50],
  ['/campaigns?q=abc', 200],
  ['/campaigns?q=nothing-of-the-kind', 200],
  [at, 50],
  [`${at}/messages`, 50],
  [`${at}/messages?limit=500`, 50],
  [`${at}/messages?status=failed`, 50],
  [`${at}/messages?status=pending`, 50],
  [`${at}/messages?status=unknown`, 50],
  [`${at}/messages?status=skipped`, 50],
  [`${at}/messages?q=0700500001`, 50],
  [`${at}/messages?q=0700999`, 100],
  [`${at}/messages?q=%2B2547`, 100],
  [`${at}/messages?q=0709&status=failed`, 200],
  [`${at}/failures`, 50],
  ['/customers', 50],
  ['/customers?page=5000', 200],
  ['/customers?q=0700999999', 50],
  ['/customers?q=otieno699', 100],
  ['/customers?q=amina', 100],
  ['/customers?q=zoe%20nobody', 100],
  ['/stats', 100],
]
/** They read everything that they are about, once; told, and not judged. */
const slow = [
  '/customers/count?q=otieno699',
  '/customers?location=nairobi%2039',
  '/customers/ids?location=nairobi%2039',
]

async function measure(url: string, path: string) {
  const times: number[] = []
  for (let round = -2; round < rounds; round++) {
    const begun = performance.now()
    const response = await fetch(url + path)
    await response.text()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
    if (round >= 0) times.push(performance.now() - begun)
  }
  return figureOf(times)
}

const database = options.embedded ? undefined : await freshDatabase('postgres')
const folder = options.embedded ? await freshFolder() : undefined
try {
  if (database) await fill(database.db)
  if (database) await sql`vacuum analyze`.execute(database.db)
  if (folder) await inFolder(folder, fill)
  const place = database?.url ? { DATABASE_URL: database.url } : { DATA_DIR: folder ?? '' }
  const all = 'campaigns,control,customers,stats,health'
  const { url } = await startServer({ ...place, LOG_LEVEL: 'warn', SAMPLE_DATA: 'off', PLUGINS: all })
  console.log(
    `${recipients.toLocaleString('en')} recipients on ${options.embedded ? 'PGlite' : 'PostgreSQL'}; median and most, ms`,
  )
  for (const [path, limit] of [...paths, ...slow.map((path) => [path, Number.POSITIVE_INFINITY] as const)]) {
    const { median, max } = await measure(url, path)
    const late = median > limit
    if (late) process.exitCode = 1
    console.log(
      `${median.toFixed(1).padStart(8)} ${max.toFixed(1).padStart(8)}  ${path}${late ? `   TOO SLOW: ${limit} at most` : ''}`,
    )
  }
} finally {
  await releaseServers()
  await database?.close()
  await releaseFolders()
  await stopSharedPostgres()
}
