/**
 * Latency of lists, searches and counts of a million customers with ten attributes and tags each, beside the same customers
 * without: `node scripts/bun.mjs scripts/bench/wide.ts`. Both are asked in turn. Ends with 1 when the median with attributes
 * is longer by a quarter and by 50 ms. Options: --customers N, --rounds N.
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { freshDatabase } from '../../test/support/databases.ts'
import { stopSharedPostgres } from '../../test/support/postgres.ts'
import { releaseServers, startServer } from '../../test/support/server-process.ts'
import { figureOf } from './figures.ts'

const { values: options } = parseArgs({
  options: { customers: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '9' } },
})
const customers = Number(options.customers)
const rounds = Number(options.rounds)

const ATTRIBUTES = {
  points: 'number',
  visits: 'number',
  spent: 'number',
  city: 'text',
  shop: 'text',
  plan: 'text',
  member: 'boolean',
  parent: 'boolean',
  joined: 'date',
  renews: 'date',
} as const

const plain = {
  phone: sql`'+2547' || lpad(i::text, 8, '0')`,
  first_name: sql`'Amina' || i % 5000`,
  last_name: sql`'Otieno' || i % 700`,
  location: sql`'Nairobi ' || i % 40`,
  prefered_product: sql`'Lamp ' || i % 90`,
}
const day = (every: number) => sql`to_char(date '2000-01-01' + i % ${sql.lit(every)}, 'YYYY-MM-DD')`
const wide = {
  ...plain,
  attributes: sql`jsonb_build_object('points', i % 1000, 'visits', i % 37, 'spent', i % 90000 / 100.0, 'city',
    'Nairobi ' || i % 40, 'shop', 'Shop number ' || i % 300, 'plan', (array['free', 'basic', 'premium'])[i % 3 + 1],
    'member', i % 2 = 0, 'parent', i % 5 = 0, 'joined', ${day(9000)}, 'renews', ${day(500)})`,
  tags: sql`case when i % 100 = 0 then array['vip', 'new'] when i % 3 = 0 then array['new', 'nairobi'] else array['old'] end`,
  language: sql`case when i % 2 = 0 then 'sw' else 'en-KE' end`,
  time_zone: sql`'Africa/Nairobi'::text`,
}

async function fill(db: Kysely<Database>, columns: Readonly<Record<string, unknown>>): Promise<void> {
  await db
    .insertInto('attributes')
    .values(Object.entries(ATTRIBUTES).map(([name, type]) => ({ name, type })))
    .execute()
  const names = Object.keys(columns)
  await sql`insert into customers (${sql.join(names.map((name) => sql.ref(name)))})
    select ${sql.join(names.map((name) => columns[name]))} from generate_series(1, ${customers}::int) i`.execute(db)
  await sql`vacuum analyze`.execute(db)
}

/** Share and milliseconds by which a request may take longer than before. */
const LONGER = { share: 1.25, ms: 50 } as const

/** Requests of customers, by what they ask for; a search that only attributes allow has a similar one before them. */
const requests: readonly (readonly [what: string, path: string, before?: string])[] = [
  ['list, first page', '/customers'],
  ['list, page 5,000', '/customers?page=5000'],
  ['search, one letter', '/customers?q=o'],
  ['search, one letter, nobody', '/customers?q=q'],
  ['search, name', '/customers?q=otieno699'],
  ['search, common name', '/customers?q=amina'],
  ['search, nobody', '/customers?q=zoe%20nobody'],
  ['search, phone', '/customers?q=0700999999'],
  ['search, part of a phone', '/customers?q=07009'],
  ['search, place', '/customers?location=nairobi%2039'],
  ['count, all', '/customers/count'],
  ['count, name', '/customers/count?q=otieno699'],
  ['count, one letter', '/customers/count?q=o'],
  ['count, part of a phone', '/customers/count?q=07009'],
  ['count, place', '/customers/count?location=nairobi%2039'],
  ['search, attribute of few', '/customers?attribute=points:700', '/customers?q=q'],
  ['search, attribute of half', '/customers?attribute=member:true', '/customers?q=o'],
  ['search, rare tag', '/customers?tag=vip', '/customers?q=otieno69'],
  ['search, common tag', '/customers?tag=old', '/customers?q=otieno'],
  ['count, attribute', '/customers/count?attribute=points:700', '/customers/count?location=nairobi%2039'],
  ['count, rare tag', '/customers/count?tag=vip', '/customers/count?q=otieno69'],
]

async function timeOf(url: string, path: string): Promise<number> {
  const begun = performance.now()
  const response = await fetch(url + path)
  await response.text()
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
  return performance.now() - begun
}

/** In turn, so that what slows the machine down for a while slows both. @returns medians */
async function medians(addresses: readonly (readonly [url: string, path: string])[]): Promise<number[]> {
  const times = addresses.map((): number[] => [])
  for (let round = -2; round < rounds; round++)
    for (const [nth, [url, path]] of addresses.entries()) {
      const ms = await timeOf(url, path)
      if (round >= 0) times[nth]?.push(ms)
    }
  return times.map((values) => figureOf(values).median)
}

async function open(columns: Readonly<Record<string, unknown>>) {
  const database = await freshDatabase('postgres', 2)
  await fill(database.db, columns)
  const { rows } = await sql<{ mb: number }>`select (pg_table_size('customers') / 1e6)::int as mb`.execute(database.db)
  const settings = { DATABASE_URL: database.url ?? '', LOG_LEVEL: 'warn', PLUGINS: 'customers,health' }
  return { ...database, mb: rows[0]?.mb, url: (await startServer(settings)).url }
}

const without = await open(plain)
const withAttributes = await open(wide)
try {
  const [load = 0] = loadavg()
  console.log(
    `${customers.toLocaleString('en')} customers: ${without.mb} MB, with attributes ${withAttributes.mb} MB; load ${load.toFixed(1)}; medians of ${rounds}, ms\n`,
  )
  console.log(' without     with   ratio')
  for (const [what, path, similar = path] of requests) {
    const [before = 0, after = 0] = await medians([
      [without.url, similar],
      [withAttributes.url, path],
    ])
    const isLate = after > before * LONGER.share && after > before + LONGER.ms
    if (isLate) process.exitCode = 1
    const cells = [before.toFixed(1), after.toFixed(1), (after / before).toFixed(2)]
    const note = [similar === path ? '' : ` (before: ${similar})`, isLate ? '   SLOWER' : ''].join('')
    console.log(`${cells.map((cell) => cell.padStart(8)).join(' ')}  ${what}${note}`)
  }
} finally {
  await releaseServers()
  await without.close()
  await withAttributes.close()
  await stopSharedPostgres()
}
