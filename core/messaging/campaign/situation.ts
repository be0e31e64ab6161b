/** Reads what holds for all campaigns: open circuits and the processes that live. Kept for a moment, as many ask for it. */
import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import { prepare } from '../../db/prepare.ts'
import { isAlive } from '../../host/presence.ts'
import type { Database } from '../schema.ts'
import { listBreakers, listResting, listStandstills } from '../senders/standstill.ts'
import type { Situation } from './waiting.ts'

const KEPT_MS = 500

/** @returns the situation, at most half a second old; rejects when the database cannot be read */
export function openSituation(
  db: Kysely<Pick<Database, 'senders' | 'routes' | 'country_routes' | 'processes'>>,
  clock: Clock,
): () => Promise<Situation> {
  const listPlugins = prepare<Record<never, never>, { plugin: string }>(db, () =>
    db.selectFrom('processes').select(sql<string>`distinct unnest(plugins)`.as('plugin')).where(isAlive()),
  )
  const read = async (): Promise<Situation> => {
    const [breakers, standstills, resting, plugins] = await Promise.all([
      listBreakers(db),
      listStandstills(db),
      listResting(db),
      listPlugins({}),
    ])
    return { breakers, standstills, resting, plugins: plugins.map(({ plugin }) => plugin) }
  }
  let kept: Promise<Situation> | undefined
  let readAt = 0
  return () => {
    if (kept && clock.elapsed() - readAt < KEPT_MS) return kept
    readAt = clock.elapsed()
    const reading = read()
    kept = reading
    reading.catch(() => {
      if (kept === reading) kept = undefined
    })
    return reading
  }
}
