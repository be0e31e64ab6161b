import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import postgres from 'postgres'
import { openPostgres } from '../../core/db/open.ts'
import { openBatcher } from '../../scripts/bench/peers/batcher.ts'
import { judge } from '../../scripts/bench/peers/business.ts'
import { startProgram } from '../../scripts/bench/peers/program.ts'
import { findRedis, startRedis } from '../../scripts/bench/peers/redis-server.ts'
import { peers } from '../../scripts/bench/peers.ts'
import { insertPeople, makePeople } from '../../scripts/people.ts'
import { type ClonedDatabase, cloneDatabase, postgresAvailable } from '../support/postgres.ts'

const control = peers.find(({ name }) => name === 'control')

describe('openBatcher()', () => {
  /** Its batches, and how to end each. */
  function setup(options: { most: number; afterMs: number }) {
    const batches: { items: readonly number[]; resolve(): void; reject(error: Error): void }[] = []
    const add = openBatcher<number>(
      (items) => new Promise<void>((resolve, reject) => void batches.push({ items, resolve, reject })),
      options,
    )
    return { add, batches }
  }

  test('begins a batch when it is full, and another while that one is under way', () => {
    const { add, batches } = setup({ most: 2, afterMs: 60_000 })
    for (const item of [1, 2, 3, 4]) void add(item)
    expect(batches.map(({ items }) => items)).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('begins a batch that is not full after its time', async () => {
    const written: number[][] = []
    const add = openBatcher<number>(async (items) => void written.push([...items]), { most: 10, afterMs: 1 })
    await Promise.all([add(1), add(2), add(3)])
    await add(4)
    expect(written).toEqual([[1, 2, 3], [4]])
  })

  test('each item waits for its own batch, and hears of its failure', async () => {
    const { add, batches } = setup({ most: 2, afterMs: 60_000 })
    const all = [1, 2, 3, 4].map((item) => add(item))
    batches[1]?.resolve()
    batches[0]?.reject(new Error('full disk'))
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
  })
})

describe.skipIf(!postgresAvailable)('the control', () => {
  const made: ClonedDatabase[] = []
  afterAll(() => Promise.all(made.map((one) => one.drop())))

  /** A database with customers, which stays when the measurement is over. */
  async function setup(people: number) {
    const clone = await cloneDatabase()
    made.push(clone)
    const { db, close } = openPostgres(clone.url, 1)
    await insertPeople(db, makePeople(people, 1))
    await close()
    const fresh = async () => ({ ...clone, drop: async () => {} })
    return { environment: { fresh }, url: clone.url }
  }

  test('sends to each of 2,000 once, the first 500 to warm up, and judge() sees what is missing and what came twice', async () => {
    const { environment, url } = await setup(2000)
    expect(
      await control?.measure(environment, { recipients: 1500, warmUp: 500, workers: 2 }, { batch: 100 }),
    ).toBeGreaterThan(0)
    const sql = postgres(url, { max: 1 })
    try {
      expect([...(await sql`select status, attempts, count(*)::int from outbound_messages group by 1, 2`)]).toEqual([
        { status: 'sent', attempts: 1, count: 2000 },
      ])
      expect(await judge(sql, 2000, new Date(0))).toBeGreaterThan(1e9)
      await expect(judge(sql, 2001, new Date(0))).rejects.toThrow('Not each of 2001 was sent to once')
      await sql`update outbound_messages set attempts = 2 where id = 7`
      await expect(judge(sql, 2000, new Date(0))).rejects.toThrow('"once":1999')
      await sql`update outbound_messages set attempts = 1, status = 'pending' where id = 7`
      await expect(judge(sql, 2000, new Date(0))).rejects.toThrow('"once":1999')
    } finally {
      await sql.end()
    }
  })

  test('a program that cannot begin says why', async () => {
    const order = { role: 'enqueue', url: 'postgres://postgres@127.0.0.1:1/none', recipients: 1, warmUp: 0 } as const
    const tuning = { step: 1, steps: 1, concurrency: 1, batch: 1, pool: 1, most: 1, afterMs: 0 }
    const program = startProgram(process.execPath, 'control.ts', { ...order, ...tuning })
    await expect(program.ready).rejects.toThrow('ECONNREFUSED')
    await expect(program.ended).rejects.toThrow('"control.ts" ended with 1')
  })
})

test.skipIf(!findRedis())('startRedis() keeps what it acknowledges, and leaves nothing behind', async () => {
  const server = await startRedis(findRedis() ?? '', 'always')
  const client = new Bun.RedisClient(server.url)
  const config = (name: string) => client.send('CONFIG', ['GET', name])
  expect(await config('appendonly')).toEqual({ appendonly: 'yes' })
  expect(await config('appendfsync')).toEqual({ appendfsync: 'always' })
  const { dir } = await config('dir')
  client.close()
  await server.dispose()
  expect(existsSync(dir)).toBe(false)
})
