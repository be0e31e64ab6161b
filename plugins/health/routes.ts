import { Elysia } from 'elysia'
import { type Breaker, listBreakers } from '../../core/dispatch/breaker.ts'
import type { Grant } from '../../core/plugin.ts'
import { check, checkLoops, viewSenders } from './checks.ts'
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
  /** The reason may hold an address or SQL: only its code is told. */
  const tell = (what: string) => (error: unknown) => {
    log.warn({ err: error }, `the ${what} is unhealthy`)
    const code = (error as { code?: unknown } | null)?.code
    return `The ${what} cannot be reached${typeof code === 'string' ? ` (${code})` : ''}`
  }
  let breakers: Breaker[] | undefined
  const [database, queued] = await Promise.all([
    check(async () => {
      await findAnyCampaign(db)
      breakers = await listBreakers(db)
    }, tell('database')),
    check(() => queue.check(), tell('queue')),
  ])
  const checks = { database, queue: queued, senders: viewSenders(breakers), loops: checkLoops(loops()) }
  const healthy = Object.values(checks).every(({ status }) => status !== 'unhealthy')
  return { status: healthy ? ('healthy' as const) : ('unhealthy' as const), checks }
}
