/** Reads of a snapshot, in one round trip. No statement here reads messages. */
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import { prepare } from '../../core/db/prepare.ts'
import { isAlive } from '../../core/host/presence.ts'
import { SPAN_SECONDS } from '../../core/messaging/campaign/live.ts'
import { type CampaignStats, channelSums, progressColumns, statsRows } from '../../core/messaging/campaign/stats.ts'
import { type CampaignStatus, type PausedReason, underWayStatuses } from '../../core/messaging/campaign/status.ts'
import { type Stuck, selectStuck } from '../../core/messaging/chunk/stuck.ts'
import type { Channel, Database, MessageStatus } from '../../core/messaging/schema.ts'
import { type Share, sharesOf } from '../../core/messaging/senders/pace.ts'
import {
  type Standstill,
  selectBreakers,
  selectResting,
  selectStandstills,
} from '../../core/messaging/senders/standstill.ts'
import type { TextsByLanguage } from '../../core/messaging/text/languages.ts'

/** Campaigns and processes that an answer lists. */
const MAX_LISTED = 100
const MAX_FAILURES = 20
export const HISTORY_MINUTES = 10
/** A campaign is still listed for so long after its end, so that who looks on sees how it ended. */
const OVER_SECONDS = 60

type Counts = Omit<CampaignStats, 'pending'>

/** Times are text as PostgreSQL writes them into JSON. */
export interface Figures {
  readonly channels: readonly (Counts & { readonly channel: Channel })[]
  readonly campaigns: readonly (Counts & {
    readonly id: number
    readonly name: string
    readonly channel: Channel
    readonly status: CampaignStatus
    readonly audience_open: boolean
    readonly paused_reason: PausedReason | null
    readonly paused_detail: string | null
    readonly base_template: string
    readonly texts: TextsByLanguage | null
    readonly max_rate: number | null
    readonly shares: readonly Share[]
    readonly sender: string | null
    readonly countries: readonly (string | null)[] | null
    readonly paused_at: string | null
    readonly started_at: string | null
    readonly completed_at: string | null
    readonly scheduled_at: string | null
    readonly busy: boolean
    readonly queueing: boolean
    readonly due_at: string | null
    readonly deferred: number
    readonly deferred_until: string | null
    readonly awaiting: boolean
    readonly running_ms: number
  })[]
  readonly scheduled: { readonly campaigns: number; readonly next_at: string | null }
  readonly queue: {
    readonly held_chunks: number
    readonly ready_chunks: number
    readonly published_chunks: number
    readonly leased_chunks: number
    readonly waiting_messages: number
    readonly next_due_at: string | null
    readonly has_work: boolean
  }
  readonly processes: readonly {
    readonly id: string
    readonly host: string
    readonly pid: number
    readonly plugins: readonly string[]
    readonly rate: number
    readonly senders: Readonly<Record<Channel, string>> | null
    readonly started_at: string
    readonly seen_at: string
  }[]
  readonly stuck: Stuck
  readonly breakers: readonly {
    readonly channel: Channel
    readonly country: string | null
    readonly sender: string
    readonly reason: string
    readonly opened_at: string
    readonly probe_at: string
  }[]
  readonly standstills: readonly (Omit<Standstill, 'since'> & { readonly since: string | null })[]
  readonly resting: readonly {
    readonly name: string
    readonly paused_at: string | null
    readonly open_reason: string | null
    readonly opened_at: string | null
    readonly probe_at: string | null
  }[]
  /** Messages that got a result in each span, counted back from now; spans without any are absent. */
  readonly history: readonly { readonly back: number; readonly done: number }[]
  readonly failures: readonly {
    readonly at: string
    readonly campaign_id: number
    readonly campaign: string
    readonly channel: Channel
    readonly status: MessageStatus
    readonly code: string
    readonly count: number
  }[]
}

type Tables = Pick<
  Database,
  'campaigns' | 'dispatch_chunks' | 'processes' | 'senders' | 'routes' | 'country_routes' | 'throughput' | 'failures'
>

/** Builds and checks the query once. */
export function openFigures(db: Kysely<Tables>): () => Promise<Figures> {
  const run = prepare<Record<never, never>, Figures>(db, () => figuresQuery(db).$castTo<Figures>())
  return async () => {
    const [figures] = await run({})
    if (!figures) throw new Error('Cannot take a snapshot: the query returned no row')
    return figures
  }
}

function figuresQuery(db: Kysely<Tables>) {
  return db.selectNoFrom([
    list(db, channelSums(db)).as('channels'),
    list(db, selectCampaigns(db)).as('campaigns'),
    one(db, selectScheduled(db)).as('scheduled'),
    one(db, selectQueue(db)).as('queue'),
    list(db, selectProcesses(db)).as('processes'),
    list(db, selectBreakers(db)).as('breakers'),
    list(db, selectStandstills(db)).as('standstills'),
    list(db, selectResting(db)).as('resting'),
    one(db, selectStuck(db)).as('stuck'),
    list(db, selectHistory(db)).as('history'),
    list(db, selectFailures(db)).as('failures'),
  ])
}

// biome-ignore lint/suspicious/noExplicitAny: whatever it selects becomes JSON
type Subquery = SelectQueryBuilder<any, any, any>

const list = (db: Kysely<Tables>, query: Subquery) =>
  db.selectFrom(query.as('r')).select(sql`coalesce(json_agg(r), '[]')`.as('list'))
const one = (db: Kysely<Tables>, query: Subquery) => db.selectFrom(query.as('r')).select(sql`to_json(r)`.as('one'))

/** Campaigns that run, and those that ended a moment ago. */
function selectCampaigns(db: Kysely<Tables>) {
  const runningMs = sql<number>`(extract(epoch from now() - coalesce(k.started_at, now())) * 1000)::float8`
  const justOver = sql<Date>`now() - make_interval(secs => ${sql.lit(OVER_SECONDS)})`
  return statsRows(db)
    .select([
      'k.name',
      'k.channel',
      'k.status',
      'k.audience_open',
      'k.paused_reason',
      'k.paused_detail',
      'k.base_template',
      'k.texts',
      'k.max_rate',
      'k.sender',
      'k.paused_at',
      'k.scheduled_at',
      'k.started_at',
      'k.completed_at',
    ])
    .select([...progressColumns, runningMs.as('running_ms'), (eb) => sharesOf(eb).as('shares')])
    .where((eb) => eb.or([eb('k.status', 'in', underWayStatuses), eb('k.completed_at', '>', justOver)]))
    .orderBy('k.id', 'desc')
    .limit(MAX_LISTED)
}

const open = sql<number>`size - sent - failed - skipped - unknown - retried`

function selectQueue(db: Kysely<Tables>) {
  return db
    .selectFrom('dispatch_chunks')
    .select([
      sql<number>`(count(*) filter (where state = 'held'))::int`.as('held_chunks'),
      sql<number>`(count(*) filter (where state = 'ready'))::int`.as('ready_chunks'),
      sql<number>`(count(*) filter (where state = 'published'))::int`.as('published_chunks'),
      sql<number>`(count(*) filter (where state = 'leased'))::int`.as('leased_chunks'),
      sql<number>`coalesce(sum(${open}) filter (where state <> 'held'), 0)::int`.as('waiting_messages'),
      sql<Date | null>`min(due_at) filter (where state = 'ready' and due_at > now())`.as('next_due_at'),
      sql<boolean>`coalesce(bool_or(state in ('ready', 'published', 'leased')), false)`.as('has_work'),
    ])
    .where('state', '<>', 'done')
}

/** Processes that were seen within the last seconds. */
function selectProcesses(db: Kysely<Tables>) {
  return db
    .selectFrom('processes')
    .select(['id', 'host', 'pid', 'plugins', 'rate', 'senders', 'started_at', 'seen_at'])
    .where(isAlive())
    .orderBy('started_at')
    .limit(MAX_LISTED)
}

/** Campaigns whose time will come, or has, so that a scheduler is needed. */
function selectScheduled(db: Kysely<Tables>) {
  return db
    .selectFrom('campaigns')
    .select((eb) => [sql<number>`count(*)::int`.as('campaigns'), eb.fn.min('scheduled_at').as('next_at')])
    .where('status', '=', 'scheduled')
}

function selectHistory(db: Kysely<Tables>) {
  const span = sql.lit(`${SPAN_SECONDS} seconds`)
  const back = sql<number>`(extract(epoch from date_bin(${span}, now(), 'epoch'::timestamptz) - at)
    / ${sql.lit(SPAN_SECONDS)})::int`
  return db
    .selectFrom('throughput')
    .select([back.as('back'), 'settled as done'])
    .where(
      'at',
      '>',
      sql<Date>`now() - make_interval(mins => ${sql.lit(HISTORY_MINUTES)}, secs => ${sql.lit(SPAN_SECONDS)})`,
    )
}

function selectFailures(db: Kysely<Tables>) {
  return db
    .selectFrom('failures as f')
    .innerJoin('campaigns as k', 'k.id', 'f.campaign_id')
    .select(['f.at', 'f.campaign_id', 'k.name as campaign', 'k.channel', 'f.status', 'f.code', 'f.count'])
    .orderBy('f.at', 'desc')
    .orderBy('f.campaign_id', 'desc')
    .orderBy('f.code')
    .limit(MAX_FAILURES)
}
