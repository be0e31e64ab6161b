/** The statement that writes what several chunks have to report, and answers which of them may start more. */
import { type Kysely, sql } from 'kysely'
import { type Param, prepare } from '../db/prepare.ts'
import type { Database, MessageStatus, Trouble } from '../db/schema.ts'
import { isChannelOpen } from './breaker.ts'
import { waitingState } from './lease.ts'

export type FlushTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks' | 'breakers'>

/** The first arrays have an item for each chunk, no chunk twice; those from `ids` on one for each message. */
export interface FlushValues {
  readonly leaseSeconds: number
  readonly chunks: string[]
  readonly campaigns: number[]
  readonly turns: number[]
  readonly requestIds: (string | null)[]
  readonly epochs: number[]
  /** 1 for a chunk that may send although its channel rests. */
  readonly probes: number[]
  readonly uptos: string[]
  readonly inFlights: number[]
  readonly states: string[]
  readonly ids: string[]
  /** Which of the chunks the message is reported by, from 1. */
  readonly of: number[]
  readonly attempts: number[]
  /** Null for `sent`. Of this array and the following ones the end may be left out, where all is null. */
  readonly statuses: (string | null)[]
  readonly refs: (string | null)[]
  readonly errors: (string | null)[]
  readonly texts: (string | null)[]
  /** Milliseconds. */
  readonly delays: (number | null)[]
}

export interface FlushRow {
  /** Which of the chunks, from 1. */
  readonly nth: number
  /** Messages whose outcome was not known before. */
  readonly moved: number
  readonly granted: boolean
}

export function prepareFlush(db: Kysely<FlushTables>): (values: FlushValues) => Promise<FlushRow[]> {
  return prepare<FlushValues, FlushRow>(db, (param) =>
    db
      .with('asked', (cte) => cte.selectFrom(asked(param)).selectAll())
      .with('report', (cte) => cte.selectFrom(report(param)).selectAll())
      .with('moved', (cte) =>
        cte
          .updateTable('outbound_messages as m')
          .from('report as r')
          .set((eb) => ({
            status: sql<MessageStatus>`coalesce(r.status::message_status, 'sent')`,
            attempts: eb.ref('r.attempts'),
            turn: eb('m.turn', '+', 1),
            updated_at: sql<Date>`clock_timestamp()`,
            provider_message_id: eb.ref('r.ref'),
            last_error: eb.ref('r.error'),
            history: sql<
              readonly Trouble[] | null
            >`case when r.error is null then m.history else coalesce(m.history, '[]')
              || jsonb_build_object('code', r.error, 'at', to_jsonb(clock_timestamp())) end`,
            rendered_content: eb.ref('r.content'),
          }))
          .whereRef('m.id', '=', 'r.id')
          // Race 14: a status that is final stays; race 10: an outcome counts once for each turn. In a CASE, because the
          // planner, without statistics, takes either for so rare that it begins with them and reads the whole table.
          .where(
            sql<boolean>`case when m.status = 'pending' then m.turn = (${param('turns')}::smallint[])[r.nth] else false end`,
          )
          .returning(['m.id', 'm.status', 'r.delay', 'r.nth']),
      )
      .with('delta', (cte) =>
        cte
          .selectFrom('moved')
          .select([
            'nth',
            sql<number>`count(*)::int`.as('moved'),
            sql<number>`(count(*) filter (where status = 'sent'))::int`.as('sent'),
            sql<number>`(count(*) filter (where status = 'failed'))::int`.as('failed'),
            sql<number>`(count(*) filter (where status = 'skipped'))::int`.as('skipped'),
            sql<number>`(count(*) filter (where status = 'unknown'))::int`.as('unknown'),
            sql<number>`(count(*) filter (where status = 'pending'))::int`.as('retried'),
          ])
          .groupBy('nth'),
      )
      .with('retry', (cte) =>
        cte
          .insertInto('dispatch_chunks')
          .columns([
            'campaign_id',
            'origin_id',
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
              .selectFrom('moved as m')
              .innerJoin('asked as a', 'a.nth', 'm.nth')
              .select([
                'a.campaign_id',
                'a.chunk as origin_id',
                sql<number>`a.turn + 1`.as('turn'),
                sql<string[]>`array_agg(m.id order by m.id)`.as('ids'),
                sql<string>`min(m.id)`.as('first_id'),
                sql<string>`max(m.id)`.as('last_id'),
                sql<number>`count(*)::int`.as('size'),
                waitingState(sql.ref('a.campaign_id')).as('state'),
                sql<Date>`now() + coalesce(max(m.delay), 0) * interval '1 millisecond'`.as('due_at'),
                'a.request_id',
              ])
              .where('m.status', '=', sql.lit('pending'))
              .groupBy(['a.nth', 'a.campaign_id', 'a.chunk', 'a.turn', 'a.request_id']),
          )
          .onConflict((conflict) =>
            conflict
              .columns(['origin_id', 'turn'])
              .where('state', '=', sql.lit('ready'))
              .where('origin_id', 'is not', null)
              .doUpdateSet({
                ids: sql<string[]>`dispatch_chunks.ids || excluded.ids`,
                first_id: sql<string>`least(dispatch_chunks.first_id, excluded.first_id)`,
                last_id: sql<string>`greatest(dispatch_chunks.last_id, excluded.last_id)`,
                size: sql<number>`dispatch_chunks.size + excluded.size`,
                due_at: sql<Date>`greatest(dispatch_chunks.due_at, excluded.due_at)`,
              }),
          )
          .returning('id'),
      )
      .with('written', (cte) =>
        cte
          .updateTable('dispatch_chunks as c')
          .from('asked as a')
          .leftJoin('delta as d', 'd.nth', 'a.nth')
          .set({
            sent: sql<number>`c.sent + coalesce(d.sent, 0)`,
            failed: sql<number>`c.failed + coalesce(d.failed, 0)`,
            skipped: sql<number>`c.skipped + coalesce(d.skipped, 0)`,
            unknown: sql<number>`c.unknown + coalesce(d.unknown, 0)`,
            retried: sql<number>`c.retried + coalesce(d.retried, 0)`,
            started_upto: sql<string>`case when ${ours} then a.upto else c.started_upto end`,
            in_flight: sql<number>`case when ${ours} then a.in_flight else c.in_flight end`,
            lease_until: sql<Date>`case when ${ours}
              then now() + ${param('leaseSeconds')}::float8 * interval '1 second' else c.lease_until end`,
            state: sql<'done'>`case when not ${ours} then c.state
              when a.state = 'ready' then ${waitingState(sql.ref('c.campaign_id'))}
              else a.state::chunk_state end`,
          })
          .whereRef('c.id', '=', 'a.chunk')
          .returning([
            'a.nth',
            'a.probe',
            'c.campaign_id',
            sql<number>`coalesce(d.moved, 0)`.as('moved'),
            ours.as('ours'),
          ]),
      )
      .selectFrom('written as w')
      .innerJoin('campaigns as k', 'k.id', 'w.campaign_id')
      .select([
        'w.nth',
        'w.moved',
        // Race 31: no message is started once the campaign is not `sending` any more, or its channel rests.
        sql<boolean>`w.ours and k.status = 'sending' and (w.probe = 1 or ${isChannelOpen(sql.ref('k.channel'))})`.as(
          'granted',
        ),
      ]),
  )
}

/** True while the chunk is leased to whoever asks. In RETURNING the row is the new one: a chunk that was given back is not ours. */
const ours = sql<boolean>`(c.epoch = a.epoch and c.state = 'leased')`

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
}

function asked(param: Param<FlushValues>) {
  return sql<Asked>`(select row_number() over ()::int as nth, t.* from unnest(${param('chunks')}::bigint[],
    ${param('campaigns')}::int[], ${param('turns')}::smallint[], ${param('requestIds')}::text[],
    ${param('epochs')}::int[], ${param('probes')}::int[], ${param('uptos')}::bigint[], ${param('inFlights')}::int[],
    ${param('states')}::text[]) as t(chunk, campaign_id, turn, request_id, epoch, probe, upto, in_flight, state))`.as<'t'>(
    sql`t`,
  )
}

interface Reported {
  id: string
  nth: number
  attempts: number
  status: string | null
  ref: string | null
  error: string | null
  content: string | null
  delay: number | null
}

function report(param: Param<FlushValues>) {
  return sql<Reported>`unnest(${param('ids')}::bigint[], ${param('of')}::int[], ${param('attempts')}::smallint[],
    ${param('statuses')}::text[], ${param('refs')}::text[], ${param('errors')}::text[], ${param('texts')}::text[],
    ${param('delays')}::float8[])`.as<'t'>(sql`t(id, nth, attempts, status, ref, error, content, delay)`)
}
