/** Conditions of SQL about the senders of a campaign: which of them can send, and which one a claim takes. */
import { sql } from 'kysely'

/** A sender that is neither paused nor has its circuit open, and that its provider has not asked to leave alone. */
export const isAvailable = (alias: string) => {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql<boolean>`(${column('paused_at')} is null and ${column('opened_at')} is null
    and (${column('hold_until')} is null or ${column('hold_until')} <= clock_timestamp()))`
}

/**
 * Is there a sender that can carry the campaign now? The channels that can be carried are found once for a statement.
 * @param campaign alias of `campaigns`
 * @param among an SQL array of names, of which the sender must be one; default: any
 */
export function canSend(campaign: string, among = sql<string[]>`null::text[]`) {
  const own = sql.ref(`${campaign}.sender`)
  const isOne = sql<boolean>`(${among} is null or s.name = any(${among})) and ${isAvailable('s')}`
  return sql<boolean>`case when ${own} is null
    then ${sql.ref(`${campaign}.channel`)}::text = any(array(select r.channel from routes as r
      where exists (select 1 from senders as s where s.name = any(r.senders) and ${isOne})))
    else exists (select 1 from senders as s where s.name = ${own} and ${isOne}) end`
}

/**
 * A chunk that a process left with messages in doubt is pinned to its sender, which alone can tell a repeated call. It goes
 * to another one only when no process that lives has that sender any more.
 * @param chunk alias of `dispatch_chunks`
 * @param mine an SQL array of the names of the senders that the claimant has open
 */
export function isPinnedHere(chunk: string, mine: ReturnType<typeof sql<string[]>>) {
  const pinned = sql.ref(`${chunk}.pinned`)
  return sql<boolean>`(${pinned} is null
    or case when ${pinned} = any(${mine})
      then exists (select 1 from senders as s where s.name = ${pinned} and ${isAvailable('s')})
      else not exists (select 1 from processes as p
        where p.seen_at > now() - interval '15 seconds' and ${pinned} = any(p.sender_names)) end)`
}

/**
 * Name of the sender that a claim of the chunk takes: the one that it is pinned to, or the first of its campaign's route
 * that can send, rather not the one that has just refused it.
 */
export function senderOf(chunk: string, mine: ReturnType<typeof sql<string[]>>) {
  const column = (name: string) => sql.ref(`${chunk}.${name}`)
  return sql<string>`(select s.name
    from campaigns as k
    left join routes as r on r.channel = k.channel::text
    cross join lateral (select case when k.sender is null then r.senders else array[k.sender] end as names) as route
    join senders as s on s.name = any(route.names) or s.name = ${column('pinned')}
    where k.id = ${column('campaign_id')} and s.name = any(${mine}) and ${isAvailable('s')}
    order by s.name = ${column('pinned')} desc nulls last, s.name = ${column('avoid')} nulls first,
      array_position(route.names, s.name)
    limit 1)`
}

/** Seconds of work that a limited sender's chunks may hold, and messages that a chunk plans at once, about. */
const AHEAD = { seconds: 2, window: 64 }

/**
 * Are fewer of the campaign's chunks leased than its limited sender can use? More would hold the room of other campaigns
 * while they wait. Without a limit there is no such bound.
 */
export function mayLeaseMore(campaign: string, states: readonly ('leased' | 'published')[]) {
  const limit = (name: string) => sql`coalesce(s.${sql.raw(name)}, s.${sql.raw(`${name}_setting`)})`
  const least = sql`least(${limit('concurrency')}, ${limit('rate')} * ${sql.lit(AHEAD.seconds)})`
  const most = sql`(select max(coalesce(ceil(${least} / ${sql.lit(AHEAD.window)}), 'infinity'))
    from senders as s
    where s.name = any(case when ${sql.ref(`${campaign}.sender`)} is null
        then (select r.senders from routes as r where r.channel = ${sql.ref(`${campaign}.channel`)}::text)
        else array[${sql.ref(`${campaign}.sender`)}] end)
      and ${isAvailable('s')})`
  const there = sql`(select count(*) from dispatch_chunks as l
    where l.campaign_id = ${sql.ref(`${campaign}.id`)} and l.state in (${sql.join(states.map((state) => sql.lit(state)))}))`
  return sql<boolean>`(${most} = 'infinity' or ${there} < ${most})`
}
