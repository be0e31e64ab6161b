/**
 * Which chunks are handed to the message broker. Only a few lie there at a time, taken from all campaigns in turn: a large
 * campaign starves no small one, and what is paused or cancelled has not gone out already. A chunk is marked before it is
 * published, so two schedulers never publish one twice; one that was lost on the way, or by the broker, is found stale.
 */
import { type Kysely, sql } from 'kysely'
import { prepare } from '../../core/db/prepare.ts'
import type { Database } from '../../core/db/schema.ts'
import { isChannelOpen } from '../../core/dispatch/breaker.ts'
import { gatheringEnds } from '../../core/dispatch/lease.ts'
import { ALIVE_SECONDS } from '../../core/processes.ts'

/** Chunks that lie at the broker for each worker process: enough that none waits for the relay's next look. */
export const AHEAD = 16

type RelayTables = Pick<Database, 'campaigns' | 'dispatch_chunks' | 'processes' | 'breakers'>

export interface Published {
  readonly id: string
  readonly campaignId: number
}

export interface Outbox {
  /** Marks due chunks as published, as far as there is room at the broker. */
  next(): Promise<Published[]>
  /** Marks anew, and answers, what was published so many seconds ago and is not claimed yet (race 22). */
  stale(seconds: number): Promise<Published[]>
  /** Notes that these have not arrived (races 3 and 4): they are stale at once. */
  failed(ids: readonly string[]): Promise<void>
}

export function openOutbox(db: Kysely<RelayTables>): Outbox {
  const next = prepareNext(db)
  return {
    next: async () => next({}),
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

/** Race 6: of two schedulers one takes a chunk, the other skips the locked row. */
function prepareNext(db: Kysely<RelayTables>) {
  const workers = db
    .selectFrom('processes')
    .select(sql<number>`greatest(1, count(*)) * ${sql.lit(AHEAD)}`.as('chunks'))
    .where(sql<boolean>`'worker' = any(plugins)`)
    .where('seen_at', '>', sql<Date>`now() - make_interval(secs => ${sql.lit(ALIVE_SECONDS)})`)
  const there = db
    .selectFrom('dispatch_chunks as c')
    .innerJoin('campaigns as k', 'k.id', 'c.campaign_id')
    .select(({ fn }) => fn.countAll().as('chunks'))
    .where('c.state', '=', sql.lit('published'))
    // Workers drop those of a channel that rests: counted, they would leave no room for the other channel.
    .where(isChannelOpen(sql.ref('k.channel')))
  return prepare<Record<never, never>, Published>(db, () =>
    db
      .with('room', (cte) => cte.selectNoFrom(sql<number>`greatest(0, (${workers}) - (${there}))`.as('chunks')))
      .with('candidate', (cte) =>
        cte
          .selectFrom('campaigns as k')
          .innerJoinLateral(
            (eb) =>
              eb
                .selectFrom((inner) =>
                  inner
                    .selectFrom('dispatch_chunks')
                    .select('id')
                    .whereRef('campaign_id', '=', 'k.id')
                    .where('state', '=', sql.lit('ready'))
                    .where('due_at', '<=', sql<Date>`now()`)
                    .orderBy('due_at')
                    .limit((eb) => eb.selectFrom('room').select('chunks'))
                    .as('due'),
                )
                .select(['due.id', sql<number>`row_number() over ()`.as('nth')])
                .as('c'),
            (join) => join.onTrue(),
          )
          .select(['c.id', 'c.nth'])
          .where('k.status', '=', sql.lit('sending'))
          .where(isChannelOpen(sql.ref('k.channel'))),
      )
      .with('chosen', (cte) =>
        cte
          .selectFrom('dispatch_chunks as d')
          .innerJoin('candidate as c', 'c.id', 'd.id')
          .select('d.id')
          .where('d.state', '=', sql.lit('ready'))
          .orderBy('c.nth')
          .limit((eb) => eb.selectFrom('room').select('chunks'))
          .forUpdate('d')
          .skipLocked(),
      )
      .updateTable('dispatch_chunks')
      .set({ state: 'published', published_at: sql<Date>`now()` })
      .where('id', 'in', (eb) => eb.selectFrom('chosen').select('chosen.id'))
      .returning(['id', 'campaign_id as campaignId']),
  )
}

function markStale(db: Kysely<RelayTables>, seconds: number): Promise<Published[]> {
  return db
    .updateTable('dispatch_chunks')
    .set({ published_at: sql<Date>`now()` })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('dispatch_chunks')
        .select('id')
        .where('state', '=', 'published')
        .where('published_at', '<', sql<Date>`now() - make_interval(secs => ${seconds})`)
        // What a channel that rests has there, workers drop; it is told of again when the channel goes on.
        .where('campaign_id', 'in', ({ selectFrom }) =>
          selectFrom('campaigns as k')
            .select('k.id')
            .where(isChannelOpen(sql.ref('k.channel'))),
        )
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'campaign_id as campaignId'])
    .execute()
}

/**
 * For a queue that is the database itself: takes up what was published to a broker that nobody listens to any more.
 * @returns how many there were
 */
export async function takeBack(db: Kysely<Pick<Database, 'dispatch_chunks'>>, seconds: number): Promise<number> {
  const back = await db
    .updateTable('dispatch_chunks')
    .set({ state: 'ready', ...gatheringEnds })
    .where('state', '=', 'published')
    .where('published_at', '<', sql<Date>`now() - make_interval(secs => ${seconds})`)
    .returning('id')
    .execute()
  return back.length
}
