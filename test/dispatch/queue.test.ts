import { beforeEach, expect, test } from 'bun:test'
import { type Clock, systemClock } from '../../core/clock.ts'
import { openPostgres } from '../../core/db/open.ts'
import type { Log } from '../../core/log/log.ts'
import { openPostgresQueue } from '../../core/messaging/chunk/postgres-queue.ts'
import { openWakeUps, type WakeUps } from '../../core/wakeups.ts'
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
    const wakeUps = await openWakeUps(database(), { clock, log })
    const queue = openPostgresQueue(database().db, wakeUps)
    const idle = async () => (await queue.take(never))?.claimed(false)
    return { clock, sleeps, wakeUps, queue, idle }
  }

  test('a wake-up between looking and waiting is not lost', async () => {
    const { wakeUps, sleeps } = await setup()
    const listener = wakeUps.listen('ready')
    await wakeUps.notify('ready')
    await listener.wait(1000, never)
    expect(sleeps).toEqual([])
    listener.close()
  })

  test('notify() wakes the listeners of its topic, and no others', async () => {
    const { wakeUps, sleeps } = await setup()
    const [ready, other] = [wakeUps.listen('ready'), wakeUps.listen('scheduled')]
    const woken = ready.wait(1000, never)
    let late = false
    const waiting = other.wait(2000, never).then(() => {
      late = true
    })
    await wakeUps.notify('ready')
    await woken
    expect(late).toBe(false)
    for (const sleep of sleeps) sleep.end()
    await waiting
  })

  test('take() answers at once while there is work, and waits once there is none', async () => {
    const { queue, sleeps, idle, wakeUps } = await setup()
    ;(await queue.take(never))?.claimed(true)
    await idle()
    expect(sleeps).toEqual([])
    const taken = queue.take(never)
    await until(() => sleeps.length === 1)
    await wakeUps.notify('ready')
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

  test('race 35: take() looks again within a second when no wake-up arrives', async () => {
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

  test.skipIf(kind === 'pglite')('a wake-up reaches another process', async () => {
    const { wakeUps } = await setup()
    const other = openPostgres(database().url ?? '', 1)
    const far: WakeUps = await openWakeUps(other, { clock: systemClock, log })
    const listener = far.listen('ready')
    // The listening connection rings once when it is ready; take that first.
    await listener.wait(1, never)
    const woken = listener.wait(20_000, never).then(() => performance.now())
    const before = performance.now()
    await wakeUps.notify('ready')
    expect((await woken) - before).toBeLessThan(10_000)
    await other.close()
  })
})
