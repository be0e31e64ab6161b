/**
 * Writing outcomes down, and asking for the right to start more: one statement does both, for a window of messages.
 *
 * The right to start is fenced by epoch, state, campaign status and circuit breaker; the outcome never is. A worker that lost its lease
 * may still report, and what it reports counts if the message still stands at that turn. So a replay of the same flush
 * after a broken connection changes nothing (race 13), and two owners cannot count one message twice (race 11).
 */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../db/prepare.ts'
import type { Database, MessageStatus, Trouble } from '../db/schema.ts'
import { isChannelOpen } from './breaker.ts'
import { acceptLate } from './late.ts'
import { type Lease, waitingState } from './lease.ts'

/** What became of one message. `pending`: to be tried again after `delayMs`. */
export interface Settled {
  readonly id: string
  readonly status: MessageStatus
  /** Tries spent so far, this one included. */
  readonly attempts: number
  readonly providerId: string | null
  readonly error: string | null
  readonly text: string | null
  readonly delayMs: number
}

/** What the chunk does after the flush: stay ours, be finished, or go back for another worker. */
export type Next = 'keep' | 'done' | 'release'

export interface Flush {
  readonly settled: readonly Settled[]
  /** The last message about to be started; nothing above it has been. */
  readonly startedUpto: string
  readonly inFlight: number
  readonly next: Next
}

export interface Flushed {
  /** True when the messages up to `startedUpto` may be started now. */
  readonly granted: boolean
}

export type FlushTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks' | 'breakers'>

interface Values {
  chunk: string
  campaign: number
  turn: number
  requestId: string | null
  epoch: number
  upto: string
  inFlight: number
  state: 'leased' | 'done' | 'ready'
  probe: boolean
  leaseSeconds: number
  ids: string[]
  statuses: string[]
  attempts: number[]
  refs: (string | null)[]
  errors: (string | null)[]
  texts: (string | null)[]
  delays: number[]
}

const states = { keep: 'leased', done: 'done', release: 'ready' } as const

/** Prepares the flush; the function that comes back may be called again with the same values after any failure. */
export function openFlush(
  db: Kysely<FlushTables>,
  leaseSeconds: number,
): (lease: Lease, flush: Flush) => Promise<Flushed> {
  const run = prepareFlush(db)
  return async (lease, { settled, startedUpto, inFlight, next }) => {
    const [row] = await run({
      chunk: lease.id,
      campaign: lease.campaign_id,
      turn: lease.turn,
      requestId: lease.request_id,
      epoch: lease.epoch,
      upto: startedUpto,
      inFlight,
      state: states[next],
      probe: lease.probe,
      leaseSeconds,
      ids: settled.map((one) => one.id),
      statuses: settled.map((one) => one.status),
      attempts: settled.map((one) => one.attempts),
      refs: settled.map((one) => one.providerId),
      errors: settled.map((one) => one.error),
      texts: settled.map((one) => one.text),
      delays: settled.map((one) => one.delayMs),
    })
    // Fewer messages moved than were reported: another owner, or this flush's own first run, was there before.
    if ((row?.moved ?? 0) < settled.length)
      await acceptLate(
        db,
        lease.campaign_id,
        settled.filter((one) => one.status === 'sent'),
      )
    return { granted: row?.granted ?? false }
  }
}

function prepareFlush(db: Kysely<FlushTables>) {
  return prepare<Values, { moved: number; granted: boolean }>(db, (param) => {
    const ours = sql<boolean>`(c.epoch = ${param('epoch')}::int and c.state = 'leased')`
    return db
      .with('report', (cte) =>
        cte
          .selectFrom(
            sql<{
              id: string
              status: MessageStatus
              attempts: number
              ref: string | null
              error: string | null
              content: string | null
              delay: number
            }>`unnest(${param('ids')}::bigint[], ${param('statuses')}::text[], ${param('attempts')}::smallint[],
              ${param('refs')}::text[], ${param('errors')}::text[], ${param('texts')}::text[],
              ${param('delays')}::float8[])`.as<'t'>(sql`t(id, status, attempts, ref, error, content, delay)`),
          )
          .selectAll(),
      )
      .with('moved', (cte) =>
        cte
          .updateTable('outbound_messages as m')
          .from('report as r')
          .set((eb) => ({
            status: sql<MessageStatus>`r.status::message_status`,
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
          .where(sql<boolean>`case when m.status = 'pending' then m.turn = ${param('turn')}::smallint else false end`)
          .returning(['m.id', 'm.status', 'r.delay']),
      )
      .with('delta', (cte) =>
        cte
          .selectFrom('moved')
          .select([
            sql<number>`count(*)::int`.as('moved'),
            sql<number>`(count(*) filter (where status = 'sent'))::int`.as('sent'),
            sql<number>`(count(*) filter (where status = 'failed'))::int`.as('failed'),
            sql<number>`(count(*) filter (where status = 'skipped'))::int`.as('skipped'),
            sql<number>`(count(*) filter (where status = 'unknown'))::int`.as('unknown'),
            sql<number>`(count(*) filter (where status = 'pending'))::int`.as('retried'),
          ]),
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
              .selectFrom('moved')
              .select([
                sql<number>`${param('campaign')}::int`.as('campaign_id'),
                sql<string>`${param('chunk')}::bigint`.as('origin_id'),
                sql<number>`${param('turn')}::smallint + 1`.as('turn'),
                sql<string[]>`array_agg(id)`.as('ids'),
                sql<string>`min(id)`.as('first_id'),
                sql<string>`max(id)`.as('last_id'),
                sql<number>`count(*)::int`.as('size'),
                waitingState(sql`${param('campaign')}::int`).as('state'),
                sql<Date>`now() + max(delay) * interval '1 millisecond'`.as('due_at'),
                sql<string | null>`${param('requestId')}::text`.as('request_id'),
              ])
              .where('status', '=', 'pending')
              .having((one) => one(one.fn.countAll(), '>', 0)),
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
      .with('chunk', (cte) =>
        cte
          .updateTable('dispatch_chunks as c')
          .from('delta as d')
          .set((eb) => ({
            sent: eb('c.sent', '+', eb.ref('d.sent')),
            failed: eb('c.failed', '+', eb.ref('d.failed')),
            skipped: eb('c.skipped', '+', eb.ref('d.skipped')),
            unknown: eb('c.unknown', '+', eb.ref('d.unknown')),
            retried: eb('c.retried', '+', eb.ref('d.retried')),
            started_upto: sql<string>`case when ${ours} then ${param('upto')}::bigint else c.started_upto end`,
            in_flight: sql<number>`case when ${ours} then ${param('inFlight')}::int else c.in_flight end`,
            lease_until: sql<Date>`case when ${ours}
              then now() + ${param('leaseSeconds')}::float8 * interval '1 second' else c.lease_until end`,
            state: sql<'done'>`case when not ${ours} then c.state
              when ${param('state')}::chunk_state = 'ready' then ${waitingState(sql.ref('c.campaign_id'))}
              else ${param('state')}::chunk_state end`,
          }))
          .where('c.id', '=', sql<string>`${param('chunk')}::bigint`)
          .returning(sql<boolean>`c.epoch = ${param('epoch')}::int and c.state = 'leased'`.as('ours')),
      )
      .selectFrom(['chunk', 'delta'])
      .innerJoin('campaigns as k', (on) => on.on('k.id', '=', sql<number>`${param('campaign')}::int`))
      .select([
        'delta.moved',
        // Race 31: no message is started once the campaign is not `sending` any more, or its channel rests.
        sql<boolean>`chunk.ours and k.status = 'sending'
          and (${param('probe')}::boolean or ${isChannelOpen(sql.ref('k.channel'))})`.as('granted'),
      ])
  })
}
