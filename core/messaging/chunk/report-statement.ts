/**
 * The flush statement: writes the reports of several chunks, and answers how many more messages each may start.
 *
 * The number is taken in the step `permit`, before the chunks are written: whatever else is to bound it lowers it there, in
 * this statement. The watermark then rises to the last message that is permitted, and no further.
 */
import { type Kysely, sql } from 'kysely'
import { type Param, prepare } from '../../db/prepare.ts'
import type { AttemptError, Database, MessageStatus } from '../schema.ts'
import { isChannelOpen } from '../senders/breaker.ts'
import type { MessageCode } from '../senders/codes.ts'
import { waitingState } from './claim.ts'
import { addReasons, sumReasons } from './reasons.ts'
import type { FlushRow, FlushValues } from './report-values.ts'

export type FlushTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks' | 'breakers'>

export function prepareFlush(db: Kysely<FlushTables>): (values: FlushValues) => Promise<FlushRow[]> {
  return prepare<FlushValues, FlushRow>(db, (param) =>
    db
      .with('asked', (cte) => cte.selectFrom(asked(param)).selectAll())
      .with(
        // Once for each chunk: its columns are used several times.
        (cte) => cte('permit').materialized(),
        (cte) =>
          cte
            .selectFrom('asked as a')
            .innerJoin('campaigns as k', 'k.id', 'a.campaign_id')
            .select([
              'a.nth',
              // Race 31: no message is started once the campaign is not `sending` any more, or its channel's circuit is open.
              sql<number>`case when k.status = 'sending' and (a.probe = 1 or ${isChannelOpen(sql.ref('k.channel'))})
                then a.wanted else 0 end`.as('permits'),
              sql<number>`0`.as('wait_ms'),
            ]),
      )
      .with('sent', (cte) =>
        cte
          .updateTable('outbound_messages as m')
          .from(sent(param))
          .set((eb) => ({
            status: 'sent',
            attempts: eb('m.attempts', '+', 1),
            turn: eb('m.turn', '+', 1),
            updated_at: sql<Date>`clock_timestamp()`,
            provider_message_id: eb.ref('r.ref'),
            last_error: null,
            rendered_content: eb.ref('r.content'),
          }))
          .whereRef('m.id', '=', 'r.id')
          .where(stillAtTurn(param))
          .returning('r.nth'),
      )
      .with('other', (cte) =>
        cte
          .updateTable('outbound_messages as m')
          .from(other(param))
          .set((eb) => ({
            status: sql<MessageStatus>`r.status::message_status`,
            attempts: eb.ref('r.attempts'),
            turn: eb('m.turn', '+', 1),
            updated_at: sql<Date>`clock_timestamp()`,
            provider_message_id: null,
            last_error: eb.ref('r.error'),
            history: sql<
              readonly AttemptError[] | null
            >`case when r.error is null then m.history else coalesce(m.history, '[]')
              || jsonb_build_object('code', r.error, 'at', to_jsonb(clock_timestamp())) end`,
            rendered_content: eb.ref('r.content'),
          }))
          .whereRef('m.id', '=', 'r.id')
          .where(stillAtTurn(param))
          .returning(['m.id', 'm.status', 'r.nth', 'r.error', dueBucket.as('due_bucket')]),
      )
      .with('delta', (cte) =>
        cte
          .selectFrom('sent')
          .select(['nth', sql<number>`count(*)::int`.as('sent')])
          .groupBy('nth'),
      )
      .with('delta_other', (cte) =>
        cte
          .selectFrom('other')
          .select([
            'nth',
            sql<number>`count(*)::int`.as('moved'),
            sql<number>`(count(*) filter (where status = 'failed'))::int`.as('failed'),
            sql<number>`(count(*) filter (where status = 'skipped'))::int`.as('skipped'),
            sql<number>`(count(*) filter (where status = 'unknown'))::int`.as('unknown'),
            sql<number>`(count(*) filter (where status = 'pending'))::int`.as('retried'),
          ])
          .groupBy('nth'),
      )
      .with('delta_reasons', (cte) => sumReasons(cte))
      .with('retry', (cte) =>
        cte
          .insertInto('dispatch_chunks')
          .columns([
            'campaign_id',
            'parent_id',
            'due_bucket',
            'turn',
            'ids',
            'first_id',
            'last_id',
            'size',
            'state',
            'due_at',
            'request_id',
          ])
          .expression((eb) =>
            eb
              .selectFrom('other as m')
              .innerJoin('asked as a', 'a.nth', 'm.nth')
              .select([
                'a.campaign_id',
                'a.chunk as parent_id',
                'm.due_bucket',
                sql<number>`a.turn + 1`.as('turn'),
                sql<string[]>`array_agg(m.id order by m.id)`.as('ids'),
                sql<string>`min(m.id)`.as('first_id'),
                sql<string>`max(m.id)`.as('last_id'),
                sql<number>`count(*)::int`.as('size'),
                waitingState(sql.ref('a.campaign_id')).as('state'),
                sql<Date>`greatest(m.due_bucket, now())`.as('due_at'),
                'a.request_id',
              ])
              .where('m.status', '=', sql.lit('pending'))
              .groupBy(['a.nth', 'a.campaign_id', 'a.chunk', 'a.turn', 'a.request_id', 'm.due_bucket']),
          )
          // A long wait holds nobody else back: its bucket is another one.
          .onConflict((conflict) =>
            conflict
              .columns(['parent_id', 'turn', 'due_bucket'])
              .where('state', '=', sql.lit('ready'))
              .where('parent_id', 'is not', null)
              .doUpdateSet({
                ids: sql<string[]>`dispatch_chunks.ids || excluded.ids`,
                first_id: sql<string>`least(dispatch_chunks.first_id, excluded.first_id)`,
                last_id: sql<string>`greatest(dispatch_chunks.last_id, excluded.last_id)`,
                size: sql<number>`dispatch_chunks.size + excluded.size`,
              }),
          )
          .returning('id'),
      )
      .with('written', (cte) =>
        cte
          .updateTable('dispatch_chunks as c')
          .from('asked as a')
          .innerJoin('permit as p', 'p.nth', 'a.nth')
          .leftJoin('delta as d', 'd.nth', 'a.nth')
          .leftJoin('delta_other as o', 'o.nth', 'a.nth')
          .leftJoin('delta_reasons as s', 's.nth', 'a.nth')
          .set({
            sent: sql<number>`c.sent + coalesce(d.sent, 0)`,
            failed: sql<number>`c.failed + coalesce(o.failed, 0)`,
            skipped: sql<number>`c.skipped + coalesce(o.skipped, 0)`,
            unknown: sql<number>`c.unknown + coalesce(o.unknown, 0)`,
            retried: sql<number>`c.retried + coalesce(o.retried, 0)`,
            reasons: addReasons(sql.ref('c.reasons'), sql.ref('s.reasons')),
            // Race 20: it moves, or whoever holds it is well and gives it back.
            progress_epoch: sql<number>`case when d.sent > 0 or o.moved > 0
              or (${ours} and (${watermark(param)} > c.started_upto or a.state = 'ready')) then c.epoch else c.progress_epoch end`,
            started_upto: sql<string>`case when ${ours} then ${watermark(param)} else c.started_upto end`,
            in_flight: sql<number>`case when ${ours} then a.in_flight + p.permits else c.in_flight end`,
            lease_until: sql<Date>`case when ${ours}
              then now() + ${param('leaseSeconds')}::float8 * interval '1 second' else c.lease_until end`,
            state: sql<'done'>`case when not ${ours} then c.state
              when a.state = 'ready' then ${waitingState(sql.ref('c.campaign_id'))}
              else a.state::chunk_state end`,
          })
          .whereRef('c.id', '=', 'a.chunk')
          .returning([
            'a.nth',
            sql<number>`coalesce(d.sent, 0) + coalesce(o.moved, 0)`.as('moved'),
            // Race 11: whoever has lost the chunk, or gave it back, starts nothing of it.
            sql<number>`case when ${ours} then p.permits else 0 end`.as('permits'),
            sql<number>`case when ${ours} then p.wait_ms else 0 end`.as('wait_ms'),
          ]),
      )
      .selectFrom('written')
      .selectAll(),
  )
}

/** The end of the bucket, never before the message's own time; the same moment for all that may go at once. */
const dueBucket = sql<Date>`case when r.bucket = 0 then to_timestamp(0)
  else to_timestamp(ceil((extract(epoch from now())::float8 + r.delay / 1000) / r.bucket) * r.bucket) end`

/** True while the chunk is leased to whoever asks. In RETURNING the row is the new one: a chunk that was given back is not ours. */
const ours = sql<boolean>`(c.epoch = a.epoch and c.state = 'leased')`

/** The last message that was started, or is now permitted: one that is neither is never in doubt. */
const watermark = (param: Param<FlushValues>) =>
  sql<string>`case when p.permits = 0 then a.upto
    else greatest(a.upto, (${param('wantedIds')}::bigint[])[a.wanted_after + p.permits]) end`

interface Asked {
  nth: number
  chunk: string
  campaign_id: number
  turn: number
  request_id: string | null
  epoch: number
  probe: number
  upto: string
  in_flight: number
  state: string
  wanted: number
  wanted_after: number
}

function asked(param: Param<FlushValues>) {
  return sql<Asked>`(select row_number() over ()::int as nth, t.* from (select unnest(${param('chunks')}::bigint[]) as chunk,
    unnest(${param('campaigns')}::int[]) as campaign_id, unnest(${param('turns')}::smallint[]) as turn,
    unnest(${param('requestIds')}::text[]) as request_id, unnest(${param('epochs')}::int[]) as epoch,
    unnest(${param('probes')}::int[]) as probe, unnest(${param('uptos')}::bigint[]) as upto,
    unnest(${param('inFlights')}::int[]) as in_flight, unnest(${param('states')}::text[]) as state,
    unnest(${param('wanted')}::int[]) as wanted, unnest(${param('wantedAfter')}::int[]) as wanted_after) as t)`.as<'t'>(
    sql`t`,
  )
}

interface Sent {
  id: string
  nth: number
  ref: string | null
  content: string | null
}

/** Unnested side by side in SELECT: in FROM each array would be laid out in memory of its own first. */
function sent(param: Param<FlushValues>) {
  return sql<Sent>`(select unnest(${param('sentIds')}::bigint[]) as id, unnest(${param('sentOf')}::int[]) as nth,
    unnest(${param('sentRefs')}::text[]) as ref, unnest(${param('sentTexts')}::text[]) as content)`.as<'r'>(sql`r`)
}

interface Other {
  id: string
  nth: number
  status: string
  attempts: number
  error: MessageCode | null
  content: string | null
  delay: number
  bucket: number
}

function other(param: Param<FlushValues>) {
  return sql<Other>`(select unnest(${param('ids')}::bigint[]) as id, unnest(${param('of')}::int[]) as nth,
    unnest(${param('statuses')}::text[]) as status, unnest(${param('attempts')}::smallint[]) as attempts,
    unnest(${param('errors')}::text[]) as error, unnest(${param('texts')}::text[]) as content,
    unnest(${param('delays')}::float8[]) as delay,
    unnest(${param('buckets')}::float8[]) as bucket)`.as<'r'>(sql`r`)
}

/**
 * Race 14: a status that is final stays; race 10: an outcome counts once for each turn. In a CASE, because the planner,
 * without statistics, takes either for so rare that it begins with them and reads the whole table.
 */
const stillAtTurn = (param: Param<FlushValues>) =>
  sql<boolean>`case when m.status = 'pending' then m.turn = (${param('turns')}::smallint[])[r.nth] else false end`
