/**
 * Conditions of SQL about the senders of chunks: which of them can send, and which one a claim takes. A chunk goes by its
 * campaign's sender, if it names one; else by the senders that its channel's route has for the chunk's country; else by those
 * of the route itself. What countries cost is in functions (`migrations/functions/country_routes_1.sql`), which are not even
 * planned where no country has senders of its own.
 */
import { type RawBuilder, sql } from 'kysely'
import { isAlive } from '../../host/presence.ts'
import { limitInForce } from './limits.ts'

type Names = RawBuilder<string[]>

/** No restriction to some senders. */
const anyName: Names = sql`null::text[]`

/**
 * A sender that is neither paused nor has its circuit open, and that its provider has not asked to leave alone; as
 * `country_states` has it too.
 */
export const isAvailable = (alias: string) => {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql<boolean>`(${column('paused_at')} is null and ${column('opened_at')} is null
    and (${column('hold_until')} is null or ${column('hold_until')} <= clock_timestamp()))`
}

/** Can one of these senders send now? */
const canOneSend = (senders: RawBuilder<unknown>, among: Names) =>
  sql<boolean>`exists (select 1 from senders as s where s.name = any(${senders})
    and (${among} is null or s.name = any(${among})) and ${isAvailable('s')})`

/** Channel of a campaign that goes by a route; null for one that names its sender. */
const routedChannel = (campaign: string) =>
  sql<
    string | null
  >`case when ${sql.ref(`${campaign}.sender`)} is null then ${sql.ref(`${campaign}.channel`)}::text end`

/**
 * Can something be sent by the route of the chunk's country? Null where the country has no senders of its own, or the chunk
 * has no country: then the states are not even looked at.
 * @param channel null: its campaign goes by no route
 * @param states an SQL array, by `country_states`
 */
function canByCountry(channel: RawBuilder<unknown>, chunk: string, states: RawBuilder<unknown>) {
  const country = sql.ref(`${chunk}.country`)
  return sql<boolean | null>`case when ${country} is null then null
    when '+' || ${channel} || ${country} = any(${states}) then true
    when '-' || ${channel} || ${country} = any(${states}) then false end`
}

const hasCountries = sql<boolean>`exists (select 1 from country_routes)`

/** Can one of the campaign's sender or of its channel's route send now? Channels that can be carried are found once. */
function canSendRest(campaign: string, among: Names) {
  const own = sql.ref(`${campaign}.sender`)
  return sql<boolean>`case when ${own} is null
    then ${sql.ref(`${campaign}.channel`)}::text = any(array(
      select r.channel from routes as r where ${canOneSend(sql`r.senders`, among)}))
    else ${canOneSend(sql`array[${own}]`, among)} end`
}

/**
 * May there be a sender that can carry some chunk of the campaign now? Surely so where countries have senders of their own:
 * `canCarry` knows of each chunk.
 * @param campaign alias of `campaigns`
 * @param among an SQL array of names, of which the sender must be one; default: any
 */
export const maySend = (campaign: string, among = anyName) =>
  sql<boolean>`(${canSendRest(campaign, among)} or ${hasCountries})`

/**
 * Is there a sender that can carry the chunk now?
 * @param campaign alias of its row of `campaigns`
 * @param chunk alias of `dispatch_chunks`
 * @param among as for `maySend`
 */
export function canCarry(campaign: string, chunk: string, among = anyName) {
  // Once for a statement.
  const states = sql`(select country_states(null, ${among}, null, null, null, null))::text[]`
  return sql<boolean>`coalesce(${canByCountry(routedChannel(campaign), chunk, states)}, ${canSendRest(campaign, among)})`
}

/**
 * A chunk that a process left with messages in doubt is pinned to its sender, which alone can tell a repeated call. It goes
 * to another one only when no process that lives has that sender any more.
 * @param chunk alias of `dispatch_chunks`
 * @param mine an SQL array of the names of the senders that the claimant has open
 */
export function isPinnedHere(chunk: string, mine: Names) {
  const pinned = sql.ref(`${chunk}.pinned`)
  return sql<boolean>`(${pinned} is null
    or case when ${pinned} = any(${mine})
      then exists (select 1 from senders as s where s.name = ${pinned} and ${isAvailable('s')})
      else not exists (select 1 from processes as p
        where ${isAlive('p')} and ${pinned} = any(p.sender_names)) end)`
}

/**
 * Names of the senders that may carry a message of the campaign to the country, the first choice first.
 * @param campaign alias of `campaigns`
 * @param country its code; null: any
 */
export function sendersFor(campaign: string, country: RawBuilder<unknown>) {
  const [own, channel] = [sql.ref(`${campaign}.sender`), sql.ref(`${campaign}.channel`)]
  return sql<string[]>`case when ${own} is not null then array[${own}] else coalesce(
    case when ${country} is not null then country_senders(${channel}::text, ${country}) end,
    (select r.senders from routes as r where r.channel = ${channel}::text)) end`
}

/** May the sender carry the chunk, whether it can now or not? */
export const isRoutedTo = (campaign: string, chunk: string, sender: RawBuilder<unknown>) =>
  sql<boolean>`${sender} = any(${sendersFor(campaign, sql.ref(`${chunk}.country`))})`

/**
 * Name of the sender that a claim of the chunk takes: the one that it is pinned to, or the first of those that may carry it
 * that can send, rather not the one that has just refused it.
 */
export function senderOf(chunk: string, mine: Names) {
  const column = (name: string) => sql.ref(`${chunk}.${name}`)
  return sql<string>`(select s.name
    from campaigns as k
    cross join lateral (select ${sendersFor('k', column('country'))} as names) as route
    join senders as s on s.name = any(route.names) or s.name = ${column('pinned')}
    where k.id = ${column('campaign_id')} and s.name = any(${mine}) and ${isAvailable('s')}
    order by s.name = ${column('pinned')} desc nulls last, s.name = ${column('avoid')} nulls first,
      array_position(route.names, s.name)
    limit 1)`
}

/** Seconds of work that a limited sender's chunks may hold, and messages that a chunk plans at once, about. */
const AHEAD = { seconds: 2, window: 64 }

/** States of chunks that count against what a limited sender can use. */
export type Taken = readonly ('leased' | 'published')[]

/**
 * Are fewer of the campaign's chunks taken than its limited senders can use? More would hold the room of other campaigns
 * while they wait. Without a limit there is no such bound.
 * @param senders those that may carry the chunks
 * @param isOne a condition on `dispatch_chunks as l`: the chunks that only these senders may carry
 */
function mayTakeMore(campaign: string, senders: RawBuilder<unknown>, isOne: RawBuilder<boolean>, taken: Taken) {
  const least = sql`least(${limitInForce('s', 'concurrency')}, ${limitInForce('s', 'rate')} * ${sql.lit(AHEAD.seconds)})`
  const most = sql`(select max(coalesce(ceil(${least} / ${sql.lit(AHEAD.window)}), 'infinity'))
    from senders as s where s.name = any(${senders}) and ${isAvailable('s')})`
  const there = sql`(select count(*) from dispatch_chunks as l
    where l.campaign_id = ${sql.ref(`${campaign}.id`)} and l.state in (${sql.join(taken.map((state) => sql.lit(state)))})
      and ${isOne})`
  return sql<boolean>`(${most} = 'infinity' or ${there} < ${most})`
}

/** Chunks of a campaign that a claim may take, by the routes that they go by. */
export interface Open {
  /** Channel by whose countries its chunks are told apart; null: the campaign names its sender. */
  readonly channel: string | null
  /** True if chunks are open that go by the sender of the campaign or the route of the channel. */
  readonly rest: boolean
  /** States of the routes of countries, by `country_states`; null where no country has senders of its own. */
  readonly states: string[] | null
}

/**
 * Finds which chunks of a campaign somebody may take, as a row of `Open` to join laterally. It is fenced (OFFSET 0): found
 * once for each campaign, and not once for each of its chunks.
 * @param campaign alias of `campaigns`
 * @param among as for `maySend`
 */
export function openOf(campaign: string, taken: Taken, among = anyName) {
  const channel = routedChannel(campaign)
  const senders = sql`case when ${channel} is null then array[${sql.ref(`${campaign}.sender`)}]
    else (select r.senders from routes as r where r.channel = ${channel}) end`
  // Chunks of a country that has no senders of its own any more are not counted.
  const others = sql<boolean>`(l.country is null or ${channel} is null)`
  const chunkStates = sql`array[${sql.join(taken.map((state) => sql.lit(state)))}]::chunk_state[]`
  return sql<Open>`(select ${channel} as channel,
    ${canSendRest(campaign, among)} and ${mayTakeMore(campaign, senders, others, taken)} as rest,
    case when ${channel} is not null and ${hasCountries} then country_states(${channel}, ${among},
      ${sql.ref(`${campaign}.id`)}, ${chunkStates}, ${sql.lit(AHEAD.seconds)}, ${sql.lit(AHEAD.window)}) end as states
    offset 0)`
}

/** May some of the campaign's chunks be open? @param open alias of a row of `Open` */
export const maySomeBeOpen = (open: string) =>
  sql<boolean>`(${sql.ref(`${open}.rest`)} or ${sql.ref(`${open}.states`)} is not null)`

/**
 * Is the chunk one of those that are open?
 * @param open alias of a row of `Open`
 */
export function isOpen(open: string, chunk: string) {
  const column = (name: keyof Open) => sql.ref(`${open}.${name}`)
  return sql<boolean>`coalesce(${canByCountry(column('channel'), chunk, column('states'))}, ${column('rest')})`
}
