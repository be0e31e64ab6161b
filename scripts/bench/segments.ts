/** Preview of segments: how long the customers who fit a rule take to be counted, with PostgreSQL's plan. */
import { type Kysely, sql } from 'kysely'
import type postgres from 'postgres'
import { systemClock } from '../../core/clock.ts'
import { openPostgres } from '../../core/db/open.ts'
import { AppError } from '../../core/errors.ts'
import { type AudienceTables, compileAudience } from '../../core/messaging/segments/audience.ts'
import { countSettings } from '../../core/messaging/segments/count.ts'
import { openSegmentService } from '../../core/messaging/segments/service.ts'
import { onceIn } from './environment.ts'
import { write } from './format.ts'
import { type Bench, takeTurns } from './part.ts'
import { type BenchRule, rulesOf } from './segment-rules.ts'

export async function runSegments({ environment, plan, note, say }: Bench): Promise<void> {
  const { customers, rounds } = plan.segments
  const database = await environment.fresh(customers)
  const { db, close } = openPostgres(database.url, 2)
  const audiences: Kysely<AudienceTables> = db
  try {
    const campaigns = await onceIn(database.url, fill)
    const rules = Object.entries(rulesOf(campaigns))
    const service = openSegmentService(db, systemClock)
    /** A rule that is refused as too slow has taken the time until then. */
    const timeOf = async ({ rule }: BenchRule) => {
      const begun = performance.now()
      const count = await service.previewRule(rule).then(
        (preview) => write(preview.count, 'plain'),
        (error: unknown) => {
          if (error instanceof AppError && error.code === 'RULE_TOO_SLOW') return 'unknown, refused as too slow:'
          throw error
        },
      )
      return { ms: performance.now() - begun, count }
    }
    const contenders = rules.map(([key, one]) => ({
      name: `segment, ${key}`,
      rounds,
      run: async () => {
        const { ms, count } = await timeOf(one)
        note(`segments.${key}.ms`, ms)
        return `${write(ms, 'ms')}, ${count} customers`
      },
    }))
    for (const [, one] of rules) await timeOf(one)
    await takeTurns(contenders, say)
    for (const [key, { rule }] of rules) say(`plan of ${key}:\n${await planOf(rule)}`)
  } finally {
    await close()
    await database.drop()
  }

  /** Nodes of the plan by which customers are counted. */
  async function planOf(rule: BenchRule['rule']): Promise<string> {
    const audience = await compileAudience(db, rule, { now: Date.now() })
    return audiences.transaction().execute(async (trx) => {
      await trx.selectNoFrom(countSettings()).execute()
      const counting = trx.selectFrom(audience.customers(trx).as('c')).select(sql<string>`count(*)`.as('count'))
      const lines = await counting.explain<{ 'QUERY PLAN': string }>('text', sql`costs off`)
      const nodes = lines
        .map((line) => line['QUERY PLAN'])
        .filter((line) => !/^\s+(?:Filter|Recheck Cond): .{300}/.test(line))
      return nodes.join('\n')
    })
  }
}

/** Attributes, tags, and two campaigns with messages of half of the customers each. @returns the campaigns' ids */
async function fill(db: postgres.Sql): Promise<readonly [number, number]> {
  await db`insert into attributes (name, type) values ('points', 'number'), ('city', 'text'), ('member', 'boolean'), ('renews', 'date')`
  await db`update customers set
    attributes = jsonb_build_object('points', id % 1000, 'city', coalesce(location, 'Nairobi'), 'member', id % 2 = 0,
      'renews', to_char(date '2000-01-01' + id % 20000, 'YYYY-MM-DD')),
    tags = case when id % 10 = 0 then array['vip', 'new'] when id % 3 = 0 then array['new'] else '{}' end,
    language = case when id % 2 = 0 then 'sw' end`
  const campaigns = await db<
    { id: number }[]
  >`insert into campaigns (name, channel, base_template, status, started_at, completed_at)
    select 'Bench ' || n, 'sms', 'Hi', 'sent', now(), now() from generate_series(1, 2) n returning id`
  for (const { id } of campaigns)
    await db`insert into outbound_messages (campaign_id, customer_id, status, delivery, updated_at)
      select ${id}::int, id, 'sent', case when id % 5 = 0 then null else 'delivered'::delivery end, now()
      from customers where (id / 1000) % 2 = ${id}::int % 2 order by id`
  await db`vacuum analyze`
  const [first, second] = campaigns
  if (!first || !second) throw new Error('No campaigns were made')
  return [first.id, second.id]
}
