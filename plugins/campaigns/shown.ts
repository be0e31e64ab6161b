/**
 * Campaigns with their figures: one by its id, and a page of the list. Whoever watches a campaign asks again and again, so
 * each is one statement, prepared once for what is asked.
 */
import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import { openBatcher } from '../../core/batcher.ts'
import type { Clock } from '../../core/clock.ts'
import { type Param, prepare } from '../../core/db/prepare.ts'
import { isPassing } from '../../core/db/retry.ts'
import { offsetOf, type Page } from '../../core/http/page.ts'
import { holdsWords } from '../../core/http/search.ts'
import { openSituation } from '../../core/messaging/campaign/situation.ts'
import { type CampaignStats, progressColumns, statsRows, withPending } from '../../core/messaging/campaign/stats.ts'
import type { CampaignStatus } from '../../core/messaging/campaign/status.ts'
import { type CampaignProgress, type Waiting, waitingOf } from '../../core/messaging/campaign/waiting.ts'
import type { Channel, Database } from '../../core/messaging/schema.ts'
import type { ListQuery } from './schema.ts'
import { notFound } from './store.ts'
import { type CampaignRow, campaignColumns } from './view.ts'

type Db = Kysely<Pick<Database, 'campaigns' | 'dispatch_chunks' | 'breakers' | 'processes'>>

export interface ShownCampaign extends CampaignRow {
  readonly stats: CampaignStats
  readonly waiting: Waiting | null
}

export interface CampaignPage {
  readonly campaigns: readonly ShownCampaign[]
  /** On all pages. */
  readonly count: number
}

interface FoundPage {
  readonly campaigns: readonly FoundCampaign[]
  readonly count: number
}

export interface Shown {
  /** @throws AppError CAMPAIGN_NOT_FOUND */
  get(id: number): Promise<ShownCampaign>
  list(page: Page, query: ListQuery): Promise<CampaignPage>
}

interface Asked {
  readonly page: Page
  readonly query: ListQuery
}

type ShownRow = CampaignRow & Omit<CampaignStats, 'pending'> & Pick<CampaignProgress, 'busy' | 'due_at'>
type FoundCampaign = Omit<ShownCampaign, 'waiting'> & Pick<CampaignProgress, 'busy' | 'due_at'>

/**
 * What many ask for at one time is asked of the database once, by a statement that begins after they asked: the one that
 * is under way may not know of what they have just done.
 */
const together = { isPassing, limits: { concurrency: 2, size: 100 }, minBatch: 1 }

export function openShown(db: Db, clock: Clock): Shown {
  const situation = openSituation(db, clock)
  const withWaiting = async (rows: readonly FoundCampaign[]): Promise<ShownCampaign[]> => {
    const now = await situation()
    return rows.map(({ busy, due_at, ...row }) => {
      const left = row.stats.pending + row.stats.sending
      return { ...row, waiting: waitingOf({ ...row, busy, due_at, left }, now, clock.now()) }
    })
  }
  const find = prepare<{ ids: number[] }, ShownRow>(db, (param) =>
    shownRows(db).where('k.id', '=', sql<number>`any(${param('ids')}::int[])`),
  )
  const findEach = openBatcher<number, ShownRow | undefined>({
    ...together,
    run: async (ids) => {
      const rows = await find({ ids: [...new Set(ids)] })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    },
  })
  // One for each combination of filters and order: a few dozens. What is searched for is not kept.
  const lists = new Map<string, ReturnType<typeof prepareList>>()
  const listOf = (query: ListQuery) => {
    if (query.q) return prepareList(db, query)
    const key = `${query.channel !== undefined} ${query.status !== undefined} ${query.sort}`
    const known = lists.get(key) ?? prepareList(db, query)
    lists.set(key, known)
    return known
  }
  const listEach = openBatcher<Asked, FoundPage>({
    ...together,
    run: (all) => {
      const answers = new Map<string, Promise<FoundPage>>()
      return Promise.all(
        all.map(({ page, query }) => {
          const key = JSON.stringify([page.page, page.page_size, query.channel, query.status, query.sort])
          const answer = answers.get(key) ?? listOf(query)(page, query)
          answers.set(key, answer)
          return answer
        }),
      )
    },
  })
  return {
    get: async (id) => {
      const row = await findEach(id)
      if (!row) throw notFound(id)
      const [shown] = await withWaiting([withStats(row)])
      if (!shown) throw notFound(id)
      return shown
    },
    list: async (page, query) => {
      // A search reads all campaigns: it goes by itself, and nobody waits for it.
      const { campaigns, count } = await (query.q ? listOf(query)(page, query) : listEach({ page, query }))
      return { campaigns: await withWaiting(campaigns), count }
    },
  }
}

function withStats({ total, sending, sent, failed, skipped, unknown, ...campaign }: ShownRow): FoundCampaign {
  return { ...campaign, stats: withPending({ total, sending, sent, failed, skipped, unknown }) }
}

/** Figures come with the id. */
const others = campaignColumns.filter((name) => name !== 'id').map((name) => `k.${name}` as const)

const shownRows = (db: Db) => statsRows(db).select(others).select(progressColumns)

type CampaignExpression = ExpressionBuilder<Pick<Database, 'campaigns'>, 'campaigns'>

interface ListValues {
  channel: Channel | undefined
  status: CampaignStatus | undefined
  limit: number
  offset: number
}

/** By creation is by id: ids grow with time, and their index serves. */
const orders = { name: sql`lower(name)`, scheduled_at: sql`scheduled_at` } as const

/** Only whether there is a filter counts here, and the words of `q`; the values come with each call. */
function prepareList(db: Db, shape: ListQuery) {
  const wanted =
    (param: Param<ListValues>) =>
    (eb: CampaignExpression): Expression<SqlBool> =>
      eb.and([
        ...(shape.channel ? [eb('channel', '=', sql<Channel>`${param('channel')}::channel`)] : []),
        ...(shape.status ? [eb('status', '=', sql<CampaignStatus>`${param('status')}::campaign_status`)] : []),
        ...(shape.q ? [holdsWords(eb, eb.ref('name'), shape.q)] : []),
      ])
  const sort = shape.sort ?? '-created_at'
  const by = sort.replace('-', '') as keyof typeof orders | 'created_at'
  const direction = sql.raw(`${sort.startsWith('-') ? 'desc' : 'asc'}${by === 'scheduled_at' ? ' nulls last' : ''}`)
  const order = by === 'created_at' ? sql`id ${direction}` : sql`${orders[by]} ${direction}, id desc`
  const count = prepare<ListValues, { count: string }>(db, (param) =>
    db
      .selectFrom('campaigns')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .where(wanted(param)),
  )
  const find = prepare<ListValues, ShownRow & { readonly count: string }>(db, (param) =>
    db
      .with('page', (cte) =>
        cte
          .selectFrom('campaigns')
          .select(['id', sql<string>`row_number() over (order by ${order})`.as('nth')])
          .where(wanted(param))
          // Not by `nth`: PostgreSQL would number all of them before it takes the first few.
          .orderBy(order)
          .limit(param('limit'))
          .offset(param('offset')),
      )
      .selectFrom('page')
      // For each of the page's campaigns: as a join, the figures of all campaigns might be summed up first.
      .innerJoinLateral(shownRows(db).where('k.id', '=', sql.ref<number>('page.id')).as('shown'), (join) =>
        join.onTrue(),
      )
      .selectAll('shown')
      .select((eb) =>
        eb
          .selectFrom('campaigns')
          .select((inner) => inner.fn.countAll<string>().as('count'))
          .where(wanted(param))
          .$asScalar()
          .as('count'),
      )
      .orderBy('page.nth'),
  )
  return async (page: Page, { channel, status }: ListQuery): Promise<FoundPage> => {
    const values = { channel, status, limit: page.page_size, offset: offsetOf(page) }
    const rows = await find(values)
    const counted = rows[0]?.count ?? (await count(values))[0]?.count
    return { campaigns: rows.map(({ count: _, ...row }) => withStats(row)), count: Number(counted) }
  }
}
