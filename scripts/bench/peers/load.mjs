/**
 * Loads an HTTP server with autocannon, in a process of its own so that it shares no event loop with what it measures.
 * Reads one job as JSON from standard input, and prints what came of it: `{ requests, failures, seconds, times }`, the
 * times in milliseconds.
 */
import { json } from 'node:stream/consumers'
import autocannon from 'autocannon'

/** `paths` are requested one after the other, whoever of the connections is free; the last one again and again. */
const { url, connections, seconds, amount, method, paths, body } = await json(process.stdin)
let next = 0
const takePath = () => paths[Math.min(next++, paths.length - 1)]

const times = []
let failures = 0
let last = 0
const run = autocannon({
  url,
  connections,
  ...(amount ? { amount } : { duration: seconds }),
  // Calls that write 100,000 rows wait for each other.
  timeout: 300,
  requests: [
    {
      method,
      path: paths[0],
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
      ...(paths.length > 1 && { setupRequest: (request) => ({ ...request, path: takePath() }) }),
    },
  ],
})
run.on('response', (_client, status, _bytes, time) => {
  times.push(time)
  last = performance.now()
  if (status < 200 || status > 299) failures++
})
run.on('reqError', () => failures++)
const begun = performance.now()
await run
// autocannon itself ends with the next whole second.
console.log(JSON.stringify({ requests: times.length, failures, seconds: (last - begun) / 1000, times }))
