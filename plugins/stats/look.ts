/** One look of the live feed: a snapshot, or, while the database cannot be read, what is known of the process's health. */
import { TIME_LIMIT_MS } from '../../core/host/health.ts'
import type { StatsGrant } from './grant.ts'
import type { openSnapshots, Snapshot } from './snapshot.ts'

export interface Seen {
  readonly event: 'snapshot' | 'health'
  readonly json: string
  /** Another one when something changed. */
  readonly key: string
}

export type Look = () => Promise<Seen>

/** Never rejects. A query that hangs is waited for by the looks that follow, and not asked again meanwhile. */
export function openLook(
  { take, health }: ReturnType<typeof openSnapshots>,
  { clock, log }: Pick<StatsGrant, 'clock' | 'log'>,
): Look {
  let asked: Promise<Seen> | undefined
  let away = false
  const tellHealth = async (message: string): Promise<Seen> => {
    const json = JSON.stringify(await health(message))
    return { event: 'health', json, key: json }
  }
  const ask = async (): Promise<Seen> => {
    try {
      const seen = viewSnapshot(await take())
      away = false
      return seen
    } catch (error) {
      if (!away) log.warn({ err: error }, 'The live feed cannot read the database')
      away = true
      const code = (error as { code?: unknown } | null)?.code
      return tellHealth(`The database cannot be read${typeof code === 'string' ? ` (${code})` : ''}`)
    } finally {
      asked = undefined
    }
  }
  return async () => {
    asked ??= ask()
    const inTime = new AbortController()
    const late = clock.sleep(TIME_LIMIT_MS, inTime.signal).then(() => undefined)
    const seen = await Promise.race([asked, late])
    inTime.abort()
    return seen ?? tellHealth(`No answer within ${TIME_LIMIT_MS} ms`)
  }
}

/** That time passes, and that a process still lives, is no change. */
function viewSnapshot(snapshot: Snapshot): Seen {
  const workers = snapshot.workers.map(({ seen_at: _, ...worker }) => worker)
  const key = JSON.stringify({ ...snapshot, at: null, uptime_seconds: null, workers })
  return { event: 'snapshot', json: JSON.stringify(snapshot), key }
}
