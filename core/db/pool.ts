/**
 * The connections to PostgreSQL, lent to Kysely one at a time. postgres.js has a pool of its own, but lends connections
 * whose server has gone away, on which queries wait for ever (its issues 1066, 1154 and 1208). So each connection here
 * is a client of its own: what waits on it fails as soon as it closes, and it is never lent again.
 */
import type { Sql } from 'postgres'

export interface PoolOptions {
  /** Opens a client of one connection, lazily, that calls `closed` when the connection is lost or cannot be made. */
  readonly open: (closed: () => void) => Sql
  /** The most connections that are open at once. */
  readonly max: number
}

/** What Kysely's dialect for postgres.js uses of postgres.js. */
export interface Pool {
  reserve(): Promise<Lent>
  /** Waits for what is lent at most `timeout` seconds, then fails what is still under way. */
  end(options?: { readonly timeout?: number }): Promise<void>
}

export interface Lent {
  unsafe: Sql['unsafe']
  release(): void
}

interface Connection {
  readonly sql: Sql
  /** Rejects when the connection is lost. */
  readonly lost: Promise<never>
  alive(): boolean
}

function lostError(code: string): Error {
  return Object.assign(new Error(`The database connection was lost (${code})`), { code })
}

function connect(open: PoolOptions['open']): Connection {
  let alive = true
  const { promise: lost, reject } = Promise.withResolvers<never>()
  lost.catch(() => {}) // nothing may be under way on it
  const sql = open(() => {
    alive = false
    reject(lostError('CONNECTION_CLOSED'))
  })
  return { sql, lost, alive: () => alive }
}

export function openPool({ open, max }: PoolOptions): Pool {
  const idle: Connection[] = []
  const lent = new Set<Connection>()
  const waiting: { resolve: (lent: Lent) => void; reject: (error: Error) => void }[] = []
  let ended: (() => void) | undefined

  function lend(connection: Connection): Lent {
    lent.add(connection)
    return {
      unsafe: ((...query: Parameters<Sql['unsafe']>) => {
        // A transaction that lost its connection must not go on, in bits, on the next one.
        if (!connection.alive()) return connection.lost
        const pending = connection.sql.unsafe(...query)
        return Object.assign(Promise.race([pending, connection.lost]), { cancel: () => pending.cancel() })
      }) as unknown as Sql['unsafe'],
      release: () => {
        lent.delete(connection)
        if (connection.alive() && !ended) idle.push(connection)
        else void connection.sql.end({ timeout: 0 })
        serve()
      },
    }
  }

  function take(): Connection | undefined {
    for (let found = idle.pop(); found; found = idle.pop()) {
      if (found.alive()) return found
      void found.sql.end({ timeout: 0 })
    }
    return lent.size < max ? connect(open) : undefined
  }

  function serve(): void {
    if (ended && lent.size === 0) ended()
    while (waiting.length > 0) {
      const connection = take()
      if (!connection) return
      waiting.shift()?.resolve(lend(connection))
    }
  }

  return {
    reserve: () =>
      new Promise((resolve, reject) => {
        if (ended) return reject(lostError('CONNECTION_ENDED'))
        waiting.push({ resolve, reject })
        serve()
      }),
    end: async ({ timeout = 0 } = {}) => {
      if (ended) return
      const all = new Promise<void>((resolve) => {
        ended = resolve
      })
      for (const { reject } of waiting.splice(0)) reject(lostError('CONNECTION_ENDED'))
      serve()
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, timeout * 1000)
      await Promise.race([all, late.promise])
      clearTimeout(timer)
      const left = [...idle.splice(0), ...lent]
      await Promise.all(left.map(({ sql }) => sql.end({ timeout: 0 })))
    },
  }
}
