/** Opening and closing of a channel's circuit by several processes, with answers in any order. */
import { beforeEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Clock, systemClock } from '../../core/clock.ts'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import { closeBreaker, openBreaker } from '../../core/messaging/senders/breaker.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { listBreakers } from '../../core/messaging/senders/standstill.ts'
import { openBreakers } from '../../plugins/worker/breakers.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { inertResources } from '../support/inert.ts'
import { sendersByChannel } from '../support/senders.ts'

const accepted: Outcome = { kind: 'accepted', id: 'p-1' }
const timeout: Outcome = { kind: 'unknown', code: 'timeout' }
const unusable: Outcome = { kind: 'unusable', code: 'provider.account' }
const chunk = { sender: 'sms', probe: false, closings: null } as const
const probe = { sender: 'sms', probe: true, closings: 0 } as const
const running = new AbortController().signal

eachDatabase((database, kind) => {
  const db = () => database().db
  beforeEach(() => emptyTables(db()))

  /** The breakers as one process has them. Its monotonic clock may be anything, but runs as fast as the database's. */
  function openProcess(ahead = 0) {
    const clock: Clock = { ...systemClock, elapsed: () => performance.now() + ahead }
    const { log } = inertResources().resources
    const config = { probeSeconds: 5 }
    const breakers = openBreakers({
      messaging: { work: openWorkService(db()), senders: sendersByChannel() },
      clock,
      log,
      config,
    } as unknown as WorkGrant)
    const note = (outcome: Outcome, startedAt: number, times = 1) => {
      for (let nth = 0; nth < times; nth++) breakers.note(chunk, outcome, startedAt)
    }
    return { ...breakers, clock, noteAll: note, apply: () => breakers.apply(running) }
  }
  const isOpen = async () => (await listBreakers(db())).length > 0
  /** Lets the clocks move on: to the next whole millisecond at least. */
  const moment = () => Bun.sleep(3)

  test('answers in flight when it opened do not open it again once a probe has closed it', async () => {
    const worker = openProcess()
    const before = worker.clock.elapsed()
    worker.noteAll(timeout, before, 95)
    await worker.apply()
    expect(await isOpen()).toBe(true)
    worker.note(probe, accepted, worker.clock.elapsed())
    await worker.apply()
    expect(await isOpen()).toBe(false)
    worker.noteAll(timeout, before, 900)
    await worker.apply()
    expect(await isOpen()).toBe(false)
  })

  test('nor those of a process that did not see it open or close', async () => {
    const [prober, other] = [openProcess(), openProcess(1e9)]
    const before = other.clock.elapsed()
    other.noteAll(timeout, before, 94)
    prober.noteAll(unusable, prober.clock.elapsed())
    await prober.apply()
    await moment()
    prober.note(probe, accepted, prober.clock.elapsed())
    await prober.apply()
    other.noteAll(timeout, before, 500)
    await other.apply()
    expect(await isOpen()).toBe(false)
    await moment()
    other.noteAll(timeout, other.clock.elapsed(), 94)
    await other.apply()
    expect(await isOpen()).toBe(false)
    other.noteAll(timeout, other.clock.elapsed())
    await other.apply()
    expect(await isOpen()).toBe(true)
  })

  test('a probe that was accepted closes no circuit that opened after it was claimed', async () => {
    const worker = openProcess()
    await openBreaker(db(), 'sms', 'timeout', 5)
    expect(await closeBreaker(db(), 'sms')).toBe(true)
    await openBreaker(db(), 'sms', 'provider.account', 5)
    worker.note(probe, accepted, worker.clock.elapsed())
    await worker.apply()
    expect(await isOpen()).toBe(true)
    worker.note({ ...probe, closings: 1 }, accepted, worker.clock.elapsed())
    await worker.apply()
    expect(await isOpen()).toBe(false)
  })

  test('openBreaker() by failures of before a closing opens nothing', async () => {
    await openBreaker(db(), 'sms', 'timeout', 5)
    await closeBreaker(db(), 'sms')
    expect(await openBreaker(db(), 'sms', 'timeout', 5, 0)).toBe(false)
    expect(await openBreaker(db(), 'sms', 'timeout', 5, 1)).toBe(true)
  })

  test('in whatever order two processes hear of calls, only those started since the closing open it', async () => {
    const answer = fc.record({
      of: fc.nat({ max: 1 }),
      late: fc.boolean(),
      outcome: fc.constantFrom(timeout, accepted),
    })
    const answers = fc.array(answer, { minLength: 60, maxLength: 300, size: 'max' })
    await fc.assert(
      fc.asyncProperty(answers, fc.nat({ max: 60 }), async (history, applyEvery) => {
        await emptyTables(db())
        const processes = [openProcess(), openProcess(1e6)]
        const before = processes.map(({ clock }) => clock.elapsed())
        await openBreaker(db(), 'sms', 'timeout', 5)
        await moment()
        processes[0]?.note(probe, accepted, processes[0].clock.elapsed())
        await processes[0]?.apply()
        await moment()
        const since: Outcome[][] = [[], []]
        for (const [at, { of, late, outcome }] of history.entries()) {
          const one = processes[of]
          one?.noteAll(late ? timeout : outcome, late ? (before[of] ?? 0) : one.clock.elapsed())
          if (!late) since[of]?.push(outcome)
          if (at % (applyEvery + 1) === 0) for (const each of processes) await each.apply()
        }
        for (const each of processes) await each.apply()
        const tooBad = since.some((own) => own.filter((one) => one === timeout).length >= 95)
        if (!tooBad) expect(await isOpen()).toBe(false)
      }),
      { numRuns: kind === 'postgres' ? 20 : 5 },
    )
  }, 60_000)
})
