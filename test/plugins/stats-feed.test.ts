import { describe, expect, test } from 'bun:test'
import { type Feed, HEARTBEAT_MS, openFeed } from '../../plugins/stats/feed.ts'
import type { openSnapshots } from '../../plugins/stats/snapshot.ts'
import { manualClock } from '../support/clock.ts'
import { inertResources } from '../support/inert.ts'

/** A feed whose figures are turned by hand. */
function setup() {
  const clock = manualClock()
  const stopping = new AbortController()
  const state = { sent: 0, takes: 0, fails: false, hangs: false }
  const snapshots = {
    take: async () => {
      state.takes++
      if (state.hangs) return new Promise(() => {})
      if (state.fails) throw Object.assign(new Error('connect secret-host'), { code: 'ECONNREFUSED' })
      return { at: clock.now(), uptime_seconds: clock.now(), workers: [], messages: { sent: state.sent } }
    },
    health: async (message: string) => ({ status: 'unhealthy', message }),
  } as unknown as ReturnType<typeof openSnapshots>
  const { resources, lines } = inertResources(clock)
  const wakeUps = {
    notify: async () => {},
    listen: () => ({
      wait: (ms: number, stop: AbortSignal) => clock.sleep(ms, stop).then(() => false),
      close: () => {},
    }),
  }
  const feed = openFeed(snapshots, { clock, wakeUps, log: resources.log, stopping: stopping.signal })
  return { clock, feed, lines, state, stop: () => stopping.abort() }
}

/** Reads the feed. @returns events in the order in which they come */
function follow(feed: Feed) {
  const got: string[] = []
  const reader = feed.open()
  const ended = (async () => {
    for (;;) {
      const text = await reader.next()
      if (text === undefined) return
      got.push(text)
    }
  })()
  return { got, close: reader.close, ended }
}

describe('openFeed()', () => {
  test('tells at once how things stand, then at most five times a second, and only of changes', async () => {
    const { clock, feed, state } = setup()
    const { got, close, ended } = follow(feed)
    await clock.turn(0)
    expect(got).toEqual([expect.stringMatching(/^event: snapshot\nid: 1\ndata: {.*"sent":0}}\n\n$/)])
    for (let ms = 0; ms < 2000; ms += 10) {
      state.sent++
      await clock.turn(10)
    }
    expect(got.length).toBeWithin(9, 12)
    const before = got.length
    await clock.turn(10_000)
    expect(got.length).toBeLessThanOrEqual(before + 1)
    close()
    await ended
  })

  test('looks less often while nothing changes, and not at all while nobody reads', async () => {
    const { clock, feed, state } = setup()
    const { close, ended } = follow(feed)
    await clock.turn(0)
    await clock.turn(10_000)
    expect(state.takes).toBeWithin(15, 25)
    close()
    await ended
    const { takes } = state
    await clock.turn(60_000)
    expect([state.takes, feed.readers(), clock.sleepers()]).toEqual([takes, 0, []])
  })

  test('asks once for however many read, and gives one that comes later the newest event at once', async () => {
    const { clock, feed, state } = setup()
    const first = follow(feed)
    await clock.turn(100)
    const others = Array.from({ length: 50 }, () => follow(feed))
    await clock.turn(0)
    expect(state.takes).toBe(1)
    for (const { got } of others) expect(got).toEqual(first.got)
    await clock.turn(1000)
    expect(state.takes).toBeLessThan(8)
    for (const { close } of [first, ...others]) close()
    expect(feed.readers()).toBe(0)
  })

  test('gives a reader that was slow the newest event only', async () => {
    const { clock, feed, state } = setup()
    const reader = feed.open()
    expect(await reader.next()).toContain('id: 1')
    for (let i = 0; i < 20; i++) {
      state.sent++
      await clock.turn(200)
    }
    expect(await reader.next()).toContain(`"sent":${state.sent}`)
    reader.close()
    expect(await reader.next()).toBeUndefined()
  })

  test('sends a heartbeat when nothing has come for a while', async () => {
    const { clock, feed } = setup()
    const { got, close } = follow(feed)
    await clock.turn(0)
    await clock.turn(HEARTBEAT_MS * 3 + 100)
    expect(got.slice(1)).toEqual(Array(3).fill(': heartbeat\n\n'))
    close()
  })

  test('tells of health while the database cannot be read, logs it once, and goes on afterwards', async () => {
    const { clock, feed, state, lines } = setup()
    const { got, close } = follow(feed)
    await clock.turn(0)
    state.fails = true
    await clock.turn(5000)
    expect(got.slice(1)).toEqual([
      'event: health\nid: 2\ndata: {"status":"unhealthy","message":"The database cannot be read (ECONNREFUSED)"}\n\n',
    ])
    expect(lines.map(({ level }) => level)).toEqual(['warn'])
    state.fails = false
    await clock.turn(2000)
    expect(got.at(-1)).toStartWith('event: snapshot\nid: 3\n')
    close()
  })

  test('tells of health when the database hangs, and asks it once', async () => {
    const { clock, feed, state } = setup()
    state.hangs = true
    const { got, close } = follow(feed)
    await clock.turn(10_000)
    expect(got).toEqual([expect.stringMatching(/^event: health\nid: 1\ndata: .*No answer within 2000 ms/)])
    expect(state.takes).toBe(1)
    close()
  })

  test('ends for every reader when the process stops, and stays closed', async () => {
    const { clock, feed, stop } = setup()
    const readers = [follow(feed), follow(feed)]
    await clock.turn(0)
    stop()
    await Promise.all(readers.map(({ ended }) => ended))
    expect(feed.readers()).toBe(0)
    expect(await feed.open().next()).toBeUndefined()
    await clock.turn(1000)
    expect(clock.sleepers()).toEqual([])
  })
})
