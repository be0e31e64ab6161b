/** Connections that are lost, and what waited on them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Sql } from 'postgres'
import { connectClient } from '../../core/db/client.ts'
import { type Lent, openPool } from '../../core/db/pool.ts'
import { type PostgresServer, postgresAvailable, postgresBinaries, startPostgres } from '../support/postgres.ts'
import { until } from '../support/server-process-wait.ts'

describe.skipIf(!postgresAvailable)('the pool', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres({ binaries: postgresBinaries, durable: true })
  }, 60_000)
  afterAll(() => server.dispose())

  const setup = (max: number) => {
    const url = server.url('postgres')
    let opened = 0
    const connect = () => {
      opened++
      return connectClient(url)
    }
    return { pool: openPool({ max, connect }), opened: () => opened }
  }
  const pidOf = async (lent: { unsafe: Sql['unsafe'] }) =>
    (await lent.unsafe('select pg_backend_pid() as pid'))[0]?.pid as number

  test('reads and writes arrays of every type that is used, empty ones and odd texts too', async () => {
    const { pool } = setup(1)
    const lent = await pool.reserve()
    const texts = ['a', '', 'null', '"', '\\', '{,}', 'né 🙂\n', null]
    const big = ['9007199254740993', null]
    // Texts with nothing to escape are written in another way, and one is its first and its last.
    const plain = ['{', 'null', '', 'né, 🙂\n']
    const values = [texts, big, [1, -2, null], [32767], [0.5, -1e300], [], plain, ['only'], ['']]
    const [row] = await lent.unsafe(
      'select $1::text[] a, $2::bigint[] b, $3::int[] c, $4::smallint[] d, $5::float8[] e, $6::text[] f, $7::text[] g, $8::text[] h, $9::text[] i',
      values as string[][],
    )
    expect(Object.values(row ?? {})).toEqual(values)
    lent.release()
    await pool.end()
  })

  test('a session has the settings that are asked for, those that switch something off too', async () => {
    const { sql, end } = await connectClient(server.url('postgres'))
    const shown = async (name: string) => Object.values((await sql.unsafe(`show ${name}`))[0] ?? {})[0]
    expect([await shown('jit'), await shown('idle_in_transaction_session_timeout')]).toEqual(['off', '1min'])
    await end()
  })

  test('race 27: connections that are lost in any moment of being made end nothing but themselves', async () => {
    const { pool } = setup(4)
    const killer = await connectClient(server.url('template1'))
    let stop = false
    const killing = (async () => {
      while (!stop)
        await killer.sql.unsafe(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'postgres'`)
    })()
    let lost = 0
    const use = async () => {
      try {
        const lent = await pool.reserve()
        await lent.unsafe('select 1').finally(() => lent.release())
        return true
      } catch {
        lost++
        return false
      }
    }
    // An unhandled rejection fails the test.
    while (lost < 200) await Promise.all([use(), use(), use(), use()])
    stop = true
    await killing
    // The pool still notices the connections that were ended last.
    await until('the pool lends one that lives', use)
    await killer.end()
    await pool.end()
  })

  test('lends the same connection again, and no more than it may', async () => {
    const { pool, opened } = setup(2)
    const [one, two] = [await pool.reserve(), await pool.reserve()]
    const pids = [await pidOf(one), await pidOf(two)]
    const third = pool.reserve()
    let got = false
    void third.then(() => {
      got = true
    })
    await pidOf(one)
    expect(got).toBe(false)
    two.release()
    expect(await pidOf(await third)).toBe(pids[1] ?? 0)
    expect(opened()).toBe(2)
    await pool.end()
  })

  test('keeps no answer in memory once it was given', async () => {
    const { pool } = setup(1)
    const lent = await pool.reserve()
    const answers: WeakRef<object>[] = []
    for (let nth = 0; nth < 200; nth++) answers.push(new WeakRef(await lent.unsafe('select repeat($1, 1000)', ['x'])))
    await until('most answers are gone', () => {
      Bun.gc(true)
      // The collector may take what lies on the stack for a reference.
      return answers.filter((answer) => answer.deref()).length < 20
    })
    lent.release()
    await pool.end()
  })

  test('a server process that is ended: what waits on it fails, and so does all that follows in its transaction', async () => {
    const { pool } = setup(2)
    const [victim, other] = [await pool.reserve(), await pool.reserve()]
    const pid = await pidOf(victim)
    await victim.unsafe('begin')
    const slow = victim.unsafe('select pg_sleep(60)')
    const failed = slow.then(
      () => 'done',
      (error) => error.code,
    )
    await other.unsafe(`select pg_terminate_backend(${pid})`)
    expect(await failed).toMatch(/^(57P01|CONNECTION_CLOSED|ECONNRESET)$/)
    expect(async () => victim.unsafe('create table never_made (id int)')).toThrow()
    victim.release()
    const next = await pool.reserve()
    expect(await pidOf(next)).not.toBe(pid)
    const made = await next.unsafe(`select to_regclass('never_made') as name`)
    expect(made[0]?.name).toBeNull()
    await pool.end()
  })

  test('a server that is killed at any moment under many queries: each one ends, and all go on when it is back', async () => {
    const { pool } = setup(4)
    const ended = { well: 0, badly: 0 }
    let stopped = false
    const asker = async () => {
      while (!stopped) {
        let lent: Lent | undefined
        try {
          lent = await pool.reserve()
          await lent.unsafe('select $1::int8 as n', [1])
          ended.well++
        } catch {
          ended.badly++
          await Bun.sleep(1)
        }
        lent?.release()
      }
    }
    const askers = Array.from({ length: 16 }, asker)
    for (let round = 0; round < 5; round++) {
      const before = ended.well
      while (ended.well < before + 50) await Bun.sleep(1)
      await server.stop('immediate')
      await server.start()
    }
    const before = ended.well
    while (ended.well < before + 50) await Bun.sleep(1)
    stopped = true
    await Promise.all(askers)
    expect(ended.badly).toBeGreaterThan(0)
    await pool.end()
  }, 60_000)

  test('something that accepts connections and says nothing, or closes them: an error in time', async () => {
    for (const behave of [() => {}, (socket: { end(): void }) => socket.end()]) {
      let accepted = 0
      const open = (socket: { end(): void }) => {
        accepted++
        behave(socket)
      }
      const deaf = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { open, data: () => {} } })
      const pool = openPool({ max: 1, connect: () => connectClient(`postgres://u@127.0.0.1:${deaf.port}/db`) })
      const begun = performance.now()
      const failed = await pool.reserve().catch((error) => error.code)
      expect(failed).toMatch(/^CONNECT/)
      expect(performance.now() - begun).toBeLessThan(10_000)
      await pool.end()
      expect(accepted).toBe(1)
      deaf.stop(true)
    }
  }, 30_000)

  test('when it ends: what waits for a connection is told, and what is under way is cut off at the deadline', async () => {
    const { pool } = setup(1)
    const lent = await pool.reserve()
    await pidOf(lent)
    const slow = lent.unsafe('select pg_sleep(60)').then(
      () => 'done',
      (error) => error.code,
    )
    const waits = pool.reserve().then(
      () => 'lent',
      (error) => error.code,
    )
    const begun = performance.now()
    await pool.end({ timeout: 0.2 })
    expect(await waits).toBe('CONNECTION_ENDED')
    expect(await slow).toMatch(/^CONNECTION_/)
    expect(performance.now() - begun).toBeLessThan(5000)
    expect(pool.reserve()).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
  })
})
