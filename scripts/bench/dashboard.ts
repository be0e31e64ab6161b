/**
 * `npm run bench:tui`: what the dashboard costs, as a process in a pseudo-terminal that reads a feed made up here: idle,
 * while 20,000 messages a second go out, and through eight hours of that feed at once. Exit code 1 when it is too much.
 */
import { cpus, totalmem } from 'node:os'
import { until } from '../../test/support/server-process-wait.ts'
import { busySnapshot, snapshotOf } from '../../test/support/snapshots.ts'
import { inProject, openTerminal, type Screen } from '../../test/support/terminal.ts'

const RATE = 20_000
const SECONDS = 20
/** Before it is watched: the runtime compiles what it runs often. */
const WARM_MS = 15_000
const EVENTS_A_SECOND = 5
const HOURS = 8
const SIZE = { columns: 120, rows: 40 } as const

const limits = { idle: 3, busy: 10, memory: 120 } as const

type Feed = (send: (text: string) => Promise<void>) => Promise<void>
const encoder = new TextEncoder()
const event = (data: unknown) => `event: snapshot\ndata: ${JSON.stringify(data)}\n\n`

/** Serves one feed to whoever connects. */
function serveFeed(feed: Feed) {
  return Bun.serve({
    port: 0,
    fetch: (request, server) => {
      server.timeout(request, 0)
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      const writer = writable.getWriter()
      void feed((text) => writer.write(encoder.encode(text))).catch(() => {}) // the dashboard has left
      return new Response(readable, { headers: { 'content-type': 'text/event-stream' } })
    },
  })
}

const field = async (pid: number, name: string) =>
  Number(
    new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(await Bun.file(`/proc/${pid}/status`).text())?.[1] ?? Number.NaN,
  ) / 1024

/** Seconds of processor time so far (proc(5): fields 14 and 15, in hundredths). */
async function processorSeconds(pid: number): Promise<number> {
  const fields = (await Bun.file(`/proc/${pid}/stat`).text()).replace(/^.*\) /s, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** @returns percent of a core over some seconds, and MB at their end */
async function watch({ pid }: Screen) {
  await Bun.sleep(WARM_MS)
  const [from, begun] = [await processorSeconds(pid), performance.now()]
  await Bun.sleep(SECONDS * 1000)
  const used = (await processorSeconds(pid)) - from
  return {
    core: (used / ((performance.now() - begun) / 1000)) * 100,
    memory: await field(pid, 'VmRSS'),
    peak: await field(pid, 'VmHWM'),
  }
}

async function withDashboard<T>(feed: Feed, work: (screen: Screen) => Promise<T>): Promise<T> {
  const server = serveFeed(feed)
  // As `npm run tui` starts it.
  const env = { NODE_ENV: 'production' }
  const screen = openTerminal([inProject('tui/main.ts'), '--url', server.url.href], { ...SIZE, env })
  try {
    await screen.sees('the dashboard is live', (text) => text.includes('● live'))
    return await work(screen)
  } finally {
    screen.close()
    await server.stop(true)
  }
}

const idle: Feed = async (send) => {
  await send(event(snapshotOf()))
  for (;;) {
    await Bun.sleep(15_000)
    await send(': heartbeat\n\n')
  }
}

const busy: Feed = async (send) => {
  for (let nth = 0; ; nth++) {
    await send(event(busySnapshot(nth, RATE)))
    await Bun.sleep(1000 / EVENTS_A_SECOND)
  }
}

/** As fast as the dashboard reads. @returns MB after each of the hours */
async function eightHours(): Promise<number[]> {
  const anHour = 3600 * EVENTS_A_SECOND
  let sent = 0
  const flood: Feed = async (send) => {
    for (; sent < HOURS * anHour; sent++) await send(event(busySnapshot(sent, RATE)))
    for (;;) await Bun.sleep(1000)
  }
  return withDashboard(flood, async ({ pid }) => {
    const memory: number[] = []
    for (let hour = 1; hour <= HOURS; hour++) {
      await until(`hour ${hour} is over`, () => sent >= hour * anHour, 600_000)
      memory.push(await field(pid, 'VmRSS'))
    }
    return memory
  })
}

const mb = (value: number) => `${value.toFixed(0)} MB`
const verdict = (good: boolean) => (good ? 'ok' : 'TOO MUCH')
let failed = 0
function report(what: string, figure: string, good: boolean, limit: string): void {
  if (!good) failed++
  console.log(`${what.padEnd(34)} ${figure.padStart(22)}   ${limit.padEnd(18)} ${verdict(good)}`)
}

const name = cpus()[0]?.model ?? 'unknown'
console.log(
  `${name}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Bun ${Bun.version}, ${SIZE.columns}x${SIZE.rows}`,
)

const idleRun = await withDashboard(idle, watch)
report('idle', `${idleRun.core.toFixed(1)} % of a core`, idleRun.core < limits.idle, `under ${limits.idle} %`)
const full = await withDashboard(busy, watch)
report(
  `${RATE.toLocaleString('en')} messages a second`,
  `${full.core.toFixed(1)} % of a core`,
  full.core < limits.busy,
  `under ${limits.busy} %`,
)
report('memory while busy', mb(full.memory), full.memory < limits.memory, `under ${mb(limits.memory)}`)

const hours = await eightHours()
const last = hours.at(-1) ?? Number.NaN
const mean = (some: readonly number[]) => some.reduce((sum, one) => sum + one, 0) / some.length
const growth = mean(hours.slice(HOURS / 2)) - mean(hours.slice(0, HOURS / 2))
console.log(`memory after each of ${HOURS} hours: ${hours.map((one) => one.toFixed(0)).join(' ')} MB`)
report('8 hours of that feed', mb(last), last < limits.memory, `under ${mb(limits.memory)}`)
report('growth from one half to the other', mb(growth), growth < 5, 'under 5 MB')
process.exit(failed === 0 ? 0 : 1)
