import { Elysia } from 'elysia'
import { check, checkLoops, unreachable } from '../../core/host/health.ts'
import { findStuck, type Stuck } from '../../core/messaging/chunk/stuck.ts'
import { viewDispatch, viewHealth, viewSenders } from '../../core/messaging/health.ts'
import { type Breaker, listBreakers } from '../../core/messaging/senders/standstill.ts'
import type { HealthGrant } from './grant.ts'
import { healthDocs, liveDocs, readyDocs } from './schema.ts'
import { findAnyCampaign } from './store.ts'

export const healthRoutes = (grant: HealthGrant) =>
  new Elysia()
    .get(
      '/health',
      async ({ status }) => {
        const health = await takeHealth(grant)
        return status(health.status === 'unhealthy' ? 503 : 200, health)
      },
      { detail: healthDocs },
    )
    .get('/health/live', () => ({ status: 'live' as const }), { detail: liveDocs })
    .get(
      '/health/ready',
      async ({ status }) => {
        const reason = await findReasonToWait(grant)
        return reason === undefined
          ? { status: 'ready' as const }
          : status(503, { status: 'not_ready' as const, message: reason })
      },
      { detail: readyDocs },
    )

/** The reason why a load balancer should send no requests here; undefined if it may. */
async function findReasonToWait({ db, stopping, log }: HealthGrant): Promise<string | undefined> {
  if (stopping.aborted) return 'The process is stopping'
  const { status, message } = await check(() => findAnyCampaign(db), unreachable('database', log))
  return status === 'healthy' ? undefined : message
}

async function takeHealth({ db, database, queue, loops, log }: HealthGrant) {
  let breakers: Breaker[] | undefined
  let stuck: Stuck | undefined
  // At once: one after the other, each would wait for a batch of an import to be written to the embedded database.
  const reading = Promise.all([
    findAnyCampaign(db),
    listBreakers(db).then((rows) => {
      breakers = rows
    }),
    findStuck(db).then((row) => {
      stuck = row
    }),
  ])
  const [databaseCheck, queueCheck] = await Promise.all([
    check(() => database.check().then(() => reading), unreachable('database', log)),
    check(() => queue.check(), unreachable('queue', log)),
    // A database that accepts no writes can still be read.
    check(() => reading, String),
  ])
  return viewHealth({
    database: databaseCheck,
    queue: queueCheck,
    senders: viewSenders(breakers),
    dispatch: viewDispatch(stuck),
    loops: checkLoops(loops()),
  })
}
