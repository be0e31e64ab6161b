import { beforeEach, expect, test } from 'bun:test'
import { type Clock, systemClock } from '../../core/clock.ts'
import { openPostgres } from '../../core/db/open.ts'
import { type Events, openEvents } from '../../core/events.ts'
import type { Log } from '../../core/log.ts'
import { openPostgresQueue } from '../../core/queue/postgres.ts'
import { openLogged } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { startCampaign } from '../support/dispatch.ts'

const never = new AbortController().signal
const log: Log = openLogged([])

/** A clock whose sleeps end when the test says so, or when they are woken. */
function heldClock() {
  const sleeps: { ms: number; end: () => void }[] = []
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        sleeps.push({ ms, end: resolve })
        signal?.addEventListener('abort', () => resolve(), { once: true })
      }),
  }
  return { clock, sleeps }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1)
}

eachDatabase((database, kind) => {
  beforeEach(() => emptyTables(database().db))

  async function setup() {
    const { clock, sleeps } = heldClock()
    const events = await openEvents(database(), { clock, log })
    const queue = openPostgresQueue(database().db, events)
    const idle = async () => (await queue.take(never))?.claimed(false)
    return { clock, sleeps, events, queue, idle }
  }

  test('a call between looking and waiting is not lost', async () => {
    const { events, sleeps } = await setup()
    const bell = events.listen('ready')
    await events.emit('ready')
    await bell.wait(1000, never)
    expect(sleeps).toEqual([])
    bell.close()
  })

  test('a call wakes who waits for its topic, and nobody else', async () => {
    const { events, sleeps } = await setup()
    const [ready, other] = [events.listen('ready'), events.listen('scheduled')]
    const woken = ready.wait(1000, never)
    let late = false
    const waiting = other.wait(2000, never).then(() => {
      late = true
    })
    await events.emit('ready')
    await woken
    expect(late).toBe(false)
    for (const sleep of sleeps) sleep.end()
    await waiting
  })

  test('take() answers at once while there is work, and waits once there is none', async () => {
    const { queue, sleeps, idle, events } = await setup()
    ;(await queue.take(never))?.claimed(true)
    await idle()
    expect(sleeps).toEqual([])
    const taken = queue.take(never)
    await until(() => sleeps.length === 1)
    await events.emit('ready')
    expect(await taken).toBeDefined()
    await queue.close()
  })

  test('take() ends without a delivery when it is stopped', async () => {
    const { queue, idle, sleeps } = await setup()
    await idle()
    const stop = new AbortController()
    const taken = queue.take(stop.signal)
    await until(() => sleeps.length === 1)
    stop.abort()
    expect(await taken).toBeUndefined()
    await queue.close()
  })

  test('race 35: take() looks again within a second when no call arrives', async () => {
    const { queue, idle, sleeps } = await setup()
    await idle()
    const taken = queue.take(never)
    await until(() => sleeps.length === 1)
    // Written by somebody whose call is lost.
    await startCampaign(database().db, 1)
    expect(sleeps[0]?.ms).toBe(1000)
    sleeps[0]?.end()
    await until(() => sleeps.length === 2)
    expect(sleeps[1]?.ms).toBe(1)
    sleeps[1]?.end()
    expect(await taken).toBeDefined()
    await queue.close()
  })

  test('take() goes on waiting while nothing is due', async () => {
    const { queue, idle, sleeps } = await setup()
    await idle()
    const stop = new AbortController()
    const taken = queue.take(stop.signal)
    for (const nth of [0, 1, 2]) {
      await until(() => sleeps.length === nth + 1)
      sleeps[nth]?.end()
    }
    stop.abort()
    expect(await taken).toBeUndefined()
    expect(sleeps.slice(0, 3).map(({ ms }) => ms)).toEqual([1000, 1000, 1000])
    await queue.close()
  })

  test('take() waits no longer than until the next chunk is due', async () => {
    const { queue, idle, sleeps } = await setup()
    await startCampaign(database().db, 1)
    await database()
      .db.updateTable('dispatch_chunks')
      .set({ due_at: new Date(Date.now() + 400) })
      .execute()
    await idle()
    const taken = queue.take(never)
    await until(() => sleeps.length === 1)
    expect(sleeps[0]?.ms).toBeLessThanOrEqual(400)
    sleeps[0]?.end()
    await taken
    await queue.close()
  })

  test.skipIf(kind === 'pglite')('a call reaches another process', async () => {
    const { events } = await setup()
    const other = openPostgres(database().url ?? '', 1)
    const far: Events = await openEvents(other, { clock: systemClock, log })
    const bell = far.listen('ready')
    // The listening connection rings once when it is ready; take that first.
    await bell.wait(1, never)
    const rung = bell.wait(20_000, never).then(() => performance.now())
    const before = performance.now()
    await events.emit('ready')
    expect((await rung) - before).toBeLessThan(10_000)
    await other.close()
  })
})
