import { afterEach, expect, test } from 'bun:test'
import { type FeedOptions, followFeed } from '../../tui/feed.ts'
import { until } from '../support/server-process-wait.ts'
import { snapshotOf } from '../support/snapshots.ts'

const releasers: (() => unknown)[] = []
afterEach(async () => {
  for (const release of releasers.splice(0).reverse()) await release()
})

/** A server that answers as it is told, and what a dashboard hears of it. */
function setup(answer: (nth: number) => Response, port = 0) {
  let asked = 0
  const server = Bun.serve({ port, fetch: () => answer(asked++) })
  const heard: string[] = []
  const pauses: number[] = []
  const stop = new AbortController()
  releasers.push(() => {
    stop.abort()
    return server.stop(true)
  })
  const options: FeedOptions = {
    url: server.url.href.replace(/\/$/, ''),
    key: undefined,
    signal: stop.signal,
    random: () => 1,
    sleep: async (ms, signal) => {
      pauses.push(ms)
      if (pauses.length > 20) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
    on: {
      live: () => heard.push('live'),
      snapshot: (json) => heard.push(`snapshot ${JSON.parse(json).uptime_seconds}`),
      health: ({ status }) => heard.push(`health ${status}`),
      lost: ({ kind, message }) => heard.push(`${kind}: ${message}`),
    },
  }
  return { options, heard, pauses, stop, ended: followFeed(options) }
}

const stream = (...parts: readonly string[]) =>
  new Response(parts.join(''), { headers: { 'content-type': 'text/event-stream' } })
const event = (name: string, data: unknown) => `event: ${name}\nid: 1\ndata: ${JSON.stringify(data)}\n\n`

test('it reads snapshots and health, passes over comments, and comes again with growing pauses', async () => {
  const { snapshot, health } = { snapshot: snapshotOf({ uptime_seconds: 7 }), health: snapshotOf().health }
  const { heard, pauses, stop, ended } = setup((nth) =>
    nth === 0
      ? stream('retry: 2000\n\n', event('snapshot', snapshot), ': heartbeat\n\n', event('health', health))
      : stream(),
  )
  await until('it has come again a few times', () => pauses.length > 8)
  stop.abort()
  await ended
  expect(heard.slice(0, 5)).toEqual([
    'live',
    'snapshot 7',
    'health healthy',
    'lost: the server closed the connection',
    'live',
  ])
  expect(pauses.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
})

test('a server that wants a key is not asked again before there is one', async () => {
  const error = { code: 'UNAUTHORIZED', message: 'The API key is not valid' }
  const { heard, pauses, ended } = setup(() => Response.json({ error }, { status: 401 }))
  await ended
  expect([heard, pauses]).toEqual([['unauthorized: The API key is not valid'], []])
})

test('a server without the feed is told from one that is away', async () => {
  const error = { code: 'NOT_FOUND', message: 'There is nothing at this address' }
  const { heard, pauses } = setup(() => Response.json({ error }, { status: 404 }))
  await until('it has come again', () => pauses.length > 1)
  expect(heard[0]).toBe('absent: There is nothing at this address')
  expect(pauses[0]).toBe(15_000)
})
