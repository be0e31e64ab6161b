import { afterEach, describe, expect, test } from 'bun:test'
import type { Loop } from '../../core/host/plugin.ts'
import { type Supervisor, supervise } from '../../core/host/supervise.ts'
import { manualClock, settled } from '../support/clock.ts'
import { type LogLine, openLog } from '../support/inert.ts'

/** Ends when it is asked to. */
const good: Loop = (stop) => ended(stop)
/** Ends at `kill` only. */
const slow: Loop = (_, kill) => ended(kill)

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Loops end only when something lets them, so a test that leaves one running is found out. */
let running = 0
afterEach(() => expect(running).toBe(0))

function setup(loops: Readonly<Record<string, Loop>>) {
  const clock = manualClock()
  const lines: LogLine[] = []
  const named = Object.entries(loops).map(([loop, run]) => ({
    plugin: 'p',
    loop,
    run: (stop: AbortSignal, kill: AbortSignal) => {
      running++
      return Promise.try(run, stop, kill).finally(() => running--)
    },
  }))
  const supervisor = supervise(named, { clock, log: openLog(lines), drainMs: 10_000, graceMs: 500 })
  const state = (loop: string) => supervisor.states().find((one) => one.loop === loop)
  return { clock, lines, supervisor, state }
}

/** True when the promise has resolved by now. */
async function resolved(promise: Promise<unknown>): Promise<boolean> {
  await settled()
  return Promise.race([promise.then(() => true), settled().then(() => false)])
}

describe('a loop', () => {
  test('is stopped, running, stopped', async () => {
    const { supervisor, state, clock } = setup({ a: good })
    await clock.turn(5)
    expect(state('a')).toEqual({ plugin: 'p', loop: 'a', state: 'stopped', restarts: 0, last_error: null, since: 0 })
    await supervisor.start()
    expect(state('a')).toMatchObject({ state: 'running', since: 5 })
    await clock.turn(5)
    expect(await supervisor.stop()).toEqual([])
    expect(state('a')).toMatchObject({ state: 'stopped', restarts: 0, last_error: null, since: 10 })
  })

  test('that crashes is logged and started again, after ever longer pauses', async () => {
    let starts = 0
    const crash = async () => {
      throw new Error(`crash ${++starts}`)
    }
    const { supervisor, state, clock, lines } = setup({ a: crash, b: good })
    await supervisor.start()
    const pauses: (number | undefined)[] = []
    for (let i = 1; i <= 10; i++) {
      await settled()
      expect(state('a')).toMatchObject({ state: 'backing_off', restarts: i - 1, last_error: `crash ${i}` })
      expect(state('b')).toMatchObject({ state: 'running', restarts: 0 })
      pauses.push(clock.sleepers()[0])
      await clock.turn(clock.sleepers()[0] ?? 0)
    }
    expect(pauses).toEqual([125, 250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
    expect(lines.map(({ level }) => level)).toEqual(Array(11).fill('error'))
    expect(await supervisor.stop()).toEqual([])
    expect(clock.sleepers()).toEqual([])
  })

  test('pauses twice as long at most by chance', async () => {
    const { supervisor, clock } = setup({ a: () => Promise.reject(new Error('x')) })
    clock.chance = 0.999_999
    await supervisor.start()
    await settled()
    expect(clock.sleepers()[0]).toBeCloseTo(250, 1)
    await supervisor.stop()
  })

  test('that ran well for a while starts over with short pauses', async () => {
    let crash = (_: Error) => {}
    const { supervisor, clock } = setup({
      a: (stop) =>
        Promise.race([
          ended(stop),
          new Promise<void>((_, no) => {
            crash = no
          }),
        ]),
    })
    await supervisor.start()
    const pauses: (number | undefined)[] = []
    for (const ranMs of [0, 0, 0, 30_000, 0]) {
      await clock.turn(ranMs)
      crash(new Error('x'))
      await settled()
      pauses.push(clock.sleepers()[0])
      await clock.turn(clock.sleepers()[0] ?? 0)
    }
    expect(pauses).toEqual([125, 250, 500, 125, 250])
    await supervisor.stop()
  })

  test.each([
    ['returns early', async () => {}, 'it returned before it was asked to stop'],
    [
      'throws at once',
      () => {
        throw new Error('sync')
      },
      'sync',
    ],
    ['throws nothing', () => Promise.reject(undefined), 'it threw nothing'],
    ['throws text', () => Promise.reject('text'), 'text'],
  ] as const)('that %s is started again', async (_, run, message) => {
    const { supervisor, state, clock } = setup({ a: run as Loop })
    await supervisor.start()
    await settled()
    expect(state('a')).toMatchObject({ state: 'backing_off', restarts: 0, last_error: message })
    await clock.turn(125)
    expect(state('a')).toMatchObject({ restarts: 1 })
    await supervisor.stop()
  })

  test('that crashes while stopping is not started again', async () => {
    let starts = 0
    const { supervisor, state } = setup({
      a: async (stop) => {
        starts++
        await ended(stop)
        throw new Error('late')
      },
    })
    await supervisor.start()
    expect(await supervisor.stop()).toEqual([])
    expect(starts).toBe(1)
    expect(state('a')).toMatchObject({ state: 'stopped', restarts: 0, last_error: 'late' })
  })
})

describe('stop()', () => {
  test('waits for the work in flight, and kills at the deadline', async () => {
    const { supervisor, clock } = setup({ a: good, b: slow })
    await supervisor.start()
    const stopped = supervisor.stop()
    await clock.turn(9_999)
    expect(await resolved(stopped)).toBe(false)
    expect(running).toBe(1)
    await clock.turn(1)
    expect(await stopped).toEqual([])
    expect(clock.sleepers()).toEqual([])
  })

  test('names the loops that do not end', async () => {
    const release = Promise.withResolvers<void>()
    const { supervisor, clock, state, lines } = setup({ a: good, b: () => release.promise })
    await supervisor.start()
    const stopped = supervisor.stop()
    await clock.turn(10_499)
    expect(await resolved(stopped)).toBe(false)
    await clock.turn(1)
    expect(await stopped).toEqual(['p.b'])
    expect(lines.at(-1)).toMatchObject({ level: 'error', args: [{ loops: ['p.b'] }, expect.any(String)] })
    expect(state('b')?.state).toBe('running')
    await expect(supervisor.start()).rejects.toThrow('Cannot start: loop "p.b" was given up, but still runs')
    release.resolve()
    await settled()
    expect(state('b')?.state).toBe('stopped')
  })

  test('ends a pause', async () => {
    const { supervisor, state } = setup({ a: () => Promise.reject(new Error('x')) })
    await supervisor.start()
    await settled()
    expect(state('a')?.state).toBe('backing_off')
    expect(await supervisor.stop()).toEqual([])
    expect(state('a')?.state).toBe('stopped')
  })

  test('may come before start, twice, and with no loops', async () => {
    const { supervisor } = setup({ a: good })
    expect(await supervisor.stop()).toEqual([])
    await supervisor.start()
    expect(await Promise.all([supervisor.stop(), supervisor.stop()])).toEqual([[], []])
    expect(await supervisor.stop()).toEqual([])
    const { supervisor: empty } = setup({})
    await empty.start()
    expect(await empty.stop()).toEqual([])
  })
})

describe('start()', () => {
  test('twice starts once', async () => {
    const { supervisor } = setup({ a: good })
    await Promise.all([supervisor.start(), supervisor.start()])
    await supervisor.start()
    expect(running).toBe(1)
    await supervisor.stop()
  })

  test('after stop starts anew, with signals that have not aborted', async () => {
    const { supervisor, state } = setup({ a: good })
    for (let i = 0; i < 3; i++) {
      await supervisor.start()
      await settled()
      expect(state('a')?.state).toBe('running')
      await supervisor.stop()
    }
  })

  test('during stop waits for it', async () => {
    const { supervisor, clock } = setup({ a: slow })
    await supervisor.start()
    const stopped = supervisor.stop()
    const started = Promise.all([supervisor.start(), supervisor.start()])
    expect(await resolved(started)).toBe(false)
    await clock.turn(10_000)
    await Promise.all([stopped, started])
    expect(running).toBe(1)
    const again = supervisor.stop()
    await clock.turn(10_000)
    await again
  })

  test('and stop in any order never leave two of a loop, nor one behind', async () => {
    let most = 0
    const watch =
      (loop: Loop): Loop =>
      (stop, kill) => {
        most = Math.max(most, running)
        return loop(stop, kill)
      }
    const crash = watch(() => Promise.reject(new Error('x')))
    const { supervisor, clock } = setup({ a: watch(good), b: watch(slow), c: crash })
    let seed = 7
    const chance = () => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed / 2_147_483_647
    }
    const calls: Promise<unknown>[] = []
    const acts: (() => unknown)[] = [
      () => calls.push(supervisor.start()),
      () => calls.push(supervisor.stop()),
      () => clock.turn(chance() * 4_000),
      settled,
    ]
    for (let i = 0; i < 2_000; i++) await acts[Math.floor(chance() * acts.length)]?.()
    await finish(supervisor, clock.turn)
    await Promise.all(calls)
    expect(most).toBe(3)
  })
})

async function finish(supervisor: Supervisor, turn: (ms: number) => Promise<void>): Promise<void> {
  const stopped = supervisor.stop()
  while (!(await resolved(stopped))) await turn(1_000)
  while (supervisor.states().some(({ state }) => state !== 'stopped')) {
    const again = supervisor.stop()
    while (!(await resolved(again))) await turn(1_000)
  }
}
