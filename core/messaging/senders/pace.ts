/** Most messages a second that limits let a campaign send. */
import { type Expression, type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { Channel, Database } from '../schema.ts'
import { type CampaignTexts, listTexts } from '../text/languages.ts'
import { countParts } from '../text/segments.ts'
import { rateNow } from './limits.ts'
import { isAvailable, sendersFor } from './route.ts'

/** Rate of the sender for which chunks are claimed next. */
export interface CampaignLimit {
  /** Units a second; null: as fast as it goes. */
  readonly rate: number | null
  readonly unit: 'segment' | 'message'
}

/** Messages of a campaign that one sender has to carry. */
export interface Share {
  /** Null: all that are left. */
  readonly left: number | null
  /** Null where no sender of their route can send. */
  readonly limit: CampaignLimit | null
}

type LimitTables = Pick<Database, 'campaigns' | 'senders' | 'routes' | 'country_routes' | 'dispatch_chunks'>
type Campaigns = ExpressionBuilder<LimitTables & { k: Database['campaigns'] }, 'k'>

const isRouted = sql<boolean>`k.sender is null`

/** Senders of a row of `campaigns as k`, but for those of countries. */
function ownSenders({ selectFrom }: Campaigns) {
  const route = selectFrom('routes as r').select('r.senders').where('r.channel', '=', sql<Channel>`k.channel::text`)
  return sql<string[]>`case when ${isRouted} then ${route} else array[k.sender] end`
}

const limit = sql<CampaignLimit>`jsonb_build_object('rate', ${rateNow('s')}, 'unit', s.unit)`

/** The first of these senders that can send. */
const firstOf = ({ selectFrom, fn }: Campaigns, names: Expression<string[]>) =>
  selectFrom('senders as s')
    .where('s.name', '=', fn.any(names))
    .where(isAvailable('s'))
    .orderBy((eb) => eb.fn('array_position', [names, 's.name']))
    .limit(1)

/** Shares of a row of `campaigns as k`: one for each sender where countries have senders of their own, else one for all. */
export function sharesOf(eb: Campaigns) {
  const all = firstOf(eb, ownSenders(eb)).select(limit.as('limit'))
  return sql<Share[]>`case when ${isRouted} and ${eb.exists(eb.selectFrom('country_routes').select('country'))}
    then (${sharesBySender(eb)}) else jsonb_build_array(jsonb_build_object('left', null, 'limit', (${all}))) end`
}

function sharesBySender(eb: Campaigns) {
  const open = sql<number>`sum(c.size - c.sent - c.failed - c.skipped - c.unknown - c.retried)`
  const byRoute = eb
    .selectFrom('dispatch_chunks as c')
    .leftJoin('country_routes as x', (join) =>
      join.on(sql<boolean>`x.channel = k.channel::text`).onRef('x.country', '=', 'c.country'),
    )
    .select(['x.senders', open.as('left')])
    .where(sql<boolean>`c.campaign_id = k.id`)
    .where('c.state', '<>', sql.lit('done'))
    .groupBy('x.senders')
  const bySender = eb
    .selectFrom(byRoute.as('r'))
    .leftJoinLateral(
      firstOf(eb, sql<string[]>`coalesce(r.senders, ${ownSenders(eb)})`)
        .select(['s.name', limit.as('limit')])
        .as('f'),
      (join) => join.onTrue(),
    )
    .select([sql<number>`sum(r.left)::float8`.as('left'), 'f.limit'])
    .groupBy(['f.name', 'f.limit'])
  return eb
    .selectFrom(bySender.as('b'))
    .select(sql<Share[]>`coalesce(jsonb_agg(jsonb_build_object('left', b.left, 'limit', b.limit)), '[]')`.as('shares'))
}

/** The sender by which messages to a country would go now. */
export interface CountryLimit {
  readonly country: string | null
  /** Null where no sender of their route can send. */
  readonly sender: string | null
  readonly limit: CampaignLimit | null
  /** Hours after a person's message in which it takes texts on WhatsApp; null: at any time. */
  readonly text_window_hours: number | null
}

/**
 * Finds the senders by which messages of the campaign to these countries would go now, and their limits.
 * @param countries codes; null: phones of no country
 */
export function findLimits(
  db: Kysely<LimitTables>,
  campaignId: number,
  countries: readonly (string | null)[],
): Promise<CountryLimit[]> {
  return db
    .selectFrom('campaigns as k')
    .innerJoin(sql<{ country: string | null }>`unnest(${countries}::text[])`.as<'asked'>(sql`asked(country)`), (join) =>
      join.onTrue(),
    )
    .leftJoinLateral(
      (eb) =>
        firstOf(eb as unknown as Campaigns, sendersFor('k', sql.ref('asked.country')))
          .select(['s.name', limit.as('limit'), 's.text_window_hours'])
          .as('f'),
      (join) => join.onTrue(),
    )
    .select(['asked.country', 'f.name as sender', 'f.limit', 'f.text_window_hours'])
    .where('k.id', '=', campaignId)
    .execute()
}

interface Paced extends CampaignTexts {
  readonly channel: Channel
  /** Parts of a message; default: those of the texts, on average. */
  readonly parts?: number
  /** Messages a second. */
  readonly max_rate: number | null
  readonly shares: readonly Share[]
}

/**
 * @returns messages a second, of the length of the texts, until the last share is sent; Infinity without a limit, 0 while
 * some of several shares cannot be sent
 */
export function mostPerSecond({ max_rate, shares, ...campaign }: Paced): number {
  const own = max_rate ?? Number.POSITIVE_INFINITY
  const isByParts = shares.some(({ limit }) => limit?.unit === 'segment' && limit.rate !== null)
  const parts = isByParts ? partsOf(campaign) : 1
  const perSecond = ({ rate, unit }: CampaignLimit) =>
    rate === null ? Number.POSITIVE_INFINITY : rate / (unit === 'segment' ? parts : 1)
  const [only, ...others] = shares
  if (others.length === 0) return Math.min(own, only?.limit ? perSecond(only.limit) : Number.POSITIVE_INFINITY)
  const total = shares.reduce((sum, { left }) => sum + (left ?? 0), 0)
  const seconds = shares.map(({ left, limit }) => (limit ? (left ?? 0) / perSecond(limit) : Number.POSITIVE_INFINITY))
  const longest = Math.max(...seconds)
  return Math.min(own, longest === 0 ? Number.POSITIVE_INFINITY : total / longest)
}

/** Parts of a message. It is not known here who speaks which language: the texts count alike. */
function partsOf({ channel, parts, ...texts }: Omit<Paced, 'max_rate' | 'shares'>): number {
  if (channel !== 'sms') return 1
  if (parts !== undefined) return parts
  const counts = listTexts(texts).map(({ text }) => Math.max(1, countParts(text)))
  return counts.reduce((sum, count) => sum + count, 0) / counts.length
}
