/**
 * Campaigns with their figures: one by its id, and a page of the list. Clients that watch a campaign read it over and over,
 * so each read is one statement, prepared once.
 */
import { type Expression, type ExpressionBuilder, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import { openBatcher } from '../../batcher.ts'
import type { Clock } from '../../clock.ts'
import { type Param, prepare } from '../../db/prepare.ts'
import { isPassing } from '../../db/retry.ts'
import { offsetOf, type Page } from '../../http/page.ts'
import { holdsWords } from '../../http/search.ts'
import type { Channel, Database } from '../schema.ts'
import { type CampaignRow, campaignColumns, notFound } from './campaigns.ts'
import { openSituation } from './situation.ts'
import { type CampaignStats, progressColumns, statsRows, withPending } from './stats.ts'
import type { CampaignStatus } from './status.ts'
import { type CampaignProgress, type Waiting, waitingOf } from './waiting.ts'

type Db = Kysely<
  Pick<Database, 'campaigns' | 'dispatch_chunks' | 'senders' | 'routes' | 'country_routes' | 'processes'>
>

/** Orders of a list; `-` is descending. */
export const campaignOrders = ['-created_at', 'created_at', 'name', '-name', 'scheduled_at', '-scheduled_at'] as const

export interface CampaignQuery {
  /** Words that the name holds, in any case. */
  readonly q?: string | undefined
  /** Default: -created_at. */
  readonly sort?: (typeof campaignOrders)[number] | undefined
  readonly channel?: Channel | undefined
  readonly status?: CampaignStatus | undefined
}

export interface CampaignView extends CampaignRow {
  readonly stats: CampaignStats
  /** The scheduler is adding recipients. */
  readonly queueing: boolean
  /** Recipients who wait for the end of their quiet hours, and the first end of those. */
  readonly deferred: number
  readonly deferred_until: Date | null
  readonly waiting: Waiting | null
}

export interface CampaignPage {
  readonly campaigns: readonly CampaignView[]
  /** On all pages. */
  readonly count: number
}

interface StatsPage {
  readonly campaigns: readonly CampaignWithStats[]
  readonly count: number
}

export interface CampaignViews {
  /** @throws AppError CAMPAIGN_NOT_FOUND */
  get(id: number): Promise<CampaignView>
  list(page: Page, query: CampaignQuery): Promise<CampaignPage>
}

interface ListRequest {
  readonly page: Page
  readonly query: CampaignQuery
}

/** Facts about a campaign's chunks. */
type ChunkFacts = 'busy' | 'due_at' | 'awaiting' | 'queueing' | 'countries' | 'deferred' | 'deferred_until'
type StatsRow = CampaignRow & Omit<CampaignStats, 'pending'> & Pick<CampaignProgress, ChunkFacts>
type CampaignWithStats = Omit<CampaignView, 'waiting'> & Pick<CampaignProgress, ChunkFacts>

/**
 * Concurrent reads share one statement, which begins after they asked: a statement that is already running may miss what
 * the caller has just written.
 */
const together = { isPassing, limits: { concurrency: 2, size: 100 }, minBatch: 1 }

export function openCampaignViews(db: Db, clock: Clock): CampaignViews {
  const situation = openSituation(db, clock)
  const find = openFind(db)
  const list = openList(db)
  const withWaiting = async (rows: readonly CampaignWithStats[]): Promise<CampaignView[]> => {
    const now = await situation()
    return rows.map(({ busy, due_at, awaiting, countries, ...row }) => {
      const left = row.stats.pending + row.stats.sending
      return { ...row, waiting: waitingOf({ ...row, busy, due_at, awaiting, countries, left }, now, clock.now()) }
    })
  }
  return {
    get: async (id) => {
      const row = await find(id)
      if (!row) throw notFound(id)
      const [view] = await withWaiting([withStats(row)])
      if (!view) throw notFound(id)
      return view
    },
    list: async (page, query) => {
      const { campaigns, count } = await list({ page, query })
      return { campaigns: await withWaiting(campaigns), count }
    },
  }
}

function openFind(db: Db): (id: number) => Promise<StatsRow | undefined> {
  const find = prepare<{ ids: number[] }, StatsRow>(db, (param) =>
    selectWithStats(db).where('k.id', '=', sql<number>`any(${param('ids')}::int[])`),
  )
  return openBatcher<number, StatsRow | undefined>({
    ...together,
    run: async (ids) => {
      const rows = await find({ ids: [...new Set(ids)] })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    },
  })
}

function openList(db: Db): (request: ListRequest) => Promise<StatsPage> {
  // One for each combination of filters and order: a few dozens.
  const lists = new Map<string, ReturnType<typeof prepareList>>()
  const listOf = (query: CampaignQuery) => {
    const key = `${query.channel !== undefined} ${query.status !== undefined} ${query.sort}`
    const known = lists.get(key) ?? prepareList(db, query)
    lists.set(key, known)
    return known
  }
  const listEach = openBatcher<ListRequest, StatsPage>({
    ...together,
    run: (all) => {
      const answers = new Map<string, Promise<StatsPage>>()
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
  // A search reads all campaigns: it runs by itself, so that no other read waits for it, and its statement is not kept.
  return ({ page, query }) => (query.q ? prepareList(db, query)(page, query) : listEach({ page, query }))
}

function withStats(row: StatsRow): CampaignWithStats {
  const { total, sending, sent, failed, skipped, unknown, delivered, undelivered, read, ...campaign } = row
  const counts = { total, sending, sent, failed, skipped, unknown, delivered, undelivered, read }
  return { ...campaign, stats: withPending(counts) }
}

/** Columns beside the id, which comes with the figures. */
const otherColumns = campaignColumns.filter((name) => name !== 'id').map((name) => `k.${name}` as const)

const selectWithStats = (db: Db) => statsRows(db).select(otherColumns).select(progressColumns)

type CampaignExpression = ExpressionBuilder<Pick<Database, 'campaigns'>, 'campaigns'>

interface ListValues {
  channel: Channel | undefined
  status: CampaignStatus | undefined
  limit: number
  offset: number
}

/** Expressions to sort by. The order of creation is that of the ids, which have an index. */
const orders = { name: sql`lower(name)`, scheduled_at: sql`scheduled_at` } as const

type Filter = (param: Param<ListValues>) => (eb: CampaignExpression) => Expression<SqlBool>

const filterOf =
  ({ channel, status, q }: CampaignQuery): Filter =>
  (param) =>
  (eb) =>
    eb.and([
      ...(channel ? [eb('channel', '=', sql<Channel>`${param('channel')}::channel`)] : []),
      ...(status ? [eb('status', '=', sql<CampaignStatus>`${param('status')}::campaign_status`)] : []),
      ...(q ? [holdsWords(eb, eb.ref('name'), q)] : []),
    ])

function orderOf(sort: NonNullable<CampaignQuery['sort']>) {
  const by = sort.replace('-', '') as keyof typeof orders | 'created_at'
  const direction = sql.raw(`${sort.startsWith('-') ? 'desc' : 'asc'}${by === 'scheduled_at' ? ' nulls last' : ''}`)
  return by === 'created_at' ? sql`id ${direction}` : sql`${orders[by]} ${direction}, id desc`
}

/** Prepares the list for the filters that `shape` has. Their values come with each call, except the words of `q`. */
function prepareList(db: Db, shape: CampaignQuery) {
  const filter = filterOf(shape)
  const find = preparePage(db, filter, orderOf(shape.sort ?? '-created_at'))
  const count = prepare<ListValues, { count: string }>(db, (param) =>
    db
      .selectFrom('campaigns')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .where(filter(param)),
  )
  return async (page: Page, { channel, status }: CampaignQuery): Promise<StatsPage> => {
    const values = { channel, status, limit: page.page_size, offset: offsetOf(page) }
    const rows = await find(values)
    const counted = rows[0]?.count ?? (await count(values))[0]?.count
    return { campaigns: rows.map(({ count: _, ...row }) => withStats(row)), count: Number(counted) }
  }
}

function preparePage(db: Db, filter: Filter, order: RawBuilder<unknown>) {
  return prepare<ListValues, StatsRow & { readonly count: string }>(db, (param) =>
    db
      .with('page', (cte) =>
        cte
          .selectFrom('campaigns')
          .select(['id', sql<string>`row_number() over (order by ${order})`.as('nth')])
          .where(filter(param))
          // Not by `nth`: PostgreSQL would number all campaigns before it takes the first few.
          .orderBy(order)
          .limit(param('limit'))
          .offset(param('offset')),
      )
      .selectFrom('page')
      // For each of the page's campaigns: as a join, the figures of all campaigns might be summed up first.
      .innerJoinLateral(selectWithStats(db).where('k.id', '=', sql.ref<number>('page.id')).as('view'), (join) =>
        join.onTrue(),
      )
      .selectAll('view')
      .select((eb) =>
        eb
          .selectFrom('campaigns')
          .select((inner) => inner.fn.countAll<string>().as('count'))
          .where(filter(param))
          .$asScalar()
          .as('count'),
      )
      .orderBy('page.nth'),
  )
}
