import { Elysia } from 'elysia'
import { type Breaker, listBreakers } from '../../core/dispatch/breaker.ts'
import { check, checkLoops, unreachable, viewHealth, viewSenders } from '../../core/health.ts'
import type { Grant } from '../../core/plugin.ts'
import { healthDocs } from './schema.ts'
import { findAnyCampaign } from './store.ts'

export const needs = { db: { read: ['campaigns', 'breakers'] }, queue: true, loops: true } as const

type HealthGrant = Pick<Grant<typeof needs>, 'db' | 'queue' | 'loops' | 'log'>

export const healthRoutes = (grant: HealthGrant) =>
  new Elysia().get(
    '/health',
    async ({ status }) => {
      const health = await takeHealth(grant)
      return status(health.status === 'healthy' ? 200 : 503, health)
    },
    { detail: healthDocs },
  )

async function takeHealth({ db, queue, loops, log }: HealthGrant) {
  let breakers: Breaker[] | undefined
  const [database, queued] = await Promise.all([
    check(
      async () => {
        await findAnyCampaign(db)
        breakers = await listBreakers(db)
      },
      unreachable('database', log),
    ),
    check(() => queue.check(), unreachable('queue', log)),
  ])
  return viewHealth({ database, queue: queued, senders: viewSenders(breakers), loops: checkLoops(loops()) })
}
