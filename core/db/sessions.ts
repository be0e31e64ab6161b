/**
 * Check that connections keep their sessions. A pooler in transaction mode (PgBouncer) hands each transaction to any
 * server connection: notifications never arrive then, and all work stands still while everything else looks well.
 */
import { BootError } from '../errors.ts'
import { type Client, connectClient } from './client.ts'

const CHANNEL = 'campaign_dispatch_session_check'
/** Milliseconds for a notification; a server without a pooler delivers it within one. */
const NOTICE_MS = 5000

/**
 * @param setting the variable that `url` comes from
 * @throws BootError when notifications do not arrive over it; whatever keeps it from connecting
 */
export async function requireSessions(url: string, setting: string): Promise<void> {
  const heard = Promise.withResolvers<true>()
  const listener = await connectClient(url, { notified: () => heard.resolve(true) })
  try {
    if (!(await isPooled(listener))) return
    await listener.untilLost(listener.sql.unsafe(`listen ${CHANNEL}`))
    const notifier = await connectClient(url)
    await notifier.untilLost(notifier.sql.unsafe(`notify ${CHANNEL}`)).finally(() => notifier.end())
    const { promise: late, resolve } = Promise.withResolvers<false>()
    const timer = setTimeout(() => resolve(false), NOTICE_MS)
    const arrived = await Promise.race([heard.promise, late]).finally(() => clearTimeout(timer))
    if (!arrived)
      throw new BootError(
        `${setting} leads to a pooler that keeps no sessions, such as PgBouncer in transaction mode. Set DATABASE_DIRECT_URL to an address of the same database that leads past it`,
      )
  } finally {
    await listener.end()
  }
}

/** A pooler gives each client a process number of its own making, which is not that of the server's process. */
async function isPooled({ sql, untilLost }: Client): Promise<boolean> {
  const answer = await untilLost(sql.unsafe('select pg_backend_pid() as pid'))
  return Number(answer.state.pid) !== Number(answer[0]?.pid)
}
