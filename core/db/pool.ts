/** The connections to PostgreSQL, lent to Kysely one at a time. One that is lost is never lent again. */
import type { Sql } from 'postgres'
import { systemClock, within } from '../clock.ts'
import { type Client, lostError } from './client.ts'

/** The part of postgres.js that Kysely's dialect uses. */
export interface Pool {
  reserve(): Promise<Lent>
  /** Waits for what is lent at most `timeout` seconds, then fails what is still under way. */
  end(options?: { readonly timeout?: number }): Promise<void>
}

export interface Lent {
  unsafe: Sql['unsafe']
  release(): void
}

export interface PoolOptions {
  readonly connect: () => Promise<Client>
  /** The most connections that are open at once. */
  readonly max: number
  /** False behind a pooler, where the next statement may run in another session. Default: true. */
  readonly prepared?: boolean
}

export function openPool({ connect, max, prepared = true }: PoolOptions): Pool {
  const idle: Client[] = []
  const lent = new Set<Client>()
  const waiting: { resolve: (lent: Lent) => void; reject: (error: unknown) => void }[] = []
  let connecting = 0
  let ended: (() => void) | undefined

  function lend(client: Client): Lent {
    lent.add(client)
    const release = () => {
      lent.delete(client)
      if (client.alive() && !ended) idle.push(client)
      else void client.end()
      serve()
    }
    return { unsafe: queriesOn(client, prepared), release }
  }

  async function lendNew({ resolve, reject }: (typeof waiting)[number]): Promise<void> {
    connecting++
    try {
      resolve(lend(await connect()))
    } catch (error) {
      reject(error)
    } finally {
      connecting--
      serve()
    }
  }

  function serve(): void {
    if (ended && lent.size + connecting === 0) ended()
    while (waiting.length > 0) {
      const client = takeAlive(idle)
      if (!client && lent.size + connecting >= max) return
      const next = waiting.shift()
      if (next && client) next.resolve(lend(client))
      else if (next) void lendNew(next)
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
      const all = Promise.withResolvers<void>()
      ended = all.resolve
      for (const { reject } of waiting.splice(0)) reject(lostError('CONNECTION_ENDED'))
      serve()
      await within(timeout * 1000, all.promise, systemClock)
      await Promise.all([...idle.splice(0), ...lent].map((client) => client.end()))
    },
  }
}

/** Runs queries on one connection: a transaction that has lost it must not go on, in bits, on the next one. */
function queriesOn(client: Client, prepared: boolean): Sql['unsafe'] {
  const query = (...[text, values, options]: Parameters<Sql['unsafe']>) => {
    if (!client.alive()) return client.lost
    const pending = client.sql.unsafe(text, values, prepared ? options : { ...options, prepare: false })
    return Object.assign(client.untilLost(pending), { cancel: () => pending.cancel() })
  }
  return query as unknown as Sql['unsafe']
}

/** Takes the connection that was given back last; those that are lost are thrown away. */
function takeAlive(idle: Client[]): Client | undefined {
  for (let client = idle.pop(); client; client = idle.pop()) {
    if (client.alive()) return client
    void client.end()
  }
  return undefined
}
