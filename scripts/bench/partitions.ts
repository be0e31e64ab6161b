/**
 * Cost of partitions: a campaign by the domain's own statements on the table of messages as it is, and on one that is
 * partitioned by ranges of `campaign_id`, in turn. Both are analysed and hold earlier campaigns.
 */
import type { CompiledQuery, Kysely } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { openSteps, type StepTimes } from './campaign-steps.ts'
import { averageText } from './customers.ts'
import { onceIn } from './environment.ts'
import { openNotebook } from './figures.ts'
import { write } from './format.ts'
import { campaignSteps, type Layout, layouts } from './keys.ts'
import { type Bench, type Contender, takeTurns } from './part.ts'
import { addEarlier, lastPartitionFirst, partition, removeEarlier } from './partitioned-table.ts'
import { partitionsTable } from './report/partitions.ts'

export async function runPartitions(bench: Bench): Promise<void> {
  const { plan, say } = bench
  const { warmUp, rounds } = plan.partitions
  const opened: OpenLayout[] = []
  try {
    for (const layout of layouts) opened.push(await openLayout(bench, layout))
    for (const { send, analyze } of opened) {
      await send(warmUp)
      await analyze()
    }
    const { note, figures } = openNotebook()
    const noteBoth: Bench['note'] = (key, value) => {
      note(key, value)
      bench.note(key, value)
    }
    await takeTurns(contendersOf({ ...bench, note: noteBoth }, opened, rounds), say)
    for (const { layout, remove } of opened) noteBoth(`partitions.${layout}.remove.elapsed`, await remove())
    say(`Time a message by the clock / by the server's CPU\n${partitionsTable(figures())}`)
  } finally {
    for (const { close } of opened) await close()
  }
}

/** Each round is compared with the plain table in the same round, which goes first. */
function contendersOf({ plan, note }: Bench, opened: readonly OpenLayout[], rounds: number): Contender[] {
  const { recipients } = plan.partitions
  const plain = { elapsed: Number.NaN, cpu: Number.NaN }
  return opened.map(({ layout, send }) => ({
    name: `messages, ${layout}`,
    rounds,
    run: async () => {
      const times = await send(recipients)
      const each = (step: keyof StepTimes, kind: 'elapsed' | 'cpu') => times[step][kind] / recipients
      for (const kind of ['elapsed', 'cpu'] as const) {
        for (const step of campaignSteps) note(`partitions.${layout}.${step}.${kind}`, each(step, kind))
        const whole = campaignSteps.reduce((sum, step) => sum + each(step, kind), 0)
        if (layout === 'plain') plain[kind] = whole
        note(`partitions.${layout}.whole.${kind}`, whole)
        note(`partitions.${layout}.ratio.${kind}`, whole / plain[kind])
      }
      return campaignSteps.map((step) => `${step} ${write(each(step, 'elapsed'), 'us')}`).join(', ')
    },
  }))
}

/**
 * A plan for any values looks each message of a report up by its key. With a plan for the values of each report PostgreSQL knows
 * the partition and that it is small, reads all of it to join it, and plans that anew every time.
 */
const anyValues = '?options=-c%20plan_cache_mode%3Dforce_generic_plan'
const inPartition = `?search_path=${lastPartitionFirst}`

/** Settings of the sessions of a worker. */
const workIn: Readonly<Record<Layout, { readonly work: string; readonly report: string }>> = {
  plain: { work: '', report: '' },
  pruned: { work: '', report: anyValues },
  joined: { work: '', report: anyValues },
  named: { work: inPartition, report: inPartition },
}

type Naming = 'pruned' | 'joined'
const isNaming = (layout: Layout): layout is Naming => layout === 'pruned' || layout === 'joined'

interface OpenLayout {
  readonly layout: Layout
  send(recipients: number): Promise<StepTimes>
  analyze(): Promise<void>
  /** Removes an earlier campaign's messages. @returns microseconds for each */
  remove(): Promise<number>
  close(): Promise<void>
}

async function openLayout({ environment, plan }: Bench, layout: Layout): Promise<OpenLayout> {
  const { recipients, earlier } = plan.partitions
  const database = await environment.fresh(Math.max(recipients, earlier))
  const analyze = () => onceIn(database.url, async (sql) => void (await sql`vacuum analyze`))
  await onceIn(database.url, async (sql) => {
    if (layout !== 'plain') await partition(sql, layout === 'named' ? 'id' : 'campaign_id, id')
    await addEarlier(sql, earlier, await averageText(sql))
  })
  const [enqueue, work] = [openPostgres(database.url, 1), openPostgres(database.url + workIn[layout].work, 1)]
  const report = openPostgres(database.url + workIn[layout].report, 1)
  const naming = (db: Kysely<Database>) => (isNaming(layout) ? namingCampaign(db, layout) : db)
  const send = await openSteps({ enqueue: enqueue.db, work: naming(work.db), report: naming(report.db) })
  const remove = async () => {
    const begun = performance.now()
    await onceIn(database.url, (sql) => removeEarlier(sql, layout !== 'plain'))
    return ((performance.now() - begun) * 1000) / earlier
  }
  const close = async () => {
    await Promise.all([enqueue, work, report].map((one) => one.close()))
    await database.drop()
  }
  return { layout, send, analyze, remove, close }
}

/**
 * Adds the campaign to statements that find messages by id alone, as partitions need it. `pruned`: all that a report names are of
 * one campaign; `joined`: each of its own.
 */
const namingCampaign = (db: Kysely<Database>, layout: Naming): Kysely<Database> =>
  new Proxy(db, {
    get: (target, name) => {
      if (name === 'executeQuery')
        return (query: CompiledQuery) => target.executeQuery({ ...query, sql: nameCampaign(query.sql, layout) })
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

export function nameCampaign(text: string, layout: Naming): string {
  const campaigns = /unnest\((\$\d+)::int\[\]\) as campaign_id/.exec(text)?.[1]
  return text
    .replaceAll('campaign_id + 0', 'campaign_id')
    .replaceAll(
      'where m.id = r.id',
      `where m.id = r.id and m.campaign_id = (${campaigns}::int[])[${layout === 'pruned' ? 1 : 'r.nth'}]`,
    )
}
