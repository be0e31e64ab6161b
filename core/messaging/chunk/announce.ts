/**
 * Choice of the chunks that are published. Only a few lie at the broker at a time, taken from all campaigns in turn: a large
 * campaign starves no small one, and what is paused or cancelled has not gone out already. A chunk is marked before it is
 * published, so two schedulers never publish one twice; one that was lost on the way, or by the broker, is found stale.
 */
import { type Expression, type Kysely, type QueryCreator, sql } from 'kysely'
import { prepare } from '../../db/prepare.ts'
import { isAlive } from '../../host/presence.ts'
import { type Announced, BUNDLE } from '../../queue/queue.ts'
import type { Database } from '../schema.ts'
import { canCarry, isOpen, type Open } from '../senders/route.ts'
import { noBucket } from './chunk-state.ts'
import { lastOf, running } from './claim.ts'

/**
 * Chunks that lie at the broker for each worker process: enough that none waits for the relay's next look. Small ones, which
 * go together, count as the share of a bundle that they take.
 */
export const AHEAD = 16

type RelayTables = Pick<Database, 'campaigns' | 'dispatch_chunks' | 'processes'>

/** Campaigns from which one look takes chunks, at most: the next look goes on with those after them. */
const CAMPAIGNS = 256

export interface Outbox {
  /** Marks due chunks as published, as far as there is room at the broker. */
  next(): Promise<Announced[]>
  /** Marks anew, and answers, what was published so many seconds ago and is not claimed yet (race 22). */
  stale(seconds: number): Promise<Announced[]>
  /** Notes that these have not arrived (races 3 and 4): they are stale at once. */
  failed(ids: readonly string[]): Promise<void>
}

export function openOutbox(db: Kysely<RelayTables>): Outbox {
  const next = prepareNext(db)
  let after = 0
  return {
    next: async () => {
      const marked = await next({ after })
      const campaigns = marked.map(({ group }) => group)
      if (campaigns.length > 0) after = lastOf(campaigns, after)
      return marked
    },
    stale: (seconds) => markStale(db, seconds),
    failed: async (ids) => {
      await db
        .updateTable('dispatch_chunks')
        .set({ published_at: sql<Date>`to_timestamp(0)` })
        .where('id', 'in', [...ids])
        .where('state', '=', 'published')
        .execute()
    },
  }
}

/** Messages that a chunk counts for, at the broker. */
const share = (size: string) => sql<number>`least(${sql.ref(size)}, ${sql.lit(BUNDLE)})`

const isDue = sql<boolean>`state = 'ready' and due_at <= now()`

/** Steps of the statement that chooses chunks. */
interface Steps {
  /** Messages for which there is room at the broker. */
  room: { messages: number }
  /** Campaigns with due chunks that are open, as their turn comes: `place` orders them. */
  turn: { id: number; place: string } & Open
  /** Due chunks of theirs, each with the messages of all that go before it, and its own. */
  candidate: { id: string; messages: number }
}

/** Race 6: of two schedulers one takes a chunk, the other skips the locked row. */
function prepareNext(db: Kysely<RelayTables>) {
  return prepare<{ after: number }, Announced>(db, (param) =>
    db
      .with('room', () => selectRoom(db))
      .with('turn', () => selectTurn(db, sql<number>`${param('after')}::int`))
      .with('candidate', selectCandidates)
      .with('chosen', lockChosen)
      .updateTable('dispatch_chunks')
      .set({ state: 'published', published_at: sql<Date>`now()` })
      .where('id', 'in', (eb) => eb.selectFrom('chosen').select('chosen.id'))
      .returning(['id', 'campaign_id as group', 'size']),
  )
}

function selectRoom(db: Kysely<RelayTables>) {
  const workers = db
    .selectFrom('processes')
    .select(sql<number>`greatest(1, count(*)) * ${sql.lit(AHEAD * BUNDLE)}`.as('messages'))
    .where(sql<boolean>`'worker' = any(plugins)`)
    .where(isAlive())
  const there = db
    .selectFrom('dispatch_chunks as c')
    .innerJoin('campaigns as k', 'k.id', 'c.campaign_id')
    .select(sql<number>`coalesce(sum(${share('c.size')}), 0)`.as('messages'))
    .where('c.state', '=', sql.lit('published'))
    // Workers drop those of a route whose circuit is open: counted, they would leave no room for the other routes.
    .where(canCarry('k', 'c'))
  return db.selectNoFrom(sql<number>`greatest(0, (${workers}) - (${there}))`.as('messages'))
}

/** One circle of the campaigns, from the one after `after` on; those without a due chunk are left out. */
function selectTurn(db: Kysely<RelayTables>, after: Expression<number>) {
  const withDue = (lap: 1 | 2) =>
    db
      .selectFrom(running(db, lap, after, ['leased', 'published']).as('k'))
      .selectAll()
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('dispatch_chunks as c')
            .select('c.id')
            .whereRef('c.campaign_id', '=', 'k.id')
            .where(isDue)
            .where(isOpen('k', 'c')),
        ),
      )
      .orderBy('k.place')
      .limit(CAMPAIGNS)
  return db
    .selectFrom(withDue(1).as('first'))
    .selectAll()
    .unionAll(db.selectFrom(withDue(2).as('second')).selectAll())
    .limit(CAMPAIGNS)
}

/** The oldest chunks of each campaign, ordered so that every campaign's first comes before any campaign's second. */
function selectCandidates(cte: QueryCreator<RelayTables & Pick<Steps, 'room' | 'turn'>>) {
  return cte
    .selectFrom('turn as k')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom((inner) =>
            inner
              .selectFrom('dispatch_chunks as d')
              .select(['d.id', 'd.size'])
              .whereRef('d.campaign_id', '=', 'k.id')
              .where(isDue)
              .where(isOpen('k', 'd'))
              .orderBy('due_at')
              .limit((limit) =>
                limit.selectFrom('room').select(sql<number>`ceil(messages::float8 / ${sql.lit(BUNDLE)})`.as('chunks')),
              )
              .as('due'),
          )
          .select(['due.id', 'due.size', sql<number>`row_number() over ()`.as('nth')])
          .as('c'),
      (join) => join.onTrue(),
    )
    .select(['c.id', sql<number>`sum(${share('c.size')}) over (order by c.nth, k.place, c.id)`.as('messages')])
}

function lockChosen(cte: QueryCreator<RelayTables & Steps>) {
  return cte
    .selectFrom('dispatch_chunks as d')
    .select('d.id')
    .where(
      'd.id',
      '=',
      (eb) =>
        sql<string>`any(array(${eb
          .selectFrom('candidate')
          .select('candidate.id')
          .where('candidate.messages', '<=', (inner) => inner.selectFrom('room').select('room.messages'))}))`,
    )
    .where('d.state', '=', sql.lit('ready'))
    .forUpdate('d')
    .skipLocked()
}

function markStale(db: Kysely<RelayTables>, seconds: number): Promise<Announced[]> {
  return db
    .updateTable('dispatch_chunks')
    .set({ published_at: sql<Date>`now()` })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('dispatch_chunks')
        .select('id')
        .where('state', '=', 'published')
        .where('published_at', '<', sql<Date>`now() - make_interval(secs => ${seconds})`)
        // Workers drop what a route with an open circuit has there; it is announced again when the circuit closes.
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('campaigns as k')
              .select('k.id')
              .whereRef('k.id', '=', 'dispatch_chunks.campaign_id')
              .where(canCarry('k', 'dispatch_chunks')),
          ),
        )
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'campaign_id as group', 'size'])
    .execute()
}

/**
 * For a queue that is the database itself: takes up what was published to a broker that nobody listens to any more.
 * @returns how many there were
 */
export async function reclaimPublished(
  db: Kysely<Pick<Database, 'dispatch_chunks'>>,
  seconds: number,
): Promise<number> {
  const reclaimed = await db
    .updateTable('dispatch_chunks')
    .set({ state: 'ready', ...noBucket })
    .where('state', '=', 'published')
    .where('published_at', '<', sql<Date>`now() - make_interval(secs => ${seconds})`)
    .returning('id')
    .execute()
  return reclaimed.length
}
