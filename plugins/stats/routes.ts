import { Elysia } from 'elysia'
import { type Feed, openFeed } from './feed.ts'
import type { StatsGrant } from './grant.ts'
import { statsDocs, streamDocs } from './schema.ts'
import { openSnapshots } from './snapshot.ts'

export const statsRoutes = (grant: StatsGrant) => {
  const snapshots = openSnapshots(grant)
  const feed = openFeed(snapshots, grant)
  return new Elysia().get('/stats', snapshots.take, { detail: statsDocs }).get(
    '/stats/stream',
    // To answer HEAD, the body would be read to its end.
    ({ request }) => new Response(request.method === 'HEAD' ? null : stream(feed), { headers }),
    { detail: streamDocs },
  )
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // A proxy that gathers an answer before it passes it on would hold back every event (nginx reads this header).
  'x-accel-buffering': 'no',
}

/** Milliseconds after which a browser comes again when the connection is lost. */
const RETRY = 'retry: 2000\n\n'

/** Reads from the feed no faster than the client reads from the stream, and not at all before it does. */
function stream(feed: Feed): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let reader: ReturnType<Feed['open']> | undefined
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const greeting = reader ? '' : RETRY
        reader ??= feed.open()
        const text = await reader.next()
        if (text === undefined) controller.close()
        else controller.enqueue(encoder.encode(greeting + text))
      },
      cancel: () => reader?.close(),
    },
    { highWaterMark: 0 },
  )
}
