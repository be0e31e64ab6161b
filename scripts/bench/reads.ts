/**
 * How long the API takes to answer what a console asks, with 10,000 campaigns, a million customers, and a campaign of a
 * million recipients that is half sent: `node scripts/bun.mjs scripts/bench/reads.ts`. Ends with 1 when the median of one is
 * over 200 ms. Options: --recipients N, --rounds N, --embedded (PGlite in place of PostgreSQL).
 */
import { parseArgs } from 'node:util'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { freshDatabase } from '../../test/support/databases.ts'
import { stopSharedPostgres } from '../../test/support/postgres.ts'
import { releaseServers, startServer } from '../../test/support/server-process.ts'
import { freshFolder, inFolder, releaseFolders } from '../../test/support/server-process-folder.ts'
import { figureOf } from './figures.ts'

const LIMIT_MS = 200
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
  await sql`insert into outbound_messages (campaign_id, customer_id, status, attempts, last_error, rendered_content, updated_at)
    select ${CAMPAIGNS}::int, i, (case when i = ${recipients}::int then 'unknown' when i > ${half}::int then 'pending'
        when i % 97 = 0 then 'failed' else 'sent' end)::message_status, 1,
      case when i % 97 = 0 then 'provider.rejected' end, 'Hi Amina, see what is new in Nairobi today, and have a lamp', now()
    from generate_series(1, ${recipients}::int) i`.execute(db)
  await sql`insert into dispatch_chunks (campaign_id, first_id, last_id, size, state, sent)
    select ${CAMPAIGNS}::int, i, i + ${CHUNK - 1}::int, ${CHUNK}::int,
      (case when i > ${half}::int then 'ready' else 'done' end)::chunk_state, case when i > ${half}::int then 0 else ${CHUNK}::int end
    from generate_series(1, ${recipients}::int, ${CHUNK}::int) i`.execute(db)
}

const at = `/campaigns/${CAMPAIGNS}`
const paths = [
  '/campaigns',
  '/campaigns?page=500',
  '/campaigns?sort=name&page=250',
  '/campaigns?sort=scheduled_at&status=scheduled',
  '/campaigns?q=abc',
  '/campaigns?q=nothing-of-the-kind',
  at,
  `${at}/messages`,
  `${at}/messages?limit=500`,
  `${at}/messages?status=failed`,
  `${at}/messages?status=pending`,
  `${at}/messages?status=unknown`,
  `${at}/messages?status=skipped`,
  `${at}/messages?q=0700500001`,
  `${at}/messages?q=0700999`,
  `${at}/messages?q=%2B2547`,
  `${at}/messages?q=0709&status=failed`,
  '/customers',
  '/customers?q=0700999999',
  '/stats',
]
/** They read everything that they are about, once; told, and not judged. */
const slow = ['/customers?q=otieno699', '/customers/ids?location=nairobi%2039', `${at}/failures`]

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

const ground = options.embedded ? undefined : await freshDatabase('postgres')
const folder = options.embedded ? await freshFolder() : undefined
try {
  if (ground) await fill(ground.db)
  if (ground) await sql`vacuum analyze`.execute(ground.db)
  if (folder) await inFolder(folder, fill)
  const place = ground?.url ? { DATABASE_URL: ground.url } : { DATA_DIR: folder ?? '' }
  const all = 'campaigns,control,customers,stats,health'
  const { url } = await startServer({ ...place, LOG_LEVEL: 'warn', SAMPLE_DATA: 'off', PLUGINS: all })
  console.log(
    `${recipients.toLocaleString('en')} recipients on ${options.embedded ? 'PGlite' : 'PostgreSQL'}; median and most, ms`,
  )
  for (const path of [...paths, ...slow]) {
    const { median, max } = await measure(url, path)
    const late = median > LIMIT_MS && !slow.includes(path)
    if (late) process.exitCode = 1
    console.log(`${median.toFixed(1).padStart(8)} ${max.toFixed(1).padStart(8)}  ${path}${late ? '   TOO SLOW' : ''}`)
  }
} finally {
  await releaseServers()
  await ground?.close()
  await releaseFolders()
  await stopSharedPostgres()
}
